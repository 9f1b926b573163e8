import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.front_end import FrontEnd
from dsp.spectrogram import ScreenSpectrogram
from model.classifier import Classifier
from model.loading import packaged_models
from model.verdict import Label, Standing
from monitor.dashboard import report_words
from monitor.dashboard.words import DIFFERS
from monitor.examination_record import SITES, SiteFinding
from monitor.examination_report import (
    EXCERPT_S,
    MOST_SITES,
    SiteSound,
    examination_report,
    excerpt_of,
    moments_words,
    packaged_card,
    said,
)
from tests.monitor.dashboard.test_words import REASON_CODES
from tests.monitor.examinations import RATE, RECORD, RECORDS, WRITTEN, finding, heart, sounds_of

SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")
TASHKENT = ZoneInfo("Asia/Tashkent")
TURNERS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.fixture(scope="module")
def default():
    return Classifier.load()


@pytest.mark.parametrize(
    ("begun", "ended", "zone", "told"),
    [
        ("2026-03-04T00:05:00+00:00", "2026-03-04T00:12:30Z", SEOUL,
         "2026-03-04, 09:05 to 09:12, KST (UTC+09:00)"),
        ("2026-03-04T00:05:00", "2026-03-04T00:12:30", UTC, "2026-03-04, 00:05 to 00:12, UTC"),
        ("2026-03-04T14:59:00Z", "2026-03-04T15:01:00Z", SEOUL,
         "2026-03-04, 23:59 to 2026-03-05, 00:01, KST (UTC+09:00)"),
        # Summer time ends meanwhile: the clock of the beginning goes on.
        ("2026-11-01T05:50:00Z", "2026-11-01T06:10:00Z", NEW_YORK,
         "2026-11-01, 01:50 to 02:10, EDT (UTC−04:00)"),
        ("2026-03-04T00:05:00Z", "2026-03-04T00:06:00Z", TASHKENT, "2026-03-04, 05:05 to 05:06, UTC+05:00"),
        ("2026-03-04T00:05:00Z", "", SEOUL, "2026-03-04, 09:05, KST (UTC+09:00)"),
        ("", "2026-03-04T00:05:00Z", SEOUL, "not known"),
        ("0001-01-01T00:00:00Z", "", NEW_YORK, "not known"),
    ],
)  # fmt: skip
def test_the_time_is_local_and_says_its_zone(begun, ended, zone, told):
    assert moments_words(begun, ended, zone) == told


@given(WRITTEN, st.integers(1, 200))
def test_what_somebody_wrote_becomes_one_line_that_can_be_printed(text, most):
    line, whole = said(text, most)
    line.encode("utf-8")
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(TURNERS) & set(line)
    assert len(line) <= 4 * most + 1
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line)
    assert sum(not unicodedata.combining(character) for character in line) + wide <= 6 * most + 2
    assert whole or line.endswith("…")


@given(st.text(st.characters(categories=["L", "N"]), max_size=30))
def test_what_has_room_is_said_as_it_was_written(text):
    assert said(text, 100) == (text, True)


