"""A stretch of a recorded session, out of the files that a recorder wrote."""

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ring import Ring
from monitor.sources.choice import stored_sound_choice
from monitor.sources.protocol import SourceError
from monitor.sources.stored_sound import StoredSoundSource
from recordings import RecordingError

RATE = 1000
JOIN_S = 30


def write(folder, pieces):
    """Files of whole numbers, each sample its own place on the clock; gives the sound with NaN in holes."""
    length = max((first + size for first, size in pieces), default=0)
    sound = np.full(length, np.nan)
    for first, size in pieces:
        sound[first : first + size] = np.arange(first, first + size) / 2**20
        sf.write(folder / f"{first:014d}.wav", sound[first : first + size], RATE, "PCM_24")
    return sound


def replayed(source):
    """What is delivered, in its places."""
    ring, sound = Ring(60 * RATE), []
    source.start(ring, lambda *report: None)
    while (chunk := ring.read(RATE, JOIN_S)) is not None:
        sound += [np.full(chunk.lost, np.nan), chunk.samples]
    source.stop()
    assert source.health().state == "ended", source.health().detail
    return np.concatenate(sound) if sound else np.empty(0)


@settings(max_examples=40)
@given(st.data())
def test_a_stretch_is_what_was_recorded_there(tmp_path_factory, data):
    folder, at, pieces = tmp_path_factory.mktemp("sound"), 0, []
    for _ in range(data.draw(st.integers(1, 3))):
        at += data.draw(st.integers(0, 3000))
        size = data.draw(st.integers(1, 4000))
        pieces.append((at, size))
        at += size
    sound = write(folder, pieces)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(sound) + 500)] * 2)))
    expected = sound[start:end]
    choice = stored_sound_choice(folder, start / RATE, end / RATE, "bed 7", None)
    if np.isnan(expected).all():
        with pytest.raises(SourceError, match="bed 7: none of its sound was recorded"):
            choice.open()
        return
    heard = replayed(choice.open())
    last = len(expected) - int(np.argmax(~np.isnan(expected)[::-1]))
    np.testing.assert_array_equal(heard, expected[:last].astype(np.float32))


def test_it_stops_after_the_sound_that_was_asked_for(tmp_path):
    sound = write(tmp_path, [(0, 5000)])
    source = stored_sound_choice(tmp_path, 1.0, 4.0, "bed 7", None).open(1.5)
    assert source.duration_s == 1.5
    np.testing.assert_array_equal(replayed(source), sound[1000:2500].astype(np.float32))


def test_what_no_recorder_named_is_left_out(tmp_path):
    sound = write(tmp_path, [(0, 2000)])
    (tmp_path / "notes.wav").write_text("no sound")
    heard = replayed(stored_sound_choice(tmp_path, 0.0, 2.0, "bed 7", None).open())
    np.testing.assert_array_equal(heard, sound.astype(np.float32))


def test_a_file_that_is_no_sound_is_told(tmp_path):
    (tmp_path / "00000000000000.wav").write_text("no sound")
    with pytest.raises(RecordingError, match="00000000000000"):
        stored_sound_choice(tmp_path, 0.0, 4.0, "bed 7").open()


def test_without_files_there_is_nothing():
    with pytest.raises(SourceError, match="none of its sound"):
        StoredSoundSource([], 0.0, 1.0, "bed 7")
