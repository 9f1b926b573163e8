"""The report's words and tables, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from training.markdown import FIGURE_NAMES, NONE, SPREAD_NAMES, estimated, number, percent, signed, table
from training.reading_scores import UNSEEN
from training.reliability import BINS
from training.summary import ABSTAINED, AS_RECORDED, EVEN_ODDS
from training.tables import QUALITIES

POOLED = "all databases"

Rows = list[list[str]]

Columns = dict[str, Callable[[Mapping[str, Any]], str]]
"""Header and, of a section of the summary, the cell."""

_PROBABILITY = {
    False: "A recording's probability is the mean of its windows'",
    True: "A patient's probability is the highest of the recordings' means",
}


def report_text(summary: Mapping[str, Any], captions: Mapping[str, str]) -> str:
    """The report.

    Args:
        summary: Of ``training.summary.summarise``.
        captions: Of the pictures that there are, by file name.
    """
    variants = summary["variants"]
    pooled = any(found["pooled"] for found in variants.values())
    return (
        "\n\n".join(
            [
                f"# Protocol `{summary['protocol']}`, model `{summary['model']}`",
                summary["question"],
                f"```sh\n{summary['command']}\n```",
                f"{_PROBABILITY[summary['by_patient']]}, abnormal from "
                f"{summary['threshold']:g} on, fixed beforehand. Recall, precision and F1 are those of the "
                "abnormal class; MAcc is the mean of sensitivity and specificity. In brackets: "
                f"{summary['intervals']['confidence']:.0%} intervals, "
                f"{summary['intervals']['resamples']:,} bootstrap resamples of subjects. {NONE} is "
                "undefined. The rest is in `metrics.json`, each recording in `predictions.csv`.",
                "## Figures",
                _figures(variants),
                *_pooled_warning(pooled),
                _mean_aurocs(variants),
                *_picture(captions, "auroc.png", "roc.png"),
                *_folds(variants),
                *_examples(captions),
                "## Training",
                *_picture(captions, "training.png"),
                "## Calibration",
                "Probabilities are calibrated at even odds. *As recorded* keeps the corpus's own share of "
                "abnormal recordings, *even odds* lets both classes of each database weigh the same. ECE: "
                f"mean distance of probability and share, {BINS} bins of equal width. *By chance*: what it "
                "would be on so many recordings if every probability came true, its mean and between what "
                f"{summary['intervals']['confidence']:.0%} of such draws lie; an ECE in there shows no error "
                "of calibration.",
                _calibration(variants),
                *_picture(captions, "reliability.png", "reliability-even-odds.png"),
                "## Abstention",
                "Answered: outside the fold's abstention band, which was chosen on inner records. "
                f"The last columns leave the {ABSTAINED:.0%} least certain unanswered instead.",
                _abstention(variants),
                *_gate(variants, summary["gated"]),
                *_by_quality(variants),
                *_picture(captions, "risk-coverage.png"),
                *([] if summary["by_patient"] else _by_window(variants)),
                *_beats(variants),
                *_reading(variants),
                *_left_out(summary["left_out"]),
            ]
        )
        + "\n"
    )


def _by_window(variants: Mapping[str, Any]) -> list[str]:
    return [
        "## Over time",
        "First verdict: sound until a window is called normal or abnormal. Flips: the rolling "
        "verdict contradicts its last answer.",
        _rolling(variants),
        "## Single windows",
        _windows(variants),
    ]


def _beats(variants: Mapping[str, Any]) -> list[str]:
    """Heart sounds and rates against the marks, where there are both."""
    scored = {name: panel["beats"] for name, panel in variants.items() if panel["beats"]}
    if not scored:
        return []
    tolerance_ms = 1e3 * next(iter(scored.values()))["tolerance_s"]
    close_bpm = next(iter(scored.values()))["close_bpm"]
    rows = [
        [
            name,
            database,
            str(found["records"]),
            *(number(found[figure]) for figure in ("f1", "f1_s1", "f1_s2")),
            str(found["rate_windows"]),
            percent(found["rate_answered"]),
            number(found["rate_error_bpm"]),
            percent(found["rate_close"]),
        ]
        for name, beats in scored.items()
        for database, found in beats["databases"].items()
    ]
    header = ["variant", "tested on", "records", "F1", "F1 of S1", "F1 of S2"]
    header += ["windows", "with a rate", "mean error (bpm)", f"within {close_bpm:g} bpm"]
    return [
        "## Beats",
        f"S1 and S2 found within {tolerance_ms:g} ms of where people have marked their middles: F1 is the "
        "mean over the marked records, that of S1 and S2 of all their sounds together; what lies in unmarked "
        "sound, such as noise, does not count. Heart rate of single windows of good quality against the "
        "marked onsets of S1.",
        _table(header, rows, len(variants)),
    ]


def _reading(variants: Mapping[str, Any]) -> list[str]:
    """What was read between the sounds against what people have heard, where there are both."""
    scored = {name: panel["reading"] for name, panel in variants.items() if panel["reading"]}
    if not scored:
        return []
    shares = [
        [
            name,
            half,
            str(found["records"]),
            *(
                percent(found[figure])
                for figure in ("answered", "timing_right", "murmur_right", "silence_right")
            ),
        ]
        for name, halves in scored.items()
        for half, found in halves.items()
    ]
    header = ["variant", "subjects", "recordings", "something said"]
    header += ["timing right", "of those with a murmur", "of those without"]
    return [
        "## Reading",
        "Where in the cycle a murmur was read, against where people have heard it, of recordings from sites "
        "of which they say so; right are shares of those of which something was said. *Seen* are subjects "
        "that the reading's thresholds were chosen on. The tables after the first count recordings of the "
        "*unseen*, by what people have heard (rows) and what was read (columns); part, shape and pitch of "
        "those whose timing is right.",
        _table(header, shares, len(variants)),
        *(
            _confusion(scored, name, len(variants))
            for name in ("timing", "part", "shape", "pitch")
            if any(halves.get(UNSEEN, {}).get(name) for halves in scored.values())
        ),
    ]


def _confusion(scored: Mapping[str, Any], name: str, variants: int) -> str:
    counts = {variant: halves.get(UNSEEN, {}).get(name, {}) for variant, halves in scored.items()}
    rows = [
        [variant, marked, *map(str, found.values())]
        for variant, marks in counts.items()
        for marked, found in marks.items()
    ]
    columns = next(found for marks in counts.values() for found in marks.values())
    return _table(["variant", name, *columns], rows, variants)


def _left_out(problems: Mapping[str, Sequence[str]]) -> list[str]:
    lines = [f"- {corpus}: {problem}" for corpus, found in problems.items() for problem in found]
    return ["## Left out", "\n".join(lines)] if lines else []


def _figures(variants: Mapping[str, Any]) -> str:
    columns: Columns = {"records (abnormal)": lambda found: f"{found['n']} ({found['n_abnormal']})"}
    for figure, name in FIGURE_NAMES.items():
        columns[name] = lambda found, figure=figure: estimated(found["figures"][figure])
    return _by_section(variants, columns)


def _pooled_warning(pooled: bool) -> list[str]:
    if not pooled:
        return ["No figure is pooled: each database is scored by another model on another scale."]
    return ["The pooled AUROC also rewards telling the databases apart; the rows inside each do not."]


def _mean_aurocs(variants: Mapping[str, Any]) -> str:
    rows = [
        [name, f"mean of {_short(found['databases'])}", estimated(found)]
        for name, panel in variants.items()
        for found in panel["mean_auroc"].values()
        if found is not None
    ]
    unlike = [row for index, row in enumerate(rows) if row not in rows[:index]]
    return _table(["variant", "databases", "AUROC inside"], unlike, len(variants))


def _folds(variants: Mapping[str, Any]) -> list[str]:
    rows = []
    for name, panel in variants.items():
        for unit in ("records", "windows"):
            spread = panel["folds"][unit]
            if panel["pooled"] and max(spread["folds"].values()) > 1:
                cells = [_spread(spread["mean"][figure], spread["sd"][figure]) for figure in SPREAD_NAMES]
                rows.append([name, unit, str(len(spread["each"])), *cells])
    if not rows:
        return []
    return [
        "## Over the folds",
        "Mean ± standard deviation. *Class-weighted* is the mean over both classes by their sizes; the "
        "recall so averaged is the accuracy.",
        _table(["variant", "of", "folds", *SPREAD_NAMES.values()], rows, len(variants)),
    ]


def _calibration(variants: Mapping[str, Any]) -> str:
    columns: Columns = {}
    for weighting in (AS_RECORDED, EVEN_ODDS):
        for figure, name in (("ece", "ECE"), ("brier", "Brier")):
            columns[f"{name}, {weighting}"] = lambda found, weighting=weighting, figure=figure: number(
                found["calibration"][weighting][figure]
            )
    columns[f"ECE, {EVEN_ODDS}, by chance"] = lambda found: estimated(
        found["calibration"][EVEN_ODDS]["ece_by_chance"]
    )
    return _by_section(variants, columns)


def _abstention(variants: Mapping[str, Any]) -> str:
    return _by_section(
        variants,
        {
            "answered": lambda found: percent(found["abstention"]["coverage"]),
            "normal unanswered": lambda found: percent(found["abstention"]["rate_normal"]),
            "abnormal unanswered": lambda found: percent(found["abstention"]["rate_abnormal"]),
            "MAcc of all": lambda found: number(found["abstention"]["macc_of_all"]),
            "MAcc of answered": lambda found: number(found["abstention"]["macc_of_answered"]),
            "MAcc of most certain": lambda found: number(
                found["abstention"]["least_certain_left_out"]["macc"]
            ),
            "gain": lambda found: signed(found["abstention"]["least_certain_left_out"]["gain"]),
        },
    )


def _gate(variants: Mapping[str, Any], gated: bool) -> list[str]:
    """What the quality gate refused, where one was asked."""
    if not gated:
        return []
    columns: Columns = {
        f"windows refused, {word}": lambda found, word=word: percent(
            found["abstention"][f"windows_refused_{word}"]
        )
        for word in ("normal", "abnormal")
    }
    columns["without a scored window"] = lambda found: str(found["n_unscored"])
    return [
        "A quality gate that had not learnt from the subject refused windows, and the others weighed their "
        "quality; where that is doubtful the word is uncertain.",
        _by_section(variants, columns),
    ]


def _by_quality(variants: Mapping[str, Any]) -> list[str]:
    """The share left unanswered by the publishers' word on the signal, where they have one."""

    def cell(found: Mapping[str, Any], word: str) -> str:
        own = found["abstention"]["rate_by_quality"].get(word)
        return NONE if own is None else f"{percent(own['rate'])} of {own['n']}"

    words = list(QUALITIES.values())
    told = {word for _, _, found in _sections(variants) for word in found["abstention"]["rate_by_quality"]}
    if told <= {QUALITIES[None]}:
        return []
    columns: Columns = {f"quality {word}": lambda found, word=word: cell(found, word) for word in words}
    return [
        "Unanswered by the publishers' word on the signal; unknown where they have none.",
        _by_section(variants, columns),
    ]


