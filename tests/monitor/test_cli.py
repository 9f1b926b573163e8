"""The command line in this process; what needs a process of its own is in test_process.py."""

import csv
import io
import json
import os
import pickle
import signal
import sys
import threading
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile as sf

from dsp import synthesis
from dsp.reading import Reading
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from model.classifier import Classifier
from monitor.cli import CONDITIONS, PCM_FORMATS, cli, main
from monitor.json_lines import read_schema
from monitor.reading_words import reading_words
from monitor.sources.raw_pcm import FORMATS
from recordings import demo_recordings
from tests.monitor.streams import noise

VALIDATOR = jsonschema.Draft202012Validator(read_schema())
COLUMNS = (
    "path,label,p_abnormal,quality,heart_rate_bpm,duration_s,windows,model,error,"
    "poor_windows,reasons,heart_rate_confidence,irregular,reading,reading_part,reading_shape,reading_frequency_hz,"
    "hop_s,channel,program"
)
DEMOS = [demo.path for demo in demo_recordings()]


@dataclass
class Outcome:
    status: int
    out: str
    err: str

    @property
    def lines(self):
        """The JSON lines of a headless run that is in order, each valid."""
        assert self.status == 0, self.err
        assert self.err == ""
        lines = [json.loads(line) for line in self.out.splitlines()]
        for line in lines:
            VALIDATOR.validate(line)
        assert lines[-1]["kind"] == "summary"
        return lines

    @property
    def windows(self):
        return [line for line in self.lines if line["kind"] == "verdict" and line["label"] != "warming_up"]

    @property
    def events(self):
        return [line for line in self.lines if line["kind"] == "event"]

    @property
    def summary(self):
        return self.lines[-1]

    @property
    def complaint(self):
        """The one line of a run that failed."""
        assert self.status == 1
        assert self.out == ""
        assert self.err.startswith("auscult: ")
        assert self.err.count("\n") == 1
        assert self.err.endswith("\n")
        return self.err


