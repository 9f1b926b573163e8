import os
import struct
import subprocess
import sys
import tempfile
import tracemalloc
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings import AUDIO_SUFFIXES, Recording, RecordingError, find_recordings, write_recording

RATE = 4000
NOISE = np.rint(np.random.default_rng(0).standard_normal(10 * RATE) * 3000).clip(-32_768, 32_767) / 32_768
quick = settings(max_examples=60, deadline=None)


def everything(path, frames_per_block=1000, **options):
    with Recording.open(path, **options) as recording:
        blocks = list(recording.blocks(frames_per_block))
        return np.concatenate(blocks) if blocks else np.empty(0), recording


def fault(path, **options):
    """The message of opening a recording that cannot be opened, checked for its form."""
    with pytest.raises(RecordingError) as caught:
        Recording.open(path, **options)
    message = str(caught.value)
    assert message.isprintable()
    assert Path(path).name in message
    return message


def encoded(suffix, samples=NOISE, rate=RATE, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"sound{suffix}")
        sf.write(path, samples, rate, **options)
        return path.read_bytes()


WAV, FLAC = encoded(".wav"), encoded(".flac")


@quick
@given(st.integers(0, 9000), st.integers(1, 5000))
def test_blocks_join_to_the_file_whatever_their_size(tmp_path_factory, frames, size):
    path = tmp_path_factory.mktemp("blocks") / "sound.wav"
    write_recording(path, [NOISE[: frames + 1]], RATE)
    with Recording.open(path) as recording:
        blocks = list(recording.blocks(size))
        assert all(len(block) == size for block in blocks[:-1])
        assert 1 <= len(blocks[-1]) <= size
        assert np.array_equal(np.concatenate(blocks), NOISE[: frames + 1])
        assert recording.frames == frames + 1
        assert recording.duration_s == (frames + 1) / RATE
        assert list(recording.blocks(size)) == []


@quick
@given(st.lists(st.tuples(st.integers(1, 700), st.integers(1, 4)), max_size=8))
def test_reading_goes_on_where_it_stopped_and_rewind_begins_again(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("steps") / "sound.flac"
    write_recording(path, [NOISE], RATE)
    with Recording.open(path) as recording:
        parts = []
        for size, blocks in steps:
            parts += islice(recording.blocks(size), blocks)
        read = np.concatenate([*parts, np.empty(0)])
        assert np.array_equal(read, NOISE[: len(read)])
        recording.rewind()
        assert np.array_equal(np.concatenate(list(recording.blocks(333))), NOISE)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".aiff", ".au", ".caf", ".w64", ".rf64"])
@pytest.mark.parametrize("name", ["sound", "sound.bin"])
def test_lossless_formats_by_content_not_by_suffix(tmp_path, suffix, name):
    path = tmp_path / name
    path.write_bytes(encoded(suffix))
    samples, recording = everything(path)
    assert np.array_equal(samples, NOISE)
    assert (recording.rate, recording.channels, recording.channel) == (RATE, 1, 1)
    assert recording.truncated is None
    assert not recording.open_ended


@pytest.mark.parametrize(
    ("suffix", "options"), [(".ogg", {}), (".mp3", {}), (".opus", {"format": "OGG", "subtype": "OPUS"})]
)
def test_lossy_formats(tmp_path, suffix, options):
    tone = 0.3 * np.sin(2 * np.pi * 200 * np.arange(40_000) / 8000)
    path = tmp_path / f"sound{suffix}"
    path.write_bytes(encoded(suffix, tone, 8000, **options))
    samples, recording = everything(path)
    assert recording.truncated is None
    assert samples.shape == tone.shape
    assert np.std(samples[2000:-2000]) == pytest.approx(0.3 / np.sqrt(2), rel=0.05)


def test_values_of_float_files_pass_through(tmp_path):
    values = np.array([0.0, 3.5, -7.0, np.nan, np.inf, -np.inf, 0.25])
    sf.write(tmp_path / "float.wav", values, RATE, subtype="DOUBLE")
    samples, _ = everything(tmp_path / "float.wav")
    assert np.array_equal(samples, values, equal_nan=True)


def test_a_long_recording_needs_no_more_memory_than_a_short_one(tmp_path):
    path = tmp_path / "long.wav"
    write_recording(path, (NOISE for _ in range(150)), RATE)
    tracemalloc.start()
    with Recording.open(path) as recording:
        assert sum(len(block) for block in recording.blocks(400)) == 150 * len(NOISE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * 150 * NOISE.nbytes


def test_the_louder_channel_is_chosen_by_deviation_not_by_offset(tmp_path):
    quiet, loud = 0.01 * NOISE, NOISE
    channels = np.stack([quiet + 0.5, loud, quiet - 0.5], axis=1)
    sf.write(tmp_path / "three.wav", channels, RATE, subtype="DOUBLE")
    samples, recording = everything(tmp_path / "three.wav")
    assert (recording.channels, recording.channel) == (3, 2)
    assert np.array_equal(samples, loud)
    for number in (1, 2, 3):
        samples, recording = everything(tmp_path / "three.wav", channel=number)
        assert recording.channel == number
        assert np.array_equal(samples, channels[:, number - 1])


def test_only_the_first_minute_decides_and_broken_values_do_not(tmp_path):
    minute = np.resize(NOISE, 60 * RATE)
    first = np.concatenate([minute, np.zeros(30 * RATE)])
    second = np.concatenate([0.2 * minute, np.resize(20 * NOISE, 30 * RATE)])
    third = np.full(90 * RATE, np.nan)
    fourth = np.full(90 * RATE, np.inf)
    sf.write(tmp_path / "four.wav", np.stack([first, second, third, fourth], axis=1), RATE, subtype="DOUBLE")
    assert everything(tmp_path / "four.wav")[1].channel == 1


def test_mono_is_the_mean_of_all_channels_whatever_they_hold(tmp_path):
    channels = np.random.default_rng(3).normal(size=(5 * RATE, 3))
    channels[7], channels[9] = [np.inf, -np.inf, 0], [np.inf, 1, 1]
    sf.write(tmp_path / "three.wav", channels, RATE, subtype="DOUBLE")
    samples, recording = everything(tmp_path / "three.wav", channel="mono")
    assert recording.channel == "mono"
    assert np.isnan(samples[7])
    assert np.isinf(samples[9])
    good = np.isfinite(channels).all(axis=1)
    np.testing.assert_allclose(samples[good], channels[good].mean(axis=1))


def test_equal_channels_give_the_first(tmp_path):
    sf.write(tmp_path / "two.wav", np.stack([NOISE, NOISE], axis=1), RATE)
    assert everything(tmp_path / "two.wav")[1].channel == 1


@pytest.mark.parametrize("suffix", [".wav", ".aiff", ".au", ".w64", ".rf64"])
@given(share=st.floats(0.05, 0.99))
@settings(max_examples=15, deadline=None)
def test_a_cut_file_with_a_clamping_header_is_read_to_its_end(tmp_path_factory, suffix, share):
    data = encoded(suffix)
    kept = int(len(data) * share)
    path = tmp_path_factory.mktemp("cut") / f"cut{suffix}"
    path.write_bytes(data[:kept])
    with Recording.open(path) as recording:
        before = recording.truncated
        samples = np.concatenate(list(recording.blocks(1000)))
    assert np.array_equal(samples, NOISE[: len(samples)])
    assert len(samples) == pytest.approx((kept - (len(data) - 2 * len(NOISE))) / 2, abs=1)
    ends_at = len(samples) / RATE
    assert before == f"the file ends at {ends_at:.2f} s although its header promises 10.00 s"
    assert recording.truncated == before


@given(share=st.floats(0.2, 0.99))
@settings(max_examples=25, deadline=None)
def test_a_cut_flac_is_read_to_its_last_whole_frame(tmp_path_factory, share):
    path = tmp_path_factory.mktemp("cut") / "cut.flac"
    path.write_bytes(FLAC[: int(len(FLAC) * share)])
    samples, recording = everything(path)
    assert np.array_equal(samples, NOISE[: len(samples)])
    # A FLAC frame holds at most 4,096 samples here.
    assert len(samples) > share * len(NOISE) - 2 * 4096
    assert recording.truncated is not None
    assert f"ends at {len(samples) / RATE:.2f} s although its header promises 10.00 s" in recording.truncated


@pytest.mark.parametrize("options", [{}, {"format": "OGG", "subtype": "OPUS"}])
def test_a_cut_ogg_is_read_and_said_to_be_cut(tmp_path, options):
    data = encoded(".ogg", np.resize(NOISE, 40_000), 8000, **options)
    path = tmp_path / "cut.ogg"
    path.write_bytes(data[: len(data) * 6 // 10])
    samples, recording = everything(path)
    assert 0 < len(samples) < 40_000
    assert recording.truncated == f"the file ends at {len(samples) / 8000:.2f} s in the middle of its data"


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x7FFFF000, 0xFFFFFFFF - 36])
def test_a_placeholder_for_the_size_is_not_a_promise(tmp_path, size):
    data = WAV[:4] + struct.pack("<I", size) + WAV[8:40] + struct.pack("<I", size) + WAV[44:]
    (tmp_path / "stream.wav").write_bytes(data)
    samples, recording = everything(tmp_path / "stream.wav")
    assert np.array_equal(samples, NOISE)
    assert recording.open_ended
    assert recording.truncated is None
    assert recording.duration_s == 10.0


@pytest.mark.parametrize("suffix", [".au", ".flac"])
def test_a_file_of_unknown_length_is_read_whole(tmp_path, suffix):
    data = bytearray(encoded(suffix))
    if suffix == ".au":
        data[8:12] = b"\xff" * 4
    else:
        data[21] &= 0xF0
        data[22:26] = bytes(4)
    (tmp_path / "stream").write_bytes(data)
    with Recording.open(tmp_path / "stream") as recording:
        assert recording.frames == len(NOISE)
        for _ in range(2):
            assert np.array_equal(np.concatenate(list(recording.blocks(777))), NOISE)
            recording.rewind()
        assert recording.truncated is None
        assert recording.open_ended


def test_what_is_no_recording_is_said_in_one_line(tmp_path):
    assert "does not exist" in fault(tmp_path / "missing.wav")
    assert "is a folder" in fault(tmp_path)
    (tmp_path / "empty.wav").touch()
    assert "is empty (0 bytes)" in fault(tmp_path / "empty.wav")
    (tmp_path / "text.wav").write_text("not sound\n" * 100)
    assert "is not a sound file" in fault(tmp_path / "text.wav")
    # libsndfile reads bytes under this suffix as sound if it is told the name.
    (tmp_path / "text.au").write_text("not sound\n" * 100)
    assert "is not a sound file" in fault(tmp_path / "text.au")
    (tmp_path / "text.raw").write_text("not sound\n" * 100)
    assert "is not a sound file" in fault(tmp_path / "text.raw")
    (tmp_path / "header.wav").write_bytes(WAV[:30])
    assert "damaged or incomplete header" in fault(tmp_path / "header.wav")
    (tmp_path / "silent.wav").write_bytes(encoded(".wav", NOISE[:0]))
    assert "holds no samples" in fault(tmp_path / "silent.wav")
    (tmp_path / "headless.flac").write_bytes(FLAC[:100])
    assert "holds no samples" in fault(tmp_path / "headless.flac")
    os.mkfifo(tmp_path / "pipe.wav")
    assert "is not a regular file" in fault(tmp_path / "pipe.wav")
    assert "cannot be opened" in fault(tmp_path / ("long" * 100))


@pytest.mark.parametrize("rate", [999, 192_001])
def test_a_rate_outside_the_range_is_refused(tmp_path, rate):
    sf.write(tmp_path / "rate.wav", NOISE[:100], rate)
    assert f"rate of {rate} Hz" in fault(tmp_path / "rate.wav")


@pytest.mark.parametrize("rate", [1000, 192_000])
def test_the_ends_of_the_range_are_accepted(tmp_path, rate):
    sf.write(tmp_path / "rate.wav", NOISE[:100], rate)
    assert everything(tmp_path / "rate.wav")[1].rate == rate


@pytest.mark.parametrize("channel", [0, -1, 2])
def test_a_channel_that_is_not_there_is_refused(tmp_path, channel):
    (tmp_path / "mono.wav").write_bytes(WAV)
    assert f"no channel {channel}" in fault(tmp_path / "mono.wav", channel=channel)


def test_a_file_without_permission(tmp_path, monkeypatch):
    (tmp_path / "locked.wav").write_bytes(WAV)

    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    # Tests may run as root, whom no permission stops.
    monkeypatch.setattr(Path, "open", refuse)
    assert "may not be read" in fault(tmp_path / "locked.wav")


def test_names_that_are_not_text_stay_one_printable_line(tmp_path):
    name = os.fsdecode(b"a\nb\xff.wav")
    with pytest.raises(RecordingError) as caught:
        Recording.open(tmp_path / name)
    assert str(caught.value).isprintable()
    (tmp_path / name).write_bytes(WAV)
    assert np.array_equal(everything(tmp_path / name)[0], NOISE)
    with pytest.raises(RecordingError, match="cannot be opened"):
        Recording.open("a\0b.wav")


def consume(data, suffix):
    """Reads whatever can be read of some bytes; only RecordingError may refuse them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"fuzz{suffix}")
        path.write_bytes(data)
        try:
            samples, recording = everything(path)
        except RecordingError as error:
            assert str(error).isprintable()
            return
        assert samples.dtype == np.float64
        assert len(samples) > 0
        assert recording.truncated is None or recording.truncated.isprintable()
        # What was read short of the promise is never passed over in silence.
        assert len(samples) >= recording.frames or recording.truncated


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [b"", b"RIFF", b"RIFF\0\0\0\0WAVEfmt ", b"fLaC", b"OggS", b"FORM", b".snd", b"caff", b"\xff\xfb"]
    ),
    st.binary(max_size=400),
    st.sampled_from(sorted(AUDIO_SUFFIXES)),
)
def test_any_bytes_are_read_or_refused(start, rest, suffix):
    consume(start + rest, suffix)


@pytest.mark.parametrize("valid", [WAV[:8044], FLAC[:4000], FLAC, encoded(".aiff", NOISE[:4000])], ids=len)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_recordings_are_read_or_refused(valid, data):
    damaged = bytearray(valid)
    places = st.integers(0, 60) | st.integers(0, len(valid) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)):
        damaged[place] = value
    kept = data.draw(st.just(len(valid)) | st.integers(0, len(valid)))
    consume(bytes(damaged[:kept]), ".wav")


def test_closing_ends_reading(tmp_path):
    (tmp_path / "sound.wav").write_bytes(WAV)
    with Recording.open(tmp_path / "sound.wav") as recording, pytest.raises(ValueError, match="at least 1"):
        next(recording.blocks(0))
    with pytest.raises(ValueError, match="closed"):
        next(recording.blocks(10))
    with pytest.raises(ValueError, match="closed"):
        recording.rewind()
    recording.close()


def test_descriptors_are_given_back(tmp_path):
    (tmp_path / "good.wav").write_bytes(WAV)
    (tmp_path / "bad.wav").write_bytes(WAV[:30])
    (tmp_path / "cut.flac").write_bytes(FLAC[:-1000])
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(5):
        everything(tmp_path / "good.wav")
        everything(tmp_path / "cut.flac")
        fault(tmp_path / "bad.wav")
        fault(tmp_path / "good.wav", channel=2)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_finding(tmp_path):
    names = ["b.WAV", "a.flac", "sub/c.Mp3", "sub/deep/d.w64", "A.ogg"]
    others = ["notes.txt", "b.wav.part", ".hidden.wav", ".git/e.wav", "wav", "sub/f.csv"]
    for name in names + others:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "sub" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert list(find_recordings(tmp_path)) == [tmp_path / name for name in sorted(names)]
    assert list(find_recordings(tmp_path / "folder.wav")) == []
    with pytest.raises(RecordingError, match="cannot be listed"):
        list(find_recordings(tmp_path / "missing"))


def test_every_suffix_is_lower_case_with_a_dot():
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in AUDIO_SUFFIXES)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".WAV"])
@quick
@given(st.lists(st.integers(0, 5000), max_size=5), st.sampled_from([1000, 4000, 44_100, 192_000]))
def test_what_is_written_is_read_and_the_division_into_blocks_leaves_no_trace(
    tmp_path_factory, suffix, cuts, rate
):
    folder = tmp_path_factory.mktemp("written")
    samples = NOISE[:5000]
    write_recording(folder / f"one{suffix}", [samples], rate)
    write_recording(folder / f"many{suffix}", np.split(samples, sorted(cuts)), rate)
    assert (folder / f"one{suffix}").read_bytes() == (folder / f"many{suffix}").read_bytes()
    read, recording = everything(folder / f"many{suffix}")
    assert np.array_equal(read, samples)
    assert recording.rate == rate
    assert sorted(path.name for path in folder.iterdir()) == [f"many{suffix}", f"one{suffix}"]


def test_values_beyond_full_scale_are_clipped_not_wrapped(tmp_path):
    write_recording(tmp_path / "loud.wav", [np.array([1.0, 1.7, np.inf, -1.0, -9.0, -np.inf, np.nan])], RATE)
    top = 32_767 / 32_768
    assert everything(tmp_path / "loud.wav")[0].tolist() == [top, top, top, -1.0, -1.0, -1.0, 0.0]


def test_floating_point_keeps_what_is_no_sound_and_the_same_input_gives_the_same_bytes(tmp_path):
    samples = np.array([0.1, np.nan, 2.5, -np.inf, 1e-9] * 100)
    write_recording(tmp_path / "one.wav", [samples], RATE, floating=True)
    write_recording(tmp_path / "many.wav", np.split(samples, [3, 200]), RATE, floating=True)
    data = (tmp_path / "one.wav").read_bytes()
    assert data == (tmp_path / "many.wav").read_bytes()
    # libsndfile notes the time there.
    assert data[data.index(b"PEAK") + 12 :][:4] == bytes(4)
    read, _ = sf.read(tmp_path / "one.wav", dtype="float32")
    assert np.array_equal(read, samples.astype(np.float32), equal_nan=True)
    with pytest.raises(RecordingError, match=r"use \.wav"):
        write_recording(tmp_path / "one.flac", [samples], RATE, floating=True)


@pytest.mark.parametrize(
    ("name", "rate", "words"),
    [
        ("sound.mp3", RATE, "use .flac or .wav"),
        ("sound", RATE, "use .flac or .wav"),
        ("missing/sound.wav", RATE, "cannot be written"),
        ("file/sound.flac", RATE, "cannot be written"),
        ("folder.flac", RATE, "cannot be written"),
        ("sound.wav", 0, "rate of 0 Hz"),
        ("sound.flac", 655_351, "rate of 655351 Hz"),
        ("sound.flac", 96_001, "96001 Hz"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(tmp_path, name, rate, words):
    (tmp_path / "file").touch()
    (tmp_path / "folder.flac").mkdir()
    with pytest.raises(RecordingError) as caught:
        write_recording(tmp_path / name, [NOISE], rate)
    assert str(caught.value).isprintable()
    assert str(tmp_path / name) in str(caught.value)
    assert words in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.flac"]


def test_an_interrupted_writing_leaves_what_was_there(tmp_path):
    path = tmp_path / "sound.wav"
    write_recording(path, [NOISE], RATE)

    def interrupted():
        yield NOISE
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_recording(path, interrupted(), RATE)
    assert np.array_equal(everything(path)[0], NOISE)
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_of_several_channels_is_a_mistake_of_the_caller(tmp_path):
    with pytest.raises(ValueError, match="one-dimensional"):
        write_recording(tmp_path / "sound.wav", [NOISE.reshape(-1, 2)], RATE)


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_a_full_disk_is_a_recording_error(tmp_path, suffix):
    program = (
        "import resource, sys, numpy, recordings\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "noise = numpy.random.default_rng(0).uniform(-1, 1, 100_000)\n"
        "try:\n"
        "    recordings.write_recording(sys.argv[1], [noise, noise], 4000)\n"
        "except recordings.RecordingError as error:\n"
        "    sys.exit(0 if 'cannot be written' in str(error) else 3)\n"
        "sys.exit(4)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / f"full{suffix}")],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