def _rolling(variants: Mapping[str, Any]) -> str:
    return _by_section(
        variants,
        {
            "median first verdict (s)": lambda found: number(found["rolling"]["median_first_verdict_s"], 0),
            "no verdict": lambda found: percent(found["rolling"]["never_answered"]),
            "flips per recording": lambda found: number(found["rolling"]["flips_per_record"]),
            "recordings that flip": lambda found: percent(found["rolling"]["records_that_flip"]),
        },
    )


def _by_section(variants: Mapping[str, Any], columns: Columns) -> str:
    """A table with a row for each variant and what it was tested on."""
    rows = [
        [name, label, *(cell(section) for cell in columns.values())]
        for name, label, section in _sections(variants)
    ]
    return _table(["variant", "tested on", *columns], rows, len(variants))


def _examples(captions: Mapping[str, str]) -> list[str]:
    name = "examples.png"
    return ["## Examples", *_picture(captions, name)] if name in captions else []


def _windows(variants: Mapping[str, Any]) -> str:
    rows = []
    for name, panel in variants.items():
        found = panel["windows"]
        shown = {POOLED: found["pooled"]} if found["pooled"] else {}
        for label, inside in {**shown, **found["databases"]}.items():
            cells = [number(inside[figure]) for figure in FIGURE_NAMES]
            rows.append([name, label, f"{inside['n']} ({inside['n_abnormal']})", *cells])
    return _table(["variant", "tested on", "windows (abnormal)", *FIGURE_NAMES.values()], rows, len(variants))


def _sections(variants: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for name, panel in variants.items():
        if panel["pooled"]:
            yield name, POOLED, panel["pooled"]
        for database, section in panel["databases"].items():
            yield name, database, section


def _table(header: Sequence[str], rows: Rows, variants: int) -> str:
    """A table; with a single variant its column says nothing and is left out."""
    first = 0 if variants > 1 else 1
    return table(header[first:], [row[first:] for row in rows])


def _picture(captions: Mapping[str, str], *names: str) -> list[str]:
    return [f"![{captions[name]}]({name})\n\n*{captions[name]}*" for name in names]


def _short(databases: Sequence[str]) -> str:
    """Their names, what all have in front said once: "cinc2016-a, b, d"."""
    stem = databases[0].rpartition("-")[0] + "-"
    if len(databases) > 1 and all(name.startswith(stem) for name in databases):
        return ", ".join([databases[0], *(name.removeprefix(stem) for name in databases[1:])])
    return ", ".join(databases)


def _spread(mean: float | None, deviation: float | None) -> str:
    return number(mean) if deviation is None else f"{number(mean)} ± {number(deviation)}"
