from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.examination_record import SiteFinding
from monitor.kept_sound import LONGEST_S, site_sounds
from tests.monitor.examinations import RATE, RECORD, finding


def keep(folder, first, samples, rate=RATE):
    """As the recorder names its files."""
    path = folder / f"{first:014d}.wav"
    sf.write(path, samples, rate, "FLOAT")
    return path


def ramp(first, count):
    """Samples that tell their place."""
    return (first + np.arange(count)).astype(np.float32) / 2**20


def at(start_s, end_s):
    return replace(finding(), start_s=start_s, end_s=end_s)


@given(
    cuts=st.lists(st.integers(1, 8 * RATE - 1), max_size=3, unique=True).map(sorted),
    stretches=st.lists(st.tuples(st.floats(0, 8), st.floats(0, 8)).map(sorted), min_size=1, max_size=5),
)
@settings(max_examples=25)
def test_a_sites_sound_is_found_however_it_was_cut_into_files(tmp_path_factory, cuts, stretches):
    folder = tmp_path_factory.mktemp("sound")
    whole = ramp(0, 8 * RATE)
    edges = [0, *cuts, whole.size]
    files = [keep(folder, begin, whole[begin:end]) for begin, end in pairwise(edges)]
    record = replace(RECORD, findings=tuple(at(*one) for one in stretches))
    for (start_s, end_s), sound in zip(stretches, site_sounds(record, files), strict=True):
        begin, end = round(start_s * RATE), round(end_s * RATE)
        if begin == end:
            assert sound is None
            continue
        assert np.array_equal(sound.samples, whole[begin:end])
        assert (sound.rate, sound.start_s) == (RATE, pytest.approx(start_s, abs=1 / RATE))


def test_what_was_not_recorded_is_silence_within_and_nothing_where_there_is_none(tmp_path):
    files = [keep(tmp_path, 0, ramp(0, 2 * RATE)), keep(tmp_path, 3 * RATE, ramp(3 * RATE, RATE))]
    findings = (at(1, 4), at(2.1, 2.9), at(5, 9), SiteFinding("mitral", None, 0, 2))
    within, between, after, skipped = site_sounds(replace(RECORD, findings=findings), files)
    assert np.array_equal(
        within.samples, np.concatenate([ramp(RATE, RATE), np.zeros(RATE), ramp(3 * RATE, RATE)])
    )
    assert between is None
    assert after is None
    assert skipped is None


def test_a_file_that_is_no_sound_leaves_the_others_readable(tmp_path):
    (tmp_path / "00000000000000.wav").write_bytes(b"RIFF but no sound")
    (tmp_path / "notes.wav").write_bytes(b"")
    files = [*sorted(tmp_path.iterdir()), keep(tmp_path, RATE, ramp(RATE, RATE))]
    first, second = site_sounds(replace(RECORD, findings=(at(0, 1), at(1, 2))), files)
    assert first.samples.size == 0
    assert np.array_equal(second.samples, ramp(RATE, RATE))


def test_of_a_site_that_was_listened_to_for_long_the_first_minutes_are_read(tmp_path):
    long = keep(tmp_path, 0, np.zeros(round((LONGEST_S + 20) * 1000)), rate=1000)
    record = replace(RECORD, rate=1000, findings=(at(5, LONGEST_S + 15),))
    assert site_sounds(record, [long])[0].samples.size == LONGEST_S * 1000


def test_another_rate_than_the_sessions_is_not_its_sound(tmp_path):
    files = [keep(tmp_path, 0, ramp(0, 2 * RATE), rate=RATE // 2)]
    assert site_sounds(replace(RECORD, findings=(at(0, 1),)), files) == [None]
