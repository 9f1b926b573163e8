"""What the report of an examination says, and the pieces of sound that it shows; how it looks is not here."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dsp.beats import HeartSound
from dsp.config import FrontEndConfig
from dsp.front_end import FrontEnd, Window
from dsp.spectrogram import ScreenSpectrogram
from model.card import ModelCard, ModelError, read_card
from model.loading import packaged_models, weights_folder
from model.verdict import Label, RecordingVerdict
from monitor.dashboard import report_words as words
from monitor.dashboard.examination_words import EXAMINATION, overall_word, site_title
from monitor.dashboard.told_words import reading_words, told_words
from monitor.dashboard.words import LABELS, differing_words, heart_rate_words, quality_words
from monitor.examination_record import SITES, ExaminationRecord, SiteFinding

if TYPE_CHECKING:
    from model.classifier import Classifier

EXCERPT_S = 5.0
"""Seconds that a picture shows, where there are so many."""

MOST_SITES = 8
"""That one page has room for."""

MOST_SAID = {"note": 1000, "patient": 120, "device": 120, "site": 80}
"""Columns, as a terminal counts them, that are said of what somebody wrote: more has no room in any case."""

_LEAST_S = 0.5
_MOST_WINDOWS = 20
_LEAST_STEPS = 25  # of the front end's grid: 2 s between windows
_BEFORE_S = 0.15
_EDGE_S = 0.1
_BLOCK_S = 5


@dataclass(frozen=True, eq=False)
class SiteSound:
    """The raw sound of a site, as it was kept.

    Attributes:
        samples: Shape (n,), full scale 1; silence where sound was lost.
        rate: Samples a second, 1000 to 192000.
        start_s: Time of the first one on the source's clock, in seconds.
    """

    samples: NDArray[np.floating]
    rate: int
    start_s: float = 0.0


@dataclass(frozen=True, eq=False)
class Excerpt:
    """A piece of a site's sound: all that its picture is drawn from. Its times count from its beginning.

    Attributes:
        start_s: Its beginning, in seconds since listening there began.
        signal: Shape (n,), float32, bandpassed, at the analysis rate of 2 kHz.
        times: Shape (k,): middle of each spectrogram frame, in seconds; some lie just beyond both ends.
        columns: Shape (k, rows): decibels, as ``ScreenSpectrogram`` makes them.
        sounds: S1 and S2 whose middle lies in it, in order.
    """

    start_s: float
    signal: NDArray[np.float32]
    times: NDArray[np.float64]
    columns: NDArray[np.float32]
    sounds: tuple[HeartSound, ...] = ()

    @property
    def length_s(self) -> float:
        """Seconds."""
        return self.signal.size / FrontEndConfig.rate


@dataclass(frozen=True, eq=False)
class SiteReport:
    """What is said of a site.

    Attributes:
        name: In words.
        label: The verdict; None where it was skipped.
        word: That in a word.
        probability: Calibrated, 0 to 1; None where nothing was classified.
        heart_rate: In words, as all that follows; empty where there is nothing to say.
        quality: With how much of it was good.
        reading: What is heard between the heart sounds.
        reasons: What was wrong.
        excerpt: Of its sound; None where there is no picture.
        remark: Why there is no picture, or nothing marked in it; empty otherwise.
    """

    name: str
    label: Label | None
    word: str
    probability: float | None
    heart_rate: str
    quality: str
    reading: str
    reasons: str
    excerpt: Excerpt | None
    remark: str


@dataclass(frozen=True, eq=False)
class ExaminationReport:
    """Everything on the page, in words.

    Attributes:
        facts: Who, when and with what: title and value.
        label: Verdict on all sites together; None where all were skipped.
        word: That in a word.
        probability: The highest of any site; None where nothing was classified.
        counts: How many sites had which verdict.
        opinion: What the clinician says of it.
        note: In the clinician's words; empty for none.
        sites: In the order of listening.
        omitted: That there were more sites than have room; empty otherwise.
        band: Edges of the abstention band; None where they are not known.
        how_to_read: What the probability means, in one sentence.
        small_print: Model, hash, program and examination: title and value.
        shortened: Whether something that somebody wrote was shortened.
    """

    facts: tuple[tuple[str, str], ...]
    label: Label | None
    word: str
    probability: float | None
    counts: str
    opinion: str
    note: str
    sites: tuple[SiteReport, ...]
    omitted: str
    band: tuple[float, float] | None
    how_to_read: str
    small_print: tuple[tuple[str, str], ...]
    shortened: bool


def examination_report(
    record: ExaminationRecord,
    sounds: Sequence[SiteSound | None] = (),
    classifier: Classifier | None = None,
    zone: tzinfo | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> ExaminationReport:
    """Say what an examination came to.

    Args:
        record: The examination.
        sounds: One for each finding, in order; None where it was not kept, and where the list is shorter.
        classifier: Finds S1 and S2 and the stretch of best quality. Another model than the record's marks
            nothing.
        zone: In which the time is told; None for the system's.
        progress: Called with how much of the work is done, 0 to 1; what it raises ends the work.
    """
    marked = classifier is not None and classifier.card.sha256 == record.model_sha256
    card = classifier.card if classifier is not None and marked else packaged_card(record.model_sha256)
    band = (card.calibration.low, card.calibration.high) if card else None
    shown = record.findings[:MOST_SITES]
    sites, whole = [], True
    for place, finding in enumerate(shown):
        progress(place / len(shown))
        sound = sounds[place] if place < len(sounds) else None
        site, complete = _site(finding, sound, classifier if marked else None)
        sites.append(site)
        whole = whole and complete
    progress(1.0)
    patient, patient_whole = said(record.patient, MOST_SAID["patient"])
    device, device_whole = said(told_words(record.device), MOST_SAID["device"])
    note, note_whole = said(record.note, MOST_SAID["note"])
    overall = record.overall
    program, examination = said(record.program, 40)[0], said(record.id, 40)[0]
    return ExaminationReport(
        facts=(
            (words.PATIENT, patient or words.NOT_GIVEN),
            (words.WHEN, moments_words(record.begun, record.ended, zone)),
            (words.device_words(record.rate), device or words.NOT_KNOWN),
        ),
        label=overall.label if overall else None,
        word=overall_word(record),
        probability=overall.p_abnormal if overall else None,
        counts=_counts(record),
        opinion=words.OPINIONS.get(record.opinion, words.OPINIONS[None]),
        note=note,
        sites=tuple(sites),
        omitted=words.omitted_words(len(record.findings) - len(shown)),
        band=band,
        how_to_read=words.how_to_read(band),
        small_print=(
            (words.MODEL, said(record.model, 60)[0]),
            (words.SHA256, said(record.model_sha256, 64)[0]),
            (words.PROGRAM, f"auscult {program}"),
            (EXAMINATION, examination),
        ),
        shortened=not (whole and patient_whole and device_whole and note_whole),
    )


def packaged_card(sha256: str) -> ModelCard | None:
    """The card of the packaged model with this hash; None where there is none."""
    for name in packaged_models():
        try:
            card = read_card(weights_folder() / f"{name}.json")
        except ModelError:
            continue
        if card.sha256 == sha256:
            return card
    return None


def moments_words(begun: str, ended: str, zone: tzinfo | None = None) -> str:
    """From when to when, in local time with its zone: "2026-03-04, 09:05 to 09:12, KST (UTC+09:00)".

    Args:
        begun: ISO 8601, UTC.
        ended: Likewise.
        zone: None for the system's.
    """
    try:
        first = _moment(begun).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return words.NOT_KNOWN
    offset = f"{first:%z}"
    offset = "UTC" + (f"{offset[:3]}:{offset[3:5]}".replace("-", "−") if first.utcoffset() else "")
    # A zone without a name of its own is named by its offset.
    name = first.tzname() or ""
    where = f"{name} ({offset})" if name.isalpha() and name != "UTC" else offset
    start = f"{first:%Y-%m-%d, %H:%M}"
    try:
        # In the zone of the beginning, also where summer time ended meanwhile.
        last = _moment(ended).astimezone(timezone(first.utcoffset() or timedelta()))
    except (ValueError, OverflowError, OSError):
        return f"{start}, {where}"
    end = f"{last:{'%H:%M' if last.date() == first.date() else '%Y-%m-%d, %H:%M'}}"
    return words.span_words(start, end, where)


def said(text: str, most: int) -> tuple[str, bool]:
    """What somebody wrote, in one line that can be printed.

    Spaces stand for line breaks and other control characters; what would turn the direction of the text
    around it is left out.

    Args:
        text: Anything.
        most: Columns, as a terminal counts them, that are kept.

    Returns:
        It, ending in "…" where it was longer; and whether it is all there.
    """
    # More is never kept, and need not be looked at: a character is one column, or a mark on one that is.
    looked_at = text[: 8 * most + 8]
    line = " ".join("".join(_printable(character) for character in looked_at).split())
    kept = columns = 0
    for character in line:
        columns += _columns(character)
        if columns > most or kept >= 4 * most:
            break
        kept += 1
    if kept == len(line) and len(looked_at) == len(text):
        return line, True
    return line[:kept].rstrip() + "…", False


def excerpt_of(
    sound: SiteSound, classifier: Classifier | None = None, began_s: float = 0.0
) -> Excerpt | None:
    """The representative piece of a site's sound.

    From the window of best quality; it begins just before an S1, and is of middling loudness among the
    pieces that do. Where every window is refused it is from the least bad one, without marks.

    Args:
        sound: As kept.
        classifier: None knows of a window only what rules say, and no heart sounds.
        began_s: When listening there began, on the source's clock, in seconds.

    Returns:
        None where there is less than half a second.
    """
    window, sounds = _best(sound, classifier)
    if window is None:
        return None
    rate = FrontEndConfig.rate
    signal = window.signal[: round(window.heard_s * rate)]
    length = min(signal.size, round(EXCERPT_S * rate))
    if length < _LEAST_S * rate:
        return None
    onsets = [round((one.start_s - window.start_s - _BEFORE_S) * rate) for one in sounds if one.sound == "S1"]
    fitting = [first for first in onsets if 0 <= first <= signal.size - length]
    fitting.sort(key=lambda first: float(np.square(signal[first : first + length]).mean()))
    first = fitting[len(fitting) // 2] if fitting else (signal.size - length) // 2
    columns = ScreenSpectrogram(rate).push(signal.astype(np.float64))
    middles = ScreenSpectrogram.HOP * (1 + np.arange(len(columns))) - ScreenSpectrogram.FRAME / 2
    times = (middles - first) / rate
    near = (times > -_EDGE_S) & (times < length / rate + _EDGE_S)
    begins_s = window.start_s + first / rate
    return Excerpt(
        start_s=sound.start_s + begins_s - began_s,
        signal=signal[first : first + length],
        times=times[near],
        columns=columns[near],
        sounds=tuple(
            replace(one, start_s=one.start_s - begins_s, end_s=one.end_s - begins_s)
            for one in sounds
            if begins_s <= one.middle_s < begins_s + length / rate
        ),
    )


def _best(sound: SiteSound, classifier: Classifier | None) -> tuple[Window | None, Sequence[HeartSound]]:
    config = classifier.config if classifier else FrontEndConfig()
    middle_s = sound.samples.size / sound.rate / 2
    steps = max(_LEAST_STEPS, math.ceil(2 * middle_s * config.rate / config.step / _MOST_WINDOWS))
    front_end = FrontEnd(sound.rate, round(steps * config.step / config.rate, 6), config)
    best: tuple[float, float] = -1.0, 0.0
    found: Window | None = None
    sounds: Sequence[HeartSound] = ()
    for window in _windows(front_end, sound):
        if classifier is None:
            judged = None
            quality = 0.0 if window.refused else 1.0
        else:
            judged = classifier.judge(window, front_end.image)
            quality = judged.verdict.quality or 0.0
        rank = quality, -abs((window.start_s + window.end_s) / 2 - middle_s)
        if rank > best:
            best, found, sounds = rank, window, judged.sounds if judged else ()
    return found, sounds


def _windows(front_end: FrontEnd, sound: SiteSound) -> Iterator[Window]:
    block = _BLOCK_S * sound.rate
    for first in range(0, sound.samples.size, block):
        yield from front_end.push(sound.samples[first : first + block]).windows
    yield from front_end.flush().windows


def _site(
    finding: SiteFinding, sound: SiteSound | None, classifier: Classifier | None
) -> tuple[SiteReport, bool]:
    name, whole = said(finding.site, MOST_SAID["site"])
    if finding.site in SITES:
        name = site_title(name)
    verdict = finding.verdict
    if verdict is None:
        nothing = SiteReport(name, None, words.SKIPPED, None, "", "", words.NOT_LISTENED, "", None, "")
        return nothing, whole
    excerpt = None if sound is None else excerpt_of(sound, classifier, finding.start_s)
    return (
        SiteReport(
            name=name,
            label=verdict.label,
            word=LABELS[verdict.label],
            probability=verdict.p_abnormal,
            heart_rate=heart_rate_words(verdict.heart_rate_bpm, verdict.irregular),
            quality=_quality(finding, verdict),
            reading=_reading(verdict),
            reasons=_reasons(verdict),
            excerpt=excerpt,
            remark=_remark(sound, excerpt, classifier),
        ),
        whole,
    )


def _counts(record: ExaminationRecord) -> str:
    """How many sites had which verdict, and that a murmur is read where none of them says so."""
    told = words.counts_words([one.verdict.label if one.verdict else None for one in record.findings])
    heard = [one.verdict for one in record.findings if one.verdict is not None]
    differ = any(differing_words(one.label, one.reading) for one in heard)
    normal = record.overall is not None and record.overall.label is Label.NORMAL
    return f"{told} {words.MURMUR_AT_NORMAL}" if normal and differ else told


def _quality(finding: SiteFinding, verdict: RecordingVerdict) -> str:
    listened_s = max(finding.end_s - finding.start_s, finding.good_s)
    told = quality_words(verdict.quality)
    return words.good_words(told, finding.good_s, listened_s) if listened_s > 0 else told


def _reading(verdict: RecordingVerdict) -> str:
    if verdict.reading is not None:
        # First what must not be cut off where there is little room.
        return f"{differing_words(verdict.label, verdict.reading)} {reading_words(verdict.reading)}".strip()
    return "" if verdict.label is Label.POOR_SIGNAL else words.NO_READING


def _reasons(verdict: RecordingVerdict) -> str:
    codes = tuple(said(code, 40)[0] for code in verdict.reasons)
    told = [words.reasons_words(codes)] if codes else []
    if verdict.label is Label.UNCERTAIN:
        told.insert(0, words.NO_VERDICT_EITHER_WAY)
    if verdict.label is Label.POOR_SIGNAL:
        told.insert(0, words.NOTHING_JUDGED)
    return " ".join(told)


def _remark(sound: SiteSound | None, excerpt: Excerpt | None, classifier: Classifier | None) -> str:
    if sound is None:
        return words.NOT_KEPT
    if excerpt is None:
        return words.TOO_SHORT
    if classifier is None:
        return words.MODEL_NOT_AT_HAND
    if not classifier.finds_states:
        return words.MODEL_FINDS_NONE
    return "" if excerpt.sounds else words.NONE_FOUND


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _printable(character: str) -> str:
    if character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        return ""
    return " " if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp", "Cn", "Co") else character


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
