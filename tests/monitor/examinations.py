"""Examinations made for tests."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from dsp.reading import PARTS, SHAPES, TIMINGS, Reading
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from model.verdict import Label, RecordingVerdict
from monitor.examination_record import OPINIONS, SITES, ExaminationRecord, SiteFinding
from monitor.examination_report import SiteSound

RATE = 4000

RECORD = ExaminationRecord(
    id="3f9a2c7d10ab",
    begun="2026-03-04T00:05:00+00:00",
    ended="2026-03-04T00:12:30+00:00",
    patient="bed 7",
    device="Stethoscope USB",
    rate=RATE,
    model="made@0123456789ab",
    model_sha256="0123456789abcdef" * 4,
    program="0.1.0",
    session="77b01d99aa00",
    findings=(),
)

NO_MURMUR = Reading("none", None, None, None, None, 20, 0)


def finding(site="mitral", label=Label.NORMAL, **changes):
    told = None if label in (Label.POOR_SIGNAL, Label.WARMING_UP) else 0.25
    verdict = RecordingVerdict(label, told, 0.9, (), 40, 2, 71.6, 0.9, False, NO_MURMUR)
    return SiteFinding(site, replace(verdict, **changes), 5.0, 35.0, 24.0)


def heart(condition="normal", seconds=15.0, seed=1, start_s=5.0):
    """The sound of a synthetic heart at one site."""
    config = SynthesisConfig(condition=condition, seed=seed)
    return SiteSound(HeartSoundSynthesizer(config).read(round(seconds * RATE)), RATE, start_s)


def four_sites():
    """One of each verdict, with sound of all but the last."""
    labels = (Label.ABNORMAL, Label.NORMAL, Label.UNCERTAIN, Label.POOR_SIGNAL)
    record = replace(RECORD, findings=tuple(map(finding, SITES, labels)))
    return record, [heart("as"), heart(), heart("mr"), None]


WRITTEN = st.one_of(
    st.text(max_size=40),
    st.text(st.sampled_from("a漢가\u0301\u200d\u202e\u05d0\u0627\n\t\x00\ud800 😀&<>\"'"), max_size=40),
    st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=5), st.integers(1, 3000)),
)
"""Anything that somebody could write."""

SHARE = st.floats(0, 1)
READINGS = st.builds(
    Reading,
    st.sampled_from(TIMINGS),
    st.none() | st.sampled_from(PARTS),
    st.none() | st.sampled_from(SHAPES),
    st.none() | st.floats(15, 672),
    st.none() | st.floats(0, 60),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
VERDICTS = st.builds(
    RecordingVerdict,
    st.sampled_from(Label),
    st.none() | SHARE,
    st.none() | SHARE,
    st.lists(WRITTEN | st.sampled_from(["gap", "movement", "clipped"]), max_size=12).map(tuple),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.none() | st.floats(20, 300),
    st.none() | SHARE,
    st.none() | st.booleans(),
    st.none() | READINGS,
)
SECONDS = st.floats(0, 1e6)
FINDINGS = st.builds(SiteFinding, WRITTEN, st.none() | VERDICTS, SECONDS, SECONDS, SECONDS)
MOMENTS = st.datetimes().map(lambda moment: moment.isoformat() + "+00:00") | st.text(max_size=30)
RECORDS = st.builds(
    ExaminationRecord,
    WRITTEN,
    MOMENTS,
    MOMENTS,
    WRITTEN,
    WRITTEN,
    st.integers(1000, 192_000),
    WRITTEN,
    st.text("0123456789abcdef", min_size=64, max_size=64),
    WRITTEN,
    st.none() | WRITTEN,
    st.lists(FINDINGS, max_size=10).map(tuple),
    st.none() | st.sampled_from(OPINIONS),
    WRITTEN,
)


def sounds_of(count, seed):
    """Sound of some sites: hearts' too dear, so noise and silence, also too short of it, and none."""
    draws = np.random.default_rng(seed)
    lengths = (0, 100, 4 * RATE, 12 * RATE)
    kinds = draws.integers(0, len(lengths) + 1, count)
    return [
        None
        if kind == len(lengths)
        else SiteSound(draws.choice([0, 0.1]) * draws.standard_normal(lengths[kind]), RATE, 3.0)
        for kind in kinds
    ]
