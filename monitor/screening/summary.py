"""The summary of a screening as one HTML page: no scripts, and nothing that lies elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path

from model.verdict import Label
from monitor.dashboard.report_words import REASONS
from monitor.dashboard.words import heart_rate_words, probability_words, quality_words
from monitor.screening import words
from monitor.screening.failure import ScreeningError
from monitor.screening.row import Row, Settings
from monitor.screening.tally import ERROR, Tally
from recordings import printable

SUFFIX = ".html"

_MARK = '<meta name="generator" content="auscult screen">'
_BEGIN = f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{_MARK}\n'

_STYLE = """
:root { color-scheme: light dark; }
* { box-sizing: border-box; }
body { max-width: 60em; margin: 1.5em auto; padding: 0 1em; overflow-wrap: anywhere;
  font: 1em/1.45 "DejaVu Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
header { display: flex; flex-wrap: wrap; gap: .5em 1em; justify-content: space-between; align-items: center; }
h1 { font-size: 1.6em; margin: 0; }
h2 { font-size: 1.1em; margin: 1.6em 0 .4em; break-after: avoid; }
section { overflow-x: auto; }
tr { break-inside: avoid; }
.notice { border: 2px solid; padding: .3em .8em; font-weight: bold; margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2em 1.2em; }
dd { margin: 0; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .25em 1.6em .25em 0;
  border-bottom: 1px solid #8888; }
th { vertical-align: bottom; overflow-wrap: normal; }
th:first-child { min-width: 9em; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; }
td.number, td.short { white-space: nowrap; }
@media print { :root { color-scheme: light; font-size: 10pt; } body { max-width: none; margin: 0; } }
"""


def check_place(path: Path) -> None:
    """See that a summary may be written there, before hours of work.

    Raises:
        ScreeningError: It is another file, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_BEGIN)).decode(errors="replace") != _BEGIN:
                raise ScreeningError(
                    f"{path}: is there and is no summary of a screening; choose another --summary"
                )
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unwritable(path, error) from None


def write_summary(path: Path, out: Path, tally: Tally, settings: Settings, sha256: str) -> None:
    """Write the page, which takes its name when it is whole. The same rows give the same bytes.

    Args:
        path: Of the page.
        out: Of the table.
        tally: Of its rows.
        settings: That they were made with.
        sha256: Of the model's weights.

    Raises:
        ScreeningError: It cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        text = _page(out, tally, settings, sha256)
        part.write_text(text, encoding="utf-8", errors="backslashreplace")
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> ScreeningError:
    return ScreeningError(f"{path}: cannot be written ({error.strerror}); choose another --summary")


def _page(out: Path, tally: Tally, settings: Settings, sha256: str) -> str:
    facts = (
        (words.TABLE, out.name),
        (words.RECORDINGS, str(tally.recordings)),
        (words.SCORED, f"{tally.scored} ({words.share_words(tally.scored, tally.recordings)})"),
        (words.SOUND, words.length_words(tally.duration_s)),
        (words.WINDOWS, words.windows_words(tally.windows, tally.poor_windows)),
    )
    made_with = (
        (words.MODEL, settings.tag),
        (words.SHA256, sha256),
        (words.HOP, f"{settings.hop_s:g} s"),
        (words.CHANNEL, words.channel_words(settings)),
        (words.PROGRAM, settings.program),
    )
    judged = tally.recordings - tally.labels[ERROR]
    sections = (
        _section(
            words.VERDICTS,
            _table(
                (words.LABEL, words.RECORDINGS, words.SHARE),
                [
                    (word, tally.labels[label], words.share_words(tally.labels[label], tally.recordings))
                    for label, word in words.LABELS.items()
                ],
            ),
        ),
        _section(words.ABNORMAL, _abnormal(tally)),
        _section(
            words.QUALITY,
            _table(
                (words.QUALITY, words.RECORDINGS, words.SHARE),
                [
                    (word, tally.qualities[grade], words.share_words(tally.qualities[grade], judged))
                    for grade, word in words.QUALITIES.items()
                ],
            ),
        ),
        _section(words.REASONS, _reasons(tally)),
        _section(words.ERRORS, _errors(tally)),
        _section(
            words.FOLDERS,
            _table(
                (words.FOLDER, *words.LABELS.values(), words.ALL),
                [
                    (folder, *(counts[label] for label in words.LABELS), counts.total())
                    for folder, counts in sorted(tally.folders.items())
                ],
            ),
        ),
        _section(words.MADE_WITH, _facts(made_with)),
    )
    return (
        f"{_BEGIN}"
        f"<title>{escape(out.name)} – {words.TITLE}</title>\n"
        f'<meta name="viewport" content="width=device-width">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<header><h1>{words.TITLE}</h1><p class="notice" role="note">{words.NOTICE}</p></header>\n'
        f"<main>\n{_facts(facts)}<p>{words.HOW_TO_READ}</p>\n{''.join(sections)}</main>\n</body>\n</html>\n"
    )


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    told = "".join(f"<dt>{title}</dt><dd>{_own(value)}</dd>" for title, value in facts)
    return f"<dl>{told}</dl>\n"


def _abnormal(tally: Tally) -> str:
    if not tally.abnormal:
        return f"<p>{words.NO_ABNORMAL}</p>\n"
    head = (words.FILE, words.PROBABILITY, words.QUALITY, words.HEART_RATE)
    more = words.more_abnormal_words(tally.labels[Label.ABNORMAL] - len(tally.abnormal))
    return _table(head, map(_told, tally.abnormal)) + _more(more)


def _told(row: Row) -> tuple[str, ...]:
    return (
        str(row["path"]),
        probability_words(row["p_abnormal"]),
        quality_words(row["quality"]),
        heart_rate_words(row["heart_rate_bpm"], row["irregular"]),
    )


def _reasons(tally: Tally) -> str:
    if not tally.reasons:
        return f"<p>{words.NO_REASONS}</p>\n"
    return _table(
        (words.REASON, words.RECORDINGS, words.NOT_SCORED),
        [
            (f"{code}: {REASONS[code]}" if code in REASONS else code, count, tally.refused[code])
            for code, count in sorted(tally.reasons.items(), key=lambda one: (-one[1], one[0]))
        ],
    )


def _errors(tally: Tally) -> str:
    if not tally.errors:
        return f"<p>{words.NO_ERRORS}</p>\n"
    # They begin with the name, which stands beside them here.
    told = [(path, error.removeprefix(f"{printable(path)}: ")) for path, error in tally.errors]
    more = words.more_errors_words(tally.labels[ERROR] - len(tally.errors))
    return _table((words.FILE, words.ERROR_WORDS), told) + _more(more)


def _more(sentence: str) -> str:
    return f"<p>{sentence}</p>\n" if sentence else ""


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{title}</h2>\n{content}</section>\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    kinds = [_KINDS.get(name, "") for name in head]
    return (
        "<table>\n<thead><tr>"
        + "".join(_cell("th scope=col", name, kind) for name, kind in zip(head, kinds, strict=True))
        + "</tr></thead>\n<tbody>\n"
        + "".join(
            "<tr>"
            + "".join(_cell("td", cell, kind) for cell, kind in zip(row, kinds, strict=True))
            + "</tr>\n"
            for row in rows
        )
        + "</tbody>\n</table>\n"
    )


_KINDS = {
    **dict.fromkeys((words.QUALITY, words.HEART_RATE), "short"),
    **dict.fromkeys((words.PROBABILITY, words.RECORDINGS, words.SHARE), "number"),
    **dict.fromkeys((*words.LABELS.values(), words.ALL, words.NOT_SCORED), "number"),
}
"""Columns whose cells are not broken, by their heads."""


def _cell(tag: str, value: str | int, kind: str) -> str:
    kind = f' class="{kind}"' if kind else ""
    return f"<{tag}{kind}>{_own(str(value))}</{tag.split()[0]}>"


def _own(text: str) -> str:
    """What somebody wrote: escaped, and not able to turn the direction of what surrounds it."""
    return f'<bdi dir="auto">{escape(text)}</bdi>'
