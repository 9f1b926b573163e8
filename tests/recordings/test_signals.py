"""WFDB records and EDF files: made by other means than the reader's own, read to the sample."""

import sys

import numpy as np
import pyedflib
import pytest
import soundfile as sf
from hypothesis import given
from hypothesis import strategies as st

from recordings import Recording, RecordingError, find_recordings
from tests.fuzz.mutations import damaged

RATE = 2000
PCG = np.random.default_rng(0).integers(-32_767, 32_768, 3 * RATE)
ECG = np.random.default_rng(1).integers(-2000, 2000, PCG.size)


def everything(path, size=777, **options):
    with Recording.open(path, **options) as recording:
        return np.concatenate(list(recording.blocks(size))), recording


def refusal(path, **options):
    with pytest.raises(RecordingError) as caught:
        everything(path, **options)
    assert str(caught.value).isprintable()
    return str(caught.value)


def write_edf(path, signals, kind=pyedflib.FILETYPE_EDFPLUS):
    """Writes whole seconds of signals, {label: (rate, digital)}, by EDFlib."""
    bits = 24 if kind in (pyedflib.FILETYPE_BDF, pyedflib.FILETYPE_BDFPLUS) else 16
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    with pyedflib.EdfWriter(str(path), len(signals), kind) as writer:
        for place, (label, (rate, _)) in enumerate(signals.items()):
            header = {
                "label": label,
                "dimension": "uV",
                "sample_frequency": rate,
                "physical_min": -500.0,
                "physical_max": 500.0,
                "digital_min": low,
                "digital_max": high,
            }
            writer.setSignalHeader(place, header)
        samples = [np.asarray(digital, np.int32) for _, digital in signals.values()]
        writer.writeSamples(samples, digital=True)
    return path


def write_wfdb(folder, lines, files, name="a0001"):
    for file, data in files.items():
        (folder / file).write_bytes(data)
    (folder / f"{name}.hea").write_text("\n".join(lines) + "\n")
    return folder / f"{name}.hea"


def both(folder):
    """As the first records of the 2016 challenge: a phonocardiogram and an ECG."""
    lines = [
        f"a0001 2 {RATE} {PCG.size}",
        "a0001.dat 16 1000 16 0 0 0 0 PCG",
        "a0001.dat 16 1000 16 0 0 0 0 ECG",
    ]
    return write_wfdb(folder, lines, {"a0001.dat": np.stack([PCG, ECG], 1).astype("<i2").tobytes()})


@pytest.mark.parametrize("label", ["PCG", "Heart sound", "phono", "Stethoscope 1"])
def test_the_heart_sound_of_an_edf_file_is_found_by_its_label(tmp_path, label):
    signals = {"ECG": (500, ECG[:1500]), label: (RATE, PCG), "Resp": (25, np.zeros(75))}
    samples, recording = everything(write_edf(tmp_path / "night.edf", signals))
    assert np.array_equal(samples, PCG / 32_768)
    assert (recording.rate, recording.channels, recording.frames) == (RATE, 1, PCG.size)
    assert recording.truncated is None


def test_any_signal_of_an_edf_file_is_picked_by_its_label(tmp_path):
    path = write_edf(tmp_path / "night.edf", {"ECG II": (RATE, ECG), "PCG": (RATE, PCG)})
    assert np.array_equal(everything(f"{path}:ecg")[0], ECG / 32_768)
    assert "holds no signal 'EEG': ECG II (2000 Hz), PCG (2000 Hz); pick one" in refusal(f"{path}:EEG")


def test_what_is_not_clear_is_asked_back_with_the_names(tmp_path):
    path = write_edf(tmp_path / "two.edf", {"left": (RATE, PCG), "right": (RATE, ECG)})
    message = refusal(path)
    assert "none is called a heart sound: left (2000 Hz), right (2000 Hz)" in message
    assert f"{path}:NAME" in message


def test_the_only_signal_and_the_only_one_fast_enough_are_taken(tmp_path):
    only = write_edf(tmp_path / "only.edf", {"chest": (RATE, PCG)})
    assert np.array_equal(everything(only)[0], PCG / 32_768)
    signals = {"chest": (RATE, PCG), "ECG": (RATE, ECG), "depth": (25, np.zeros(75))}
    assert np.array_equal(everything(write_edf(tmp_path / "fast.edf", signals))[0], PCG / 32_768)


def test_several_heart_sounds_are_channels_of_which_the_louder_one_is_taken(tmp_path):
    path = write_edf(tmp_path / "two.edf", {"PCG 1": (RATE, PCG // 8), "PCG 2": (RATE, PCG)})
    samples, recording = everything(path)
    assert (recording.channels, recording.channel) == (2, 2)
    assert np.array_equal(samples, PCG / 32_768)
    assert np.array_equal(everything(path, channel=1)[0], (PCG // 8) / 32_768)


def test_a_bdf_file_gives_24_bits(tmp_path):
    fine = PCG * 256 + 3
    path = write_edf(tmp_path / "fine.bdf", {"PCG": (RATE, fine)}, pyedflib.FILETYPE_BDFPLUS)
    assert np.array_equal(everything(path)[0], fine / 2**23)


def test_a_cut_edf_file_is_read_up_to_its_end(tmp_path):
    path = write_edf(tmp_path / "cut.edf", {"PCG": (RATE, PCG)})
    path.write_bytes(path.read_bytes()[: -2 * RATE])
    samples, recording = everything(path)
    assert np.array_equal(samples, (PCG / 32_768)[: samples.size])
    assert samples.size == 2 * RATE
    assert "ends at 2.00 s although its header promises 3.00 s" in recording.truncated


@given(cut=st.integers(0, 700))
def test_an_edf_header_cut_anywhere_is_refused_in_a_line(tmp_path_factory, cut):
    path = write_edf(tmp_path_factory.mktemp("cut") / "cut.edf", {"PCG": (RATE, PCG)})
    path.write_bytes(path.read_bytes()[:cut])
    assert "cut.edf: " in refusal(path)


@pytest.mark.parametrize("suffix", [".hea", "", ".hea:PCG", ":pcg"])
def test_a_wfdb_record_is_named_by_its_header_or_without_a_suffix(tmp_path, suffix):
    both(tmp_path)
    samples, recording = everything(f"{tmp_path / 'a0001'}{suffix}")
    assert np.array_equal(samples, PCG / 32_768)
    assert (recording.rate, recording.channels, recording.frames) == (RATE, 1, PCG.size)
    assert recording.truncated is None


@given(st.integers(1, 2 * PCG.size))
def test_blocks_of_a_wfdb_record_join_to_the_signal(tmp_path_factory, size):
    header = both(tmp_path_factory.mktemp("blocks"))
    assert np.array_equal(everything(f"{header}:ECG", max(size, 100))[0], ECG / 32_768)


def test_a_signal_in_a_wav_file_is_the_wav_files(tmp_path):
    loud = PCG.copy()
    loud[5] = -32_768
    sf.write(tmp_path / "a0001.wav", loud.astype(np.int16), RATE)
    header = write_wfdb(
        tmp_path, [f"a0001 1 {RATE} {loud.size}", "a0001.wav 16+44 1000(0) 16 0 0 0 0 PCG"], {}
    )
    assert np.array_equal(everything(header)[0], everything(tmp_path / "a0001.wav")[0])
    assert list(find_recordings(tmp_path)) == [tmp_path / "a0001.wav"]


def test_signals_of_several_rates_and_formats(tmp_path):
    fast = np.concatenate([PCG, PCG[::-1]])
    fine = ECG * 1000
    packed = np.frombuffer((fine & 0xFFFFFF).astype("<u4").tobytes(), np.uint8).reshape(-1, 4)[:, :3]
    header = write_wfdb(
        tmp_path,
        [
            f"a0001 2 {RATE} {PCG.size}",
            "fast.dat 16x2 1000 16 0 0 0 0 heart sound",
            "fine.dat 24 1000 24 0 0 0 0 ECG",
        ],
        {"fast.dat": fast.astype("<i2").tobytes(), "fine.dat": packed.tobytes()},
    )
    samples, recording = everything(header)
    assert recording.rate == 2 * RATE
    assert np.array_equal(samples, fast / 32_768)
    assert np.array_equal(everything(f"{header}:ECG")[0], fine / 2**23)


def test_the_converters_range_is_full_scale_and_its_zero_is_nothing(tmp_path):
    digital = np.random.default_rng(2).integers(0, 4096, 3000)
    header = write_wfdb(
        tmp_path,
        [f"a0001 1 {RATE} {digital.size}", "a0001.dat 16 200 12 2048 0 0 0 PCG"],
        {"a0001.dat": digital.astype("<i2").tobytes()},
    )
    assert np.array_equal(everything(header)[0], (digital - 2048) / 2048)


def test_a_sample_that_is_none_is_not_a_number(tmp_path):
    digital = PCG.copy()
    digital[7] = -32_768
    header = write_wfdb(
        tmp_path,
        [f"a0001 1 {RATE} {digital.size}", "a0001.dat 16 1000 16 0 0 0 0 PCG"],
        {"a0001.dat": digital.astype("<i2").tobytes()},
    )
    samples, _ = everything(header)
    assert np.flatnonzero(np.isnan(samples)).tolist() == [7]


def test_a_cut_wfdb_record_is_read_up_to_its_end(tmp_path):
    header = both(tmp_path)
    data = tmp_path / "a0001.dat"
    data.write_bytes(data.read_bytes()[: 4 * RATE + 3])
    samples, recording = everything(header)
    assert np.array_equal(samples, (PCG / 32_768)[:RATE])
    assert "ends at 1.00 s although its header promises 3.00 s" in recording.truncated


def test_what_is_wrong_with_a_wfdb_record_is_said_in_a_line(tmp_path):
    header = both(tmp_path)
    (tmp_path / "a0001.dat").unlink()
    assert "its signal file a0001.dat is missing" in refusal(header)
    header.write_text("a0001/2 2 2000 6000\nfirst 3000\nsecond 3000\n")
    assert "several segments; name one: first, second" in refusal(header)
    header.write_text("a0001 1 2000 6000\na0001.dat 8 1000 16 0 0 0 0 PCG\n")
    assert "WFDB format 8; convert it to format 16" in refusal(header)
    for text in ("a\n", "#\n", "a0001 1 2000 6000\n", "a0001 x y z\n\x00", "a0001 1 1e9 5\nx.dat 16\n"):
        header.write_text(text)
        assert "a0001.hea: " in refusal(header)


def test_a_damaged_wfdb_header_is_read_or_refused_in_a_line(tmp_path):
    header = both(tmp_path)

    @given(damaged(header.read_bytes()))
    def check(data):
        header.write_bytes(data)
        try:
            samples, _ = everything(header)
            assert samples.size <= 10 * PCG.size
        except RecordingError as error:
            assert str(error).isprintable()

    check()


def test_a_library_that_is_missing_is_named_with_its_remedy(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wfdb", None)
    message = refusal(both(tmp_path))
    assert "needs the Python package wfdb: install it by pip install 'auscult[formats]'" in message


def test_folders_are_searched_for_signals_too(tmp_path):
    header = both(tmp_path)
    path = write_edf(tmp_path / "b.EDF", {"PCG": (RATE, PCG)})
    assert list(find_recordings(tmp_path)) == [header, path]