@pytest.fixture
def auscult(monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["auscult", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return Outcome(ended.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def replay(auscult, model_name):
    def run(*words, model=model_name):
        return auscult("replay", *words, "--headless", "--pace", "max", "--model", model)

    return run


def write(path, samples, rate=4000, subtype="PCM_16"):
    sf.write(path, samples, rate, subtype=subtype)
    return path


def heart(seconds, rate=4000, seed=0):
    return HeartSoundSynthesizer(SynthesisConfig(rate=rate, seed=seed)).read(round(seconds * rate))


# Help and wrong usage


@pytest.mark.parametrize("words", [(), *[(name,) for name in cli.commands]], ids=" ".join)
def test_help_has_an_example(auscult, words):
    told = auscult(*words, "--help")
    assert (told.status, told.err) == (0, "")
    example = told.out.split("Example:\n")[1]
    assert example.strip().startswith(" ".join(["auscult", *words]))
    assert auscult(*words, "-h").out == told.out


@pytest.mark.parametrize(
    "words",
    [
        "replay a.wav --hop 0.3",
        "replay a.wav --hop 0",
        "replay a.wav --hop nan",
        "replay a.wav --hop soon",
        "replay a.wav --pace fast",
        "replay a.wav --pace 0x",
        "replay a.wav --pace nanx",
        "replay a.wav --duration 0",
        "replay a.wav --duration nan",
        "replay a.wav --duration inf",
        "replay a.wav --channel 0",
        "replay a.wav --channel left",
        "replay a.wav --unknown",
        "replay a.wav --headless --present",
        "replay",
        "monitor --source -",
        "monitor --source - --rate 500",
        "monitor --source - --rate 4000 --format mp3",
        "monitor --source - --rate 4000 --headless --loop",
        "monitor --headless --loop",
        "monitor --source mic:USB --headless --loop",
        "monitor --source synth --seed -1",
        "monitor --source synth --condition well",
        "monitor --source synth --headless --heart-rate nan",
        "monitor --source synth --headless --snr nan",
        "screen a.wav",
        "analyze",
        "synth",
        "synth a.flac --duration nan",
        "synth a.flac --jitter 0.5",
        "monitor --source mic --scenario a.toml",
        "monitor --source a.wav --scenario a.toml",
        "monitor --source - --rate 4000 --scenario a.toml",
        "monitor --source synth --headless --scenario a.toml --condition as",
        "monitor --source synth --headless --scenario a.toml --heart-rate 72",
        "monitor --source synth --headless --scenario a.toml --jitter 0.03",
        "monitor --source synth --headless --scenario a.toml --rate 4000",
        "synth a.flac --scenario a.toml --snr 30",
        "synth a.flac --scenario a.toml --rate 4000",
        "synth a.flac --scenario a.toml --condition normal",
        "unheard-of",
    ],
)
def test_wrong_usage_is_status_2_with_a_hint(auscult, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = auscult(*words.split())
    assert (told.status, told.out) == (2, "")
    assert "Error: " in told.err
    assert "Traceback" not in told.err
    assert list(tmp_path.iterdir()) == []


def test_the_words_on_offer_are_those_that_are_known():
    """The command line names them anew, as their own modules take long to import."""
    assert CONDITIONS == synthesis.CONDITIONS
    assert set(PCM_FORMATS) == FORMATS.keys()


# What cannot be read


BAD_FILES = {
    "empty.wav": b"",
    "header.wav": None,
    "text.wav": b"these are no samples\n" * 50,
    "nothing.wav": None,
}


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    sound = write(folder / "sound.wav", heart(1)).read_bytes()
    for name, content in BAD_FILES.items():
        (folder / name).write_bytes(sound[:20] if content is None else content)
    write(folder / "nothing.wav", np.empty(0))
    (folder / "folder.wav").mkdir()
    return folder


@pytest.mark.parametrize("name", [*BAD_FILES, "folder.wav", "missing.wav"])
def test_a_file_that_cannot_be_read_is_one_line(auscult, model_name, bad_files, name):
    path = bad_files / name
    for words in (
        ("replay", path, "--headless"),
        ("monitor", "--source", path, "--headless"),
        ("analyze", path),
    ):
        assert str(path) in auscult(*words, "--model", model_name).complaint


@pytest.mark.parametrize("order", ["abc", "bac", "acb", "bab"])
def test_a_bad_file_of_several_is_told_and_the_others_are_judged(replay, tmp_path, order):
    for name in "ac":
        write(tmp_path / f"{name}.wav", heart(3))
    told = replay(*[tmp_path / f"{name}.wav" for name in order])
    assert told.status == 1
    lines = [json.loads(line) for line in told.out.splitlines()]
    judged = [line["source"] for line in lines if line["kind"] == "summary"]
    assert judged == [f"{name}.wav" for name in order if name != "b"]
    complaints = told.err.splitlines()
    assert len(complaints) == order.count("b")
    assert all(line.startswith("auscult: ") and "b.wav: does not exist" in line for line in complaints)


def test_a_loop_goes_past_a_bad_file_and_ends_where_all_are_bad(replay, tmp_path):
    good, bad = write(tmp_path / "a.wav", heart(3)), tmp_path / "b.wav"
    told = replay(good, bad, "--loop", "--duration", 5)
    summaries = [json.loads(line) for line in told.out.splitlines() if '"summary"' in line]
    assert (told.status, [line["duration_s"] for line in summaries]) == (1, [3.0, 2.0])
    assert told.err.count("\n") == 1
    told = replay(bad, tmp_path / "c.wav", "--loop")
    assert (told.status, told.out, told.err.count("\n")) == (1, "", 2)


def test_a_wrong_model_ends_a_playlist_at_once(replay, tmp_path):
    paths = [write(tmp_path / name, heart(3)) for name in ("a.wav", "b.wav")]
    assert "unheard-of" in replay(*paths, model="unheard-of").complaint


def test_a_loop_of_nothing_but_missing_files_ends(replay, tmp_path):
    told = replay(tmp_path / "a.wav", tmp_path / "b.wav", "--loop")
    assert (told.status, told.out, told.err.count("\n")) == (1, "", 2)


def test_a_channel_that_is_not_there_is_one_line(auscult, tmp_path):
    path = write(tmp_path / "a.wav", heart(1))
    complaint = auscult("replay", path, "--headless", "--channel", 2).complaint
    assert "has no channel 2; choose channel 1, its only one" in complaint
    write(path, np.zeros((4000, 8)))
    complaint = auscult("replay", path, "--headless", "--channel", 9).complaint
    assert "has no channel 9; choose one of 1 to 8" in complaint


class Mischief:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.mark.parametrize(
    "kind", ["unknown", "missing", "no card", "corrupt", "pickle", "a pickle with a card"]
)
def test_a_model_that_cannot_be_used_is_one_line(auscult, model_name, tmp_path, kind, monkeypatch):
    weights, card = Path(model_name).read_bytes(), Path(model_name).with_suffix(".json").read_text()
    path, touched = tmp_path / "model.safetensors", tmp_path / "touched"
    if kind in ("no card", "corrupt"):
        path.write_bytes(weights[:-4] + b"\0\1\2\3")
    if kind == "corrupt":
        path.with_suffix(".json").write_text(card)
    if "pickle" in kind:
        data = pickle.dumps(Mischief(touched))
        path.write_bytes(data)
    if kind == "a pickle with a card":
        import hashlib

        content = {**json.loads(card), "sha256": hashlib.sha256(data).hexdigest()}
        path.with_suffix(".json").write_text(json.dumps(content))
    name = "unheard-of" if kind == "unknown" else path
    complaint = auscult("replay", DEMOS[0], "--headless", "--model", name).complaint
    assert str(name if kind == "unknown" else path.stem) in complaint
    assert not touched.exists()
    for words in (("analyze", DEMOS[0]), ("screen", DEMOS[0], "--out", tmp_path / "out.csv")):
        assert auscult(*words, "--model", name).complaint == complaint
    if kind != "a pickle with a card":
        monkeypatch.setattr("monitor.dashboard.display.has_display", lambda: True)
        assert auscult("replay", DEMOS[0], "--model", name).complaint == complaint


def test_an_unknown_device_is_one_line(auscult, model_name):
    complaint = auscult(
        "monitor", "--source", "mic:no such thing", "--headless", "--model", model_name
    ).complaint
    assert "no such thing" in complaint or "no input device" in complaint or "PortAudio" in complaint


# Verdicts


def test_a_normal_replay(replay, tmp_path):
    told = replay(write(tmp_path / "a.wav", heart(12.4)))
    assert [(line["window_start_s"], line["window_end_s"]) for line in told.windows] == [
        (round(0.4 * number, 6), round(10 + 0.4 * number, 6)) for number in range(7)
    ]
    assert [line["window_end_s"] for line in told.lines[:9]] == list(range(1, 10))
    summary = told.summary
    assert (summary["windows"], summary["poor_windows"], summary["gap_s"]) == (7, 0, 0.0)
    assert summary["duration_s"] == 12.4
    assert summary["p_abnormal"] == pytest.approx(
        np.mean([line["p_abnormal"] for line in told.windows]), abs=1e-5
    )
    assert len({line["model"] for line in told.lines}) == 1
    assert "source" not in summary


def test_silence_is_no_verdict(replay, tmp_path):
    told = replay(write(tmp_path / "a.wav", np.zeros(12 * 4000)))
    assert {line["label"] for line in told.windows} == {"poor_signal"}
    assert all(line["reasons"] == ["too_quiet"] for line in told.windows)
    summary = told.summary
    assert (summary["label"], summary["p_abnormal"]) == ("poor_signal", None)
    assert summary["windows"] == summary["poor_windows"] == 6


def test_three_seconds_are_one_padded_window(replay, tmp_path):
    told = replay(write(tmp_path / "a.wav", heart(3)))
    (window,) = told.windows
    assert (window["window_start_s"], window["window_end_s"], window["reasons"]) == (0.0, 10.0, ["padded"])
    assert (told.summary["windows"], told.summary["duration_s"]) == (1, 3.0)


def test_less_than_a_heart_cycle_is_no_verdict(auscult, replay, model_name, tmp_path):
    stopped = auscult(
        *["monitor", "--source", "synth", "--headless", "--pace", "max", "--duration", 0.24],
        *["--model", model_name],
    )
    for told in (stopped, replay(write(tmp_path / "a.wav", heart(0.99)))):
        (window,) = told.windows
        assert (window["label"], window["p_abnormal"]) == ("poor_signal", None)
        assert window["reasons"] == told.summary["reasons"] == ["no_heart_sound", "padded"]
        assert told.summary["label"] == "poor_signal"
    (window,) = replay(write(tmp_path / "a.wav", heart(1))).windows
    assert window["reasons"] == ["padded"]
    assert window["p_abnormal"] is not None


def test_bad_samples_are_told_and_the_rest_is_judged(replay, tmp_path):
    sound = heart(12)
    sound[5000:5100] = np.nan
    sound[9000] = np.inf
    told = replay(write(tmp_path / "a.wav", sound, subtype="FLOAT"))
    assert [(line["t_s"], line["detail"]) for line in told.events] == [
        (2.0, "100 bad samples replaced"),
        (3.0, "1 bad sample replaced"),
    ]
    assert all(line["p_abnormal"] is not None for line in told.windows)


def test_clipping_is_told(replay, tmp_path):
    sound = np.clip(heart(12) * 30, -1, 1)
    told = replay(write(tmp_path / "a.wav", sound))
    assert {line["event"] for line in told.events} == {"clipping"}
    assert all("clipped" in line["reasons"] for line in told.windows)


def test_a_truncated_file_is_judged_as_far_as_it_goes(replay, tmp_path):
    path = write(tmp_path / "a.wav", heart(15))
    path.write_bytes(path.read_bytes()[: -2 * 8000])
    told = replay(path)
    (event,) = told.events
    assert (event["event"], event["t_s"]) == ("gap", 13.0)
    assert "promises 15.00 s" in event["detail"]
    assert told.summary["duration_s"] == 13.0


def test_of_two_channels_the_louder_is_taken(replay, tmp_path):
    path = write(tmp_path / "a.wav", np.column_stack([noise(44_000, level=0.01), heart(11)]))
    choices = ((), *(("--channel", channel) for channel in (1, 2, "louder", "mono")))
    said = {channel: replay(path, *channel) for channel in choices}
    scores = {channel: [line["p_abnormal"] for line in told.windows] for channel, told in said.items()}
    assert scores[()] == scores["--channel", 2] == scores["--channel", "louder"]
    assert len({tuple(scores["--channel", channel]) for channel in (1, 2, "mono")}) == 3


@pytest.mark.parametrize(
    ("rate", "subtype"),
    [
        (1000, "PCM_16"),
        (1699, "FLOAT"),
        (1700, "PCM_24"),
        (2000, "PCM_U8"),
        (4000, "PCM_32"),
        (8000, "DOUBLE"),
        (22_050, "PCM_U8"),
        (44_100, "PCM_24"),
        (96_000, "PCM_16"),
        (192_000, "FLOAT"),
    ],
)
def test_any_rate_and_width(replay, decided_model, tmp_path, rate, subtype):
    told = replay(write(tmp_path / "a.wav", heart(11, rate), rate, subtype), model=decided_model)
    assert len(told.windows) == 3
    assert told.summary["duration_s"] == 11.0
    labels = {line["label"] for line in told.lines if line["kind"] == "summary"}
    labels |= {line["label"] for line in told.windows} | {line["rolling"]["label"] for line in told.windows}
    reasons = [line["reasons"] for line in [*told.windows, told.summary]]
    if rate < 1700:
        assert labels == {"uncertain"}
        assert all(reason == ["band_limited"] for reason in reasons)
    else:
        assert "uncertain" not in labels
        assert not any(reasons)


@pytest.mark.parametrize("hop_s", [0.08, 0.8, 5.04])
def test_hop(replay, tmp_path, hop_s):
    told = replay(write(tmp_path / "a.wav", heart(16)), "--hop", hop_s)
    starts = [line["window_start_s"] for line in told.windows]
    assert starts == [round(hop_s * number, 6) for number in range(int(6 / hop_s + 1e-9) + 1)]


@pytest.mark.parametrize("seconds", [2.5, 11.3, 600])
def test_duration(replay, seconds):
    told = replay(DEMOS[0], "--duration", seconds)
    assert told.summary["duration_s"] == min(seconds, demo_recordings()[0].truth["duration_s"])


def test_a_loop_lasts_for_its_duration_in_all(replay, tmp_path):
    paths = [write(tmp_path / name, heart(3, seed=seed)) for seed, name in enumerate(["a.wav", "b.wav"])]
    summaries = [line for line in replay(*paths, "--loop", "--duration", 9.5).lines if "source" in line]
    assert [(line["source"], line["duration_s"]) for line in summaries] == [
        ("a.wav", 3.0),
        ("b.wav", 3.0),
        ("a.wav", 3.0),
        ("b.wav", 0.5),
    ]
    whole = [line for line in replay(*paths, "--loop", "--duration", 6).lines if "source" in line]
    assert [line["duration_s"] for line in whole] == [3.0, 3.0]
    apart = [line for line in replay(*paths, "--duration", 2).lines if "source" in line]
    assert [line["duration_s"] for line in apart] == [2.0, 2.0]


def test_ctrl_c_while_the_model_is_loaded_still_gives_a_summary(replay, monkeypatch):
    load = Classifier.load

    def interrupted(name):
        os.kill(os.getpid(), signal.SIGINT)
        return load(name)

    monkeypatch.setattr(Classifier, "load", interrupted)
    told = replay(DEMOS[0], DEMOS[1])
    assert (told.status, told.err) == (130, "")
    (summary,) = [line for line in map(json.loads, told.out.splitlines()) if line["kind"] == "summary"]
    assert summary["source"] == DEMOS[0].name


def test_a_seed_is_a_heart(auscult, model_name):
    def scores(seed):
        told = auscult(
            *["monitor", "--source", "synth", "--headless", "--pace", "max", "--duration", 11],
            *["--model", model_name, "--seed", seed, "--condition", "mr"],
        )
        return [line["p_abnormal"] for line in told.windows]

    assert scores(1) == scores(1) != scores(2)


def test_a_playlist_has_a_summary_for_each_recording(replay, tmp_path):
    paths = [write(tmp_path / name, heart(11, seed=seed)) for seed, name in enumerate(["b.wav", "a.wav"])]
    lines = replay(*paths).lines
    summaries = [line for line in lines if line["kind"] == "summary"]
    assert [line["source"] for line in summaries] == ["b.wav", "a.wav"]
    singles = [replay(path).summary for path in paths]
    assert [{**single, "source": path.name} for single, path in zip(singles, paths, strict=True)] == summaries


@pytest.mark.parametrize(
    ("sample_format", "kind", "scale"),
    [("s16le", "<i2", 2**15), ("s32le", "<i4", 2**31), ("f32le", "<f4", 1)],
)
def test_standard_input_is_judged_like_the_same_file(
    auscult, replay, model_name, tmp_path, monkeypatch, sample_format, kind, scale
):
    values = np.round(heart(11) * 2**15) / 2**15
    path = write(tmp_path / "a.wav", values)
    reader, writer = os.pipe()
    data = (values * scale).astype(kind).tobytes()

    def feed():
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(data)

    feeding = threading.Thread(target=feed)
    with io.TextIOWrapper(os.fdopen(reader, "rb", buffering=0)) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        feeding.start()
        told = auscult(
            *["monitor", "--source", "-", "--rate", 4000, "--format", sample_format, "--headless"],
            *["--model", model_name],
        )
        feeding.join()
    file = replay(path)
    for ours, theirs in zip(told.lines, file.lines, strict=True):
        assert {**ours, "latency_ms": 0} == {**theirs, "latency_ms": 0}


# Whole recordings


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    write(folder / "b.wav", heart(12))
    write(folder / "deep" / "a.FLAC", heart(4, seed=1))
    write(folder / "deep" / "er" / "c.wav", np.zeros(44_000))
    write(folder / "limited.wav", heart(11, 1000), 1000)
    (folder / "broken.wav").write_bytes(b"no sound")
    (folder / "notes.txt").write_text("not a recording")
    write(folder / ".hidden" / "d.wav", heart(1))
    return folder


@pytest.fixture
def table(auscult, model_name, tmp_path):
    def run(*words, status=0):
        out = tmp_path / "out.csv"
        told = auscult("screen", *words, "--out", out, "--model", model_name)
        assert (told.status, told.out) == (status, "")
        assert told.err.count("\n") == 1
        text = out.read_text()
        assert text.splitlines()[0] == COLUMNS
        return list(csv.DictReader(io.StringIO(text)))

    return run


def test_a_screening_has_a_row_for_each_recording_sorted_by_path(table, replay, archive):
    rows = table(archive)
    assert [row["path"] for row in rows] == [
        str(archive / name) for name in ("b.wav", "broken.wav", "deep/a.FLAC", "deep/er/c.wav", "limited.wav")
    ]
    by_name = {Path(row["path"]).name: row for row in rows}
    broken = by_name["broken.wav"]
    assert broken["error"].startswith(str(archive / "broken.wav"))
    assert {value for name, value in broken.items() if name not in ("path", "error")} == {""}
    silent = by_name["c.wav"]
    assert (silent["label"], silent["p_abnormal"], silent["error"], silent["windows"]) == (
        "poor_signal",
        "",
        "",
        "3",
    )
    for name in ("b.wav", "a.FLAC", "limited.wav"):
        row = by_name[name]
        summary = replay(row["path"]).summary
        assert row["poor_windows"] == str(summary["poor_windows"])
        assert row["reasons"].split() == summary["reasons"]
        assert row["reading"] == (summary["reading"] or {"timing": ""})["timing"]
        assert row["label"] == summary["label"]
        assert float(row["p_abnormal"]) == pytest.approx(summary["p_abnormal"], abs=1e-5)
        assert int(row["windows"]) == summary["windows"]
        assert float(row["duration_s"]) == pytest.approx(summary["duration_s"], abs=1e-3)
        assert row["model"] == summary["model"]
        assert row["error"] == ""
    assert by_name["limited.wav"]["label"] == "uncertain"


def test_a_screening_takes_what_is_named_once_whatever_its_suffix(table, archive, tmp_path):
    odd = tmp_path / "sound.dat"
    odd.write_bytes((archive / "b.wav").read_bytes())
    rows = table(odd, archive / "b.wav", archive / "b.wav", tmp_path / "missing.wav")
    assert [row["path"] for row in rows] == sorted(
        map(str, [odd, archive / "b.wav", tmp_path / "missing.wav"])
    )
    assert {Path(row["path"]).name: bool(row["error"]) for row in rows} == {
        "sound.dat": False,
        "b.wav": False,
        "missing.wav": True,
    }


def test_a_screening_that_scored_nothing_is_status_1(table, archive):
    rows = table(archive / "broken.wav", archive / "deep" / "er", status=1)
    assert [row["p_abnormal"] for row in rows] == ["", ""]


def test_a_screening_of_an_empty_folder_or_into_none_is_one_line(auscult, model_name, archive, tmp_path):
    (tmp_path / "empty").mkdir()
    words = ("screen", tmp_path / "empty", "--out", tmp_path / "out.csv", "--model", model_name)
    assert "no recordings in" in auscult(*words).complaint
    words = ("screen", archive / "b.wav", "--out", tmp_path / "none" / "out.csv", "--model", model_name)
    assert "out.csv: cannot be written" in auscult(*words).complaint


def test_a_name_that_is_no_text_is_screened_and_replayed(auscult, replay, model_name, archive, tmp_path):
    path, out = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xec.wav")), tmp_path / "out.csv"
    path.write_bytes((archive / "b.wav").read_bytes())
    assert auscult("screen", path, "--out", out, "--model", model_name).status == 0
    (row,) = out.read_bytes().splitlines()[1:]
    assert row.split(b",")[0] == os.fsencode(path)
    assert os.fsencode(replay(path, path).summary["source"]) == b"\xff\xec.wav"


def test_an_analysis_holds_what_the_replay_said(auscult, replay, model_name, archive):
    for name in ("b.wav", "deep/a.FLAC", "deep/er/c.wav"):
        told = auscult("analyze", archive / name, "--model", model_name)
        assert (told.status, told.err) == (0, "")
        document = json.loads(told.out)
        assert list(document) == ["summary", "windows", "beats", "reading"]
        replayed = replay(archive / name)
        assert {"kind": "summary", **document["summary"]} == replayed.summary
        assert document["windows"] == [
            {field: line[field] for field in line if field not in ("kind", "rolling", "model", "latency_ms")}
            for line in replayed.windows
        ]
        assert document["beats"] is None  # which this model does not look for
        assert document["reading"] is None  # nor can it be read without them


@pytest.mark.parametrize("demo", demo_recordings(), ids=lambda demo: demo.path.stem)
def test_an_analysis_finds_the_beats_of_a_heart_that_is_known(auscult, demo):
    document = json.loads(auscult("analyze", demo.path).out)
    truth = [sound for sound in demo.truth["sounds"] if sound["sound"] in ("S1", "S2")]
    found = document["beats"]
    assert all(one["end_s"] <= other["start_s"] for one, other in pairwise(found))
    right = sum(
        any(
            one["sound"] == sound["sound"]
            and abs(one["start_s"] + one["end_s"] - sound["start_s"] - sound["end_s"]) < 2 * 0.06
            for one in found
        )
        for sound in truth
    )
    assert right >= len(truth) - 1  # one that the recording's end cuts may be missed
    assert len(found) <= len(truth) + 1
    assert document["summary"]["heart_rate_bpm"] == pytest.approx(demo.truth["heart_rate_bpm"], rel=0.02)
    assert document["summary"]["heart_rate_confidence"] > 0.7
    assert document["summary"]["irregular"] is False
    reading = document["reading"]
    murmurs = {sound["sound"] for sound in demo.truth["sounds"] if sound["sound"].endswith("murmur")}
    assert (
        reading["timing"]
        == {
            (): "none",
            ("systolic_murmur",): "systolic",
            ("diastolic_murmur",): "diastolic",
        }[tuple(murmurs)]
    )
    assert document["summary"]["reading"] == {name: reading[name] for name in reading if name != "sentence"}
    assert reading["sentence"] == reading_words(Reading(**document["summary"]["reading"]))


def test_where_no_heart_is_heard_there_are_no_beats_and_no_rate(auscult, tmp_path):
    document = json.loads(auscult("analyze", write(tmp_path / "a.wav", np.zeros(12 * 4000))).out)
    assert document["beats"] == []
    assert document["summary"]["heart_rate_bpm"] is None
    assert document["summary"]["irregular"] is None
    assert document["reading"] is None  # which is not the same as none


def test_an_analysis_of_a_truncated_file_says_so(auscult, model_name, tmp_path):
    path = write(tmp_path / "a.wav", heart(12))
    path.write_bytes(path.read_bytes()[:-4000])
    told = auscult("analyze", path, "--model", model_name)
    assert told.status == 0
    assert "promises 12.00 s" in told.err
    assert json.loads(told.out)["summary"]["duration_s"] == 11.5


def test_what_was_wrong_with_a_file_that_was_judged_is_said(auscult, model_name, tmp_path):
    sound = heart(12)
    sound[5000:5100] = np.nan
    path, out = write(tmp_path / "a.wav", sound, subtype="FLOAT"), tmp_path / "out.csv"
    path.write_bytes(path.read_bytes()[:-4000])
    notes = [
        f"auscult: {path}: the file ends at 11.75 s although its header promises 12.00 s; "
        "what is there was used",
        f"auscult: {path}: bad samples replaced: 100",
    ]
    told = auscult("analyze", path, "--model", model_name)
    assert (told.status, told.err.splitlines()) == (0, notes)
    told = auscult("screen", path, tmp_path / "none.wav", "--out", out, "--model", model_name)
    assert (told.status, told.err.splitlines()[:2]) == (0, notes)
    assert told.err.splitlines()[2:] == [
        f"1 of 2 recordings scored, written to {out}, summary in {out.with_suffix('.html')}; "
        "1 could not be read: see the column error"
    ]


# Synthesis


@pytest.mark.parametrize("suffix", [".flac", ".wav"])
def test_the_same_seed_gives_the_same_bytes_and_the_truth(auscult, tmp_path, suffix):
    def made(name, seed):
        out = tmp_path / f"{name}{suffix}"
        words = ("--condition", "as", "--heart-rate", 90, "--duration", 6.5, "--seed", seed)
        told = auscult("synth", out, *words)
        assert (told.status, told.out, told.err.count("\n")) == (0, "", 1)
        return out.read_bytes(), out.with_suffix(".json").read_bytes()

    sound, truth = made("one", 7)
    assert made("two", 7) == (sound, truth)
    assert made("three", 8)[0] != sound
    truth = json.loads(truth)
    assert truth["synthesis"]["condition"] == "as"
    assert (truth["duration_s"], truth["heart_rate_bpm"]) == (6.5, 90)
    assert {sound["sound"] for sound in truth["sounds"]} >= {"S1", "S2", "systolic_murmur"}
    assert all(0 <= sound["start_s"] < sound["end_s"] <= 6.5 for sound in truth["sounds"])
    assert sf.info(tmp_path / f"one{suffix}").frames == 6.5 * 4000


FAULTY = """
seed = 3
duration_s = 12

[heart]
condition = "mr"
rate = 2000

[[fault]]
kind = "disconnect"
at_s = 3
length_s = 1.5

[[random]]
kind = "dropout"
per_hour = 1500
length_s = [0.01, 0.2]
"""
BAD_SAMPLES = '[[fault]]\nkind = "nan"\nat_s = 9\nlength_s = 0.1\n'


@pytest.fixture
def scenario(tmp_path):
    def write(text):
        path = tmp_path / "scenario.toml"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("suffix", [".flac", ".wav"])
def test_a_faulty_recording_is_its_seed_and_is_silent_where_the_truth_says(
    auscult, scenario, tmp_path, suffix
):
    def made(name, *words):
        out = tmp_path / f"{name}{suffix}"
        told = auscult("synth", out, "--scenario", scenario(FAULTY), *words)
        assert (told.status, told.out, told.err.count("\n")) == (0, "", 1)
        return out.read_bytes(), out.with_suffix(".json").read_bytes()

    assert made("one") == made("two") == made("three", "--seed", 3, "--duration", 12)
    assert made("one")[0] != made("four", "--seed", 4)[0]
    made("one")
    truth = json.loads((tmp_path / "one.json").read_text())
    samples, rate = sf.read(tmp_path / f"one{suffix}")
    assert (rate, samples.size, truth["duration_s"]) == (2000, 24_000, 12)
    lost = np.zeros(samples.size, bool)
    for fault in truth["faults"]:
        assert fault["kind"] in ("disconnect", "dropout")
        assert (fault["start_s"], fault["end_s"]) == (
            fault["start_sample"] / rate,
            fault["end_sample"] / rate,
        )
        lost[fault["start_sample"] : fault["end_sample"]] = True
    assert len(truth["faults"]) > 2
    assert {
        "kind": "disconnect",
        "start_s": 3,
        "end_s": 4.5,
        "start_sample": 6000,
        "end_sample": 9000,
    } in truth["faults"]
    assert truth["lost_samples"] == np.count_nonzero(lost)
    heart = HeartSoundSynthesizer(SynthesisConfig("mr", rate=rate, seed=3)).read(samples.size)
    assert np.abs(samples - heart * ~lost).max() <= 2**-15


def test_a_duration_goes_before_the_scenarios_own(auscult, scenario, tmp_path):
    out = tmp_path / "a.wav"
    assert auscult("synth", out, "--scenario", scenario(FAULTY), "--duration", 4).status == 0
    assert sf.info(out).frames == 8000
    faults = json.loads(out.with_suffix(".json").read_text())["faults"]
    assert max(fault["end_s"] for fault in faults) == 4


def test_bad_samples_need_a_format_that_can_hold_them(auscult, scenario, tmp_path):
    path = scenario(FAULTY + BAD_SAMPLES)
    assert "use .wav" in auscult("synth", tmp_path / "a.flac", "--scenario", path).complaint
    assert not list(tmp_path.glob("*.flac"))
    assert auscult("synth", tmp_path / "a.wav", "--scenario", path).status == 0
    first = (tmp_path / "a.wav").read_bytes()
    assert sf.info(tmp_path / "a.wav").subtype == "FLOAT"
    samples, _ = sf.read(tmp_path / "a.wav")
    truth = json.loads((tmp_path / "a.json").read_text())
    assert truth["bad_samples"] == np.count_nonzero(np.isnan(samples)) == 200
    auscult("synth", tmp_path / "a.wav", "--scenario", path)
    assert (tmp_path / "a.wav").read_bytes() == first


def test_a_faulty_stream_says_what_the_truth_of_the_same_recording_says(
    auscult, scenario, model_name, tmp_path
):
    path = scenario(FAULTY + BAD_SAMPLES)
    auscult("synth", tmp_path / "a.wav", "--scenario", path)
    truth = json.loads((tmp_path / "a.json").read_text())
    live = ("monitor", "--source", "synth", "--headless", "--model", model_name, "--scenario", path)
    for pace in ("max", "40x"):
        told = auscult(*live, "--pace", pace)
        events = [line for line in told.events if line["event"] != "skipped"]
        assert [line["t_s"] for line in events if line["event"] == "device_lost"] == [3.0]
        assert [line["t_s"] for line in events if line["event"] == "device_back"] == [4.5]
        (bad,) = [line for line in events if line["event"] == "bad_samples"]
        assert bad["detail"].startswith(f"{truth['bad_samples']} bad samples")
        gaps = [line["t_s"] for line in events if line["event"] == "gap"]
        assert set(gaps) <= {fault["start_s"] for fault in truth["faults"]}
        assert told.summary["gap_s"] == truth["lost_samples"] / 2000


def test_a_faulty_stream_begins_again_in_a_loop(auscult, scenario, model_name):
    words = ("--scenario", scenario(FAULTY), "--pace", "max", "--model", model_name)
    loop = auscult("monitor", "--source", "synth", "--headless", *words, "--loop", "--duration", 26.5)
    summaries = [line for line in loop.lines if line["kind"] == "summary"]
    assert [line["duration_s"] for line in summaries] == [12.0, 12.0, 2.5]
    longer = auscult("monitor", "--source", "synth", "--headless", *words, "--duration", 26.5)
    assert longer.summary["duration_s"] == 26.5


@pytest.mark.parametrize("words", [("synth", "a.wav"), ("monitor", "--source", "synth", "--headless")])
def test_a_scenario_that_cannot_be_used_is_one_line(auscult, scenario, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "none.toml: does not exist" in auscult(*words, "--scenario", "none.toml").complaint
    path = scenario("[heart]\nheart_rate_bpm = 999")
    assert "[heart]: heart_rate_bpm must be 35 to 200" in auscult(*words, "--scenario", path).complaint
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("words", ["--duration 100000", "--seed 99999999999999999999"])
def test_a_duration_or_seed_that_no_scenario_has_is_wrong_usage(auscult, scenario, words):
    told = auscult("monitor", "--source", "synth", "--headless", "--scenario", scenario(""), *words.split())
    assert (told.status, told.out) == (2, "")
    assert "must be" in told.err


@pytest.mark.parametrize("name", ["none/a.flac", "a.mp3"])
def test_a_synthesis_that_cannot_be_written_is_one_line(auscult, tmp_path, name):
    assert name in auscult("synth", tmp_path / name, "--duration", 1).complaint
    assert list(tmp_path.iterdir()) == []
