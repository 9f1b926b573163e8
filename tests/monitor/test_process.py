"""The installed command in processes of its own: signals, pipes, environments."""

import json
import os
import pickle
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile as sf

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.json_lines import read_schema
from recordings import demo_recordings

VALIDATOR = jsonschema.Draft202012Validator(read_schema())
COMMAND = Path(sys.executable).with_name("auscult")
DEMO = str(demo_recordings()[0].path)
LIMIT_S = 60
NO_SCREEN = {
    name: value
    for name, value in os.environ.items()
    if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYTHONPATH")
}


def run(*words, **options):
    options = {"capture_output": True, "text": True, "env": NO_SCREEN, "timeout": LIMIT_S, **options}
    return subprocess.run([COMMAND, *map(str, words)], **options)


def start(*words, **options):
    return subprocess.Popen(
        [COMMAND, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=NO_SCREEN,
        **options,
    )


def valid(text):
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        VALIDATOR.validate(line)
    return lines


def fingerprint(folder):
    return sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*"))


def test_ctrl_c_still_gives_the_summary(model_name):
    process = start(*["replay", DEMO, DEMO, "--loop", "--headless", "--pace", "4x", "--model", model_name])
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err) == (130, b"")
    *_, summary = valid((first + out).decode())
    assert summary["kind"] == "summary"
    assert 1 <= summary["duration_s"] < demo_recordings()[0].truth["duration_s"]
    assert summary["source"] == Path(DEMO).name


def test_a_reader_that_leaves_ends_it_quietly(model_name):
    """The far end closes after one line, as head -1 does; the source has no end."""
    process = start("monitor", "--source", "synth", "--headless", "--pace", "max", "--model", model_name)
    valid(process.stdout.readline().decode())
    process.stdout.close()
    assert process.wait(LIMIT_S) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_reader_that_was_never_there_ends_it_quietly(model_name):
    for words in (["replay", DEMO, "--headless", "--pace", "max"], ["analyze", DEMO]):
        process = start(*words, "--model", model_name)
        process.stdout.close()
        assert process.wait(LIMIT_S) == 0
        assert process.stderr.read() == b""
        process.stderr.close()


def test_a_closed_standard_output_is_nobody_who_reads(model_name):
    for words in (["replay", DEMO, "--headless", "--pace", "max"], ["analyze", DEMO]):
        command = [*map(str, [COMMAND, *words, "--model", model_name])]
        done = subprocess.run(
            ["sh", "-c", '"$@" >&-', "sh", *command], capture_output=True, text=True, env=NO_SCREEN
        )
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_an_output_that_cannot_be_written_is_one_line(model_name):
    model = ["--model", model_name]
    for words in (
        ["replay", DEMO, "--headless", "--pace", "max", *model],
        ["analyze", DEMO, *model],
        ["--help"],
        ["--version"],
        ["screen", "--help"],
    ):
        with Path("/dev/full").open("w") as full:
            done = run(*words, capture_output=False, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 1
        assert done.stderr.startswith("auscult: standard output cannot be written (No space left on device)")
        assert done.stderr.count("\n") == 1


def test_the_end_of_standard_input_gives_the_summary_and_while_it_is_open_verdicts_come(model_name):
    sound = HeartSoundSynthesizer(SynthesisConfig(rate=4000)).read(11 * 4000)
    data = (sound * 2**15).astype("<i2").tobytes()
    process = start(
        *[
            "monitor",
            "--source",
            "-",
            "--rate",
            4000,
            "--format",
            "s16le",
            "--headless",
            "--model",
            model_name,
        ],
        stdin=subprocess.PIPE,
        bufsize=0,
    )
    process.stdin.write(data + b"\x01")
    lines = [
        process.stdout.readline().decode() for _ in range(12)
    ]  # 9 warming up, 3 windows, input still open
    out, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err) == (0, b"")
    said = valid("".join(lines) + out.decode())
    assert [line["window_end_s"] for line in said[9:12]] == [10.0, 10.4, 10.8]
    assert [(line["event"], line["t_s"]) for line in said if line["kind"] == "event"] == [
        ("bad_samples", 11.0)
    ]
    assert (said[-1]["kind"], said[-1]["duration_s"], said[-1]["windows"]) == ("summary", 11.0, 3)


def test_nothing_is_written_into_the_working_folder(model_name, tmp_path):
    """Reading needs no write permission; root, whom permissions do not stop, leaves no trace either."""
    work = tmp_path / "work"
    work.mkdir()
    shutil.copy(DEMO, work / "heart.flac")
    before = fingerprint(work)
    work.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        done = run(
            *["replay", "heart.flac", "--headless", "--pace", "max", "--model", model_name],
            cwd=work,
            env={**NO_SCREEN, "HOME": str(work), "TMPDIR": str(work)},
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert valid(done.stdout)[-1]["kind"] == "summary"
        assert fingerprint(work) == before
    finally:
        work.chmod(stat.S_IRWXU)


@pytest.mark.parametrize(
    "words", [["replay", DEMO], ["monitor"], ["monitor", "--source", "synth"]], ids=" ".join
)
def test_without_a_display_it_is_one_line(words):
    done = run(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("auscult: ")
    assert done.stderr.count("\n") == 1
    assert "display" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["replay", "none.wav"],
        ["replay", "none.wav", "neither.wav"],
        ["monitor", "--source", "mic:no such thing"],
    ],
    ids=" ".join,
)
def test_a_window_does_not_open_only_to_say_that_its_source_is_missing(words):
    done = run(*words, env={**NO_SCREEN, "QT_QPA_PLATFORM": "offscreen"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("auscult: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["replay", DEMO], ["monitor", "--source", "synth"], ["monitor"]], ids=" ".join
)
def test_a_window_does_not_open_only_to_say_that_its_model_is_a_wrong_one(words, model_name, tmp_path):
    weights, card = Path(model_name).read_bytes(), Path(model_name).with_suffix(".json").read_text()
    path = tmp_path / "model.safetensors"
    path.with_suffix(".json").write_text(card)
    for data in (weights[:-1], weights[:-1] + b"\x7f", pickle.dumps(weights)):
        path.write_bytes(data)
        done = run(*words, "--model", path, env={**NO_SCREEN, "QT_QPA_PLATFORM": "offscreen"})
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"auscult: {path}: ")
        assert done.stderr.count("\n") == 1


def demonstrated(done, picture, count):
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[-1] == f"The dashboard as it looks on a display: {picture}"
    assert picture.read_bytes().startswith(b"\x89PNG")
    heading, *rows = lines[2:-1]
    assert len(rows) == count
    assert all(row[heading.index("made as") - 2 :].startswith(("  normal", "  abnormal")) for row in rows)


def test_without_a_screen_the_demonstration_runs_in_the_terminal(model_name, tmp_path):
    picture = tmp_path / "dashboard.png"
    demonstrated(run("demo", "--png", picture, "--model", model_name), picture, len(demo_recordings()))


@pytest.mark.parametrize(
    "screen",
    [{"QT_QPA_PLATFORM": "offscreen"}, {"DISPLAY": ":987"}, {"QT_QPA_PLATFORM": "xcb"}],
    ids=str,
)
def test_a_screen_that_does_not_answer_is_none(screen, model_name, tmp_path):
    picture = tmp_path / "dashboard.png"
    # One recording is enough.
    code = (
        "import monitor.commands.demo as demo; from monitor.cli import main\n"
        "one = demo.demo_recordings()[2:3]; demo.demo_recordings = lambda: one\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "demo", "--png", picture, "--model", model_name],
        capture_output=True,
        text=True,
        env={**NO_SCREEN, **screen},
        timeout=LIMIT_S,
    )
    demonstrated(done, picture, 1)


@pytest.fixture
def without_portaudio(tmp_path):
    """An environment in which sounddevice is as pip installs it on a Linux without libportaudio2."""
    (tmp_path / "sounddevice.py").write_text('raise OSError("PortAudio library not found")\n')
    return {**NO_SCREEN, "PYTHONPATH": str(tmp_path)}


def test_without_portaudio_devices_are_one_line(without_portaudio, model_name):
    for words in (["devices"], ["monitor", "--headless", "--model", model_name]):
        done = run(*words, env=without_portaudio)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("auscult: no PortAudio library: install it")
        assert done.stderr.count("\n") == 1


def test_without_portaudio_everything_else_works(without_portaudio, model_name, tmp_path):
    common = ["--headless", "--pace", "max", "--duration", 3, "--model", model_name]
    silence = tmp_path / "silence.raw"
    silence.write_bytes(bytes(2 * 4000 * 3))
    pcm = ["monitor", "--source", "-", "--rate", 4000, "--headless", "--model", model_name]
    with silence.open("rb") as pipe:
        for words, stdin in (
            (["replay", DEMO, *common], subprocess.DEVNULL),
            (["monitor", "--source", "synth", *common], subprocess.DEVNULL),
            (pcm, pipe),
        ):
            done = run(*words, env=without_portaudio, stdin=stdin)
            assert (done.returncode, done.stderr) == (0, "")
            assert valid(done.stdout)[-1]["duration_s"] == 3.0


def test_a_table_can_be_written_beside_a_progress_bar_nobody_sees(model_name, tmp_path):
    sf.write(tmp_path / "a.wav", np.zeros(4000), 4000)
    done = run("screen", "a.wav", DEMO, "--out", "out.csv", "--model", model_name, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "1 of 2 recordings scored, written to out.csv, summary in out.html\n"
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 3


def test_looking_at_the_help_is_quick_because_nothing_heavy_is_imported():
    code = (
        "import sys; sys.argv = ['auscult', 'monitor', '--help']\n"
        "from monitor.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'scipy', 'PySide6', 'sounddevice', 'soundfile'} & set(sys.modules)\n"
        "print(*sorted(heavy), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=NO_SCREEN, timeout=LIMIT_S
    )
    assert done.stderr.strip() == ""