@given(RECORDS, st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_every_examination_can_be_told(record, seed):
    report = examination_report(record, sounds_of(len(record.findings), seed))
    assert len(report.sites) == min(MOST_SITES, len(record.findings))
    assert bool(report.omitted) == (len(record.findings) > MOST_SITES)
    whole = record.overall or Standing(None, None)
    assert (report.label, report.probability) == (whole.label, whole.p_abnormal)
    assert bool(report.label) == any(finding.verdict for finding in record.findings)
    for site, told in zip(record.findings, report.sites, strict=False):
        assert (told.label is None) == (site.verdict is None)
        assert (told.excerpt is None) <= bool(told.remark or told.label is None)
    assert dict(report.small_print)["SHA-256"] == record.model_sha256


def test_the_order_of_the_sites_is_that_of_listening_and_custom_names_stay():
    names = ("mitral", "Erb's point", "aortic")
    report = examination_report(replace(RECORD, findings=tuple(map(finding, names))))
    assert [site.name for site in report.sites] == ["Mitral", "Erb's point", "Aortic"]


@given(RECORDS)
@settings(max_examples=60)
def test_a_murmur_that_is_read_though_the_verdict_is_normal_is_told_first_and_of_the_whole(record):
    report = examination_report(record)
    differing = set()
    for site, told in zip(record.findings, report.sites, strict=False):
        verdict = site.verdict
        reading = verdict.reading if verdict is not None and verdict.label is Label.NORMAL else None
        wanted = DIFFERS[reading.timing] if reading is not None and reading.timing != "none" else ""
        assert [words for words in DIFFERS.values() if words in told.reading] == ([wanted] if wanted else [])
        assert told.reading.startswith(wanted)
        differing.add(bool(wanted))
    said = report_words.MURMUR_AT_NORMAL in report.counts
    assert said <= (report.label is Label.NORMAL)
    if report.label is Label.NORMAL and not report.omitted:
        assert said == (True in differing)


def test_states_are_told_honestly():
    findings = (
        finding(label=Label.UNCERTAIN, reasons=("movement",), reading=None),
        finding(label=Label.POOR_SIGNAL, reasons=("no_heart_sound",), reading=None, heart_rate_bpm=None),
        SiteFinding("tricuspid", None),
        finding(label=Label.ABNORMAL, irregular=True),
    )  # fmt: skip
    report = examination_report(replace(RECORD, findings=findings))
    uncertain, poor, skipped, abnormal = report.sites
    assert uncertain.reasons == "No verdict either way. Chest piece moved."
    assert uncertain.reading == report_words.NO_READING
    assert (poor.word, poor.probability, poor.heart_rate) == ("POOR SIGNAL", None, "–")
    assert poor.reasons == "Nothing could be judged. Heart sound not always heard."
    assert (skipped.word, skipped.reading, skipped.remark) == ("SKIPPED", "Not listened to.", "")
    assert abnormal.heart_rate == "72 bpm, irregular"
    assert abnormal.quality == "good (0.90), 24 of 30 s good"
    assert {site.remark for site in (uncertain, poor, abnormal)} == {"Sound was not kept: no picture"}
    assert report.counts == "4 sites: 1 abnormal, 1 uncertain, 1 poor signal, 1 skipped."
    assert examination_report(RECORD).counts == "No site was listened to."


@pytest.mark.parametrize("code", REASON_CODES)
def test_every_reason_has_words_that_ask_for_nothing(code):
    assert code in report_words.REASONS
    assert "_" not in report_words.reasons_words((code,))


@pytest.mark.parametrize("label", [*Label, None])
def test_every_verdict_is_counted(label):
    assert report_words.COUNTED[label]


def test_the_abstention_band_is_that_of_the_records_model(default):
    known = replace(RECORD, model_sha256=default.card.sha256)
    band = default.card.calibration.low, default.card.calibration.high
    for report in (examination_report(known), examination_report(known, classifier=default)):
        assert report.band == band
        assert f"between {band[0]:.2f} and {band[1]:.2f}" in report.how_to_read
    other = examination_report(RECORD, classifier=default)
    assert other.band is None
    assert "between" not in other.how_to_read


def test_a_packaged_model_is_found_by_its_hash():
    for name in packaged_models():
        card = Classifier(name).card
        assert packaged_card(card.sha256) == card
        assert card.name == name  # so that it can be loaded by the name on its card
    assert packaged_card("0" * 64) is None


def test_the_picture_is_of_the_stretch_of_best_quality_and_begins_before_a_first_sound(default):
    draws = np.random.default_rng(0)
    noise = 0.2 * draws.standard_normal(12 * RATE)
    sound = SiteSound(np.concatenate([noise, heart(seconds=14).samples, noise]), RATE, 100.0)
    excerpt = excerpt_of(sound, default, began_s=98.0)
    assert 12 + 2 <= excerpt.start_s <= 12 + 14 - EXCERPT_S + 2
    assert excerpt.length_s == EXCERPT_S
    first = excerpt.sounds[0]
    assert (first.sound, first.start_s) == ("S1", pytest.approx(0.15, abs=1e-3))
    kinds = [one.sound for one in excerpt.sounds]
    assert kinds.count("S1") >= 5
    assert kinds.count("S2") >= 4
    assert all(0 <= one.middle_s < EXCERPT_S for one in excerpt.sounds)


def test_the_picture_shows_what_the_front_end_makes_of_the_sound(default):
    sound = heart("as")
    excerpt = excerpt_of(sound, default)
    front_end = FrontEnd(RATE)
    whole = np.concatenate([front_end.push(sound.samples).filtered, front_end.flush().filtered])
    first = round((excerpt.start_s - sound.start_s) * 2000)
    there = whole[first : first + excerpt.signal.size]
    assert np.array_equal(excerpt.signal, there.astype(np.float32))
    # And in the spectrogram, a column's loudness is that of the signal at its time.
    middles = first + np.round(2000 * excerpt.times).astype(int)
    power = [np.square(whole[middle - 64 : middle + 64]).mean() for middle in middles]
    shown = (10 ** (excerpt.columns / 10)).sum(axis=1)
    assert np.corrcoef(np.log(np.add(power, 1e-9)), np.log(shown + 1e-9))[0, 1] > 0.95


def test_a_tone_stands_at_its_frequency():
    tone = 0.1 * np.sin(2 * np.pi * 300 * np.arange(12 * RATE) / RATE)
    excerpt = excerpt_of(SiteSound(tone, RATE))
    loudest = ScreenSpectrogram().frequencies[excerpt.columns.argmax(axis=1)]
    assert np.abs(loudest - 300).max() < 5


def test_too_little_sound_makes_no_picture_and_a_little_makes_a_short_one(default):
    assert excerpt_of(SiteSound(np.zeros(0), RATE)) is None
    assert excerpt_of(SiteSound(np.zeros(RATE // 3), RATE), default) is None
    assert excerpt_of(heart(seconds=3), default).length_s == pytest.approx(3.0, abs=0.01)
    record = replace(RECORD, findings=(finding(),))
    site = examination_report(record, [SiteSound(np.zeros(9), RATE)]).sites[0]
    assert (site.excerpt, site.remark) == (None, report_words.TOO_SHORT)


def test_only_the_model_of_the_examination_marks_its_sounds(default):
    record = replace(RECORD, findings=(finding(),))
    other = examination_report(record, [heart()], default).sites[0]
    assert (other.excerpt.sounds, other.remark) == ((), report_words.MODEL_NOT_AT_HAND)
    own = examination_report(replace(record, model_sha256=default.card.sha256), [heart()], default).sites[0]
    assert own.excerpt.sounds
    assert own.remark == ""


def test_a_model_that_finds_no_sounds_marks_none_and_says_so(classifier):
    record = replace(RECORD, findings=(finding(),), model_sha256=classifier.card.sha256)
    site = examination_report(record, [heart()], classifier).sites[0]
    assert (site.excerpt.sounds, site.remark) == ((), report_words.MODEL_FINDS_NONE)


def test_real_recordings_are_shown(corpora, default):
    for name in ("training-a/a0012.flac", "training-e/e00001.flac"):
        samples, rate = sf.read(corpora / "cinc2016" / name)
        excerpt = excerpt_of(SiteSound(samples, rate), default)
        assert excerpt.length_s == EXCERPT_S
        assert {"S1", "S2"} == {one.sound for one in excerpt.sounds}


def test_progress_goes_up_and_what_it_raises_ends_the_work():
    told = []
    examination_report(replace(RECORD, findings=tuple(map(finding, SITES))), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0

    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        examination_report(RECORD, progress=stop)


def test_what_is_said_needs_neither_qt_nor_torch():
    code = (
        "import sys, monitor.examination_report;"
        "print(*sorted({'torch', 'PySide6', 'pyqtgraph'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr
