"""The command in processes of its own, killed and hindered."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile as sf

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor import cli
from monitor.screening.row import Screener, Settings
from monitor.screening.table import SUFFIXES
from recordings import printable
from tests.monitor.sound_server import until

LIMIT_S = 250


def heart(seconds, seed=0, rate=2000):
    return HeartSoundSynthesizer(SynthesisConfig(rate=rate, seed=seed)).read(round(seconds * rate))


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Recordings among rubbish, with names of every kind."""
    folder = tmp_path_factory.mktemp("archive")
    sound = heart(16)
    names = [f"{ward}/{number:02}.wav" for ward in ("ward", "가, 나", "line\nend") for number in range(6)]
    for place, name in enumerate(names):
        (folder / name).parent.mkdir(exist_ok=True)
        sf.write(folder / name, sound[500 * place :], 2000)
    (folder / 'say "ah", <b>.flac').write_bytes(b"fLaC" + bytes(60))
    (folder / "empty.wav").touch()
    (folder / "noise.mp3").write_bytes(np.random.default_rng(0).bytes(4000))
    (folder / "notes.txt").write_text("not a recording")
    (folder / "gone.wav").symlink_to(folder / "nowhere")
    (folder / "loop.wav").symlink_to(folder / "loop.wav")
    (folder / "ward" / "up").symlink_to(folder)
    (folder / "folder.wav").mkdir()
    os.mkfifo(folder / "pipe.wav")
    return folder


def command(*words):
    return [sys.executable, "-m", "monitor.cli", "screen", *map(str, words)]


def screen(*words):
    return subprocess.run(command(*words), capture_output=True, text=True, timeout=LIMIT_S)


def table(out):
    with out.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return {row["path"]: row for row in csv.DictReader(file)}


def lines(out):
    return out.read_bytes().count(b"\r\n") if out.exists() else 0


def more(out, begun, process):
    """Wait for a row more than were there."""
    until(lambda: lines(out) > begun or process.poll() is not None, "a row more", LIMIT_S)


@pytest.fixture(scope="module")
def whole(archive, model_name, tmp_path_factory):
    """A table and its summary, made without a break by one process."""
    out = tmp_path_factory.mktemp("whole") / "out.csv"
    done = screen(archive, "--out", out, "--model", model_name, "--jobs", 1)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        f"18 of 21 recordings scored, written to {out}, summary in {out.with_suffix('.html')}; "
        "3 could not be read: see the column error\n"
    )
    assert sorted(path.name for path in out.parent.iterdir()) == ["out.csv", "out.html"]
    return out


def test_every_recording_has_a_row_in_order_and_rubbish_says_what_it_is(archive, whole):
    rows = table(whole)
    assert list(rows) == sorted(
        str(path)
        for path in archive.rglob("*")
        if path.suffix in (".wav", ".flac", ".mp3") and path.is_file()
    )
    wrong = {Path(path).name: row["error"] for path, row in rows.items() if row["error"]}
    assert wrong.keys() == {'say "ah", <b>.flac', "empty.wav", "noise.mp3"}
    assert all("\n" not in error for error in wrong.values())


def test_killed_again_and_again_it_leaves_no_process_and_comes_to_the_same_bytes(
    archive, whole, model_name, tmp_path
):
    out, chance = tmp_path / "out.csv", random.Random(7)
    words = (archive, "--out", out, "--model", model_name, "--jobs", 2)
    for kills in range(4):
        begun = lines(out)
        process = subprocess.Popen(command(*words), stderr=subprocess.DEVNULL, start_new_session=True)
        if kills:
            more(out, begun, process)
        time.sleep(chance.uniform(0, 0.1))
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= 2 or kills < 2  # the table has its head before they begin
        process.kill()
        process.wait()
        until(lambda children=children: not any(child.is_running() for child in children), "all have ended")
    done = screen(*words)
    assert done.returncode == 0
    assert out.read_bytes() == whole.read_bytes()
    assert out.with_suffix(".html").read_bytes() == whole.with_suffix(".html").read_bytes()


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(archive, whole, model_name, tmp_path):
    out = tmp_path / "out.csv"
    words = (archive, "--out", out, "--model", model_name, "--jobs", 2, "--hop", 0.08)
    process = subprocess.Popen(
        command(*words), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    more(out, 4, process)  # the first may be errors
    os.killpg(process.pid, signal.SIGINT)
    said, complaint = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, said) == (130, "")
    done = len(table(out))
    assert complaint == (
        f"auscult: stopped; {done} of 21 rows are in {out}: the same command goes on from there\n"
    )
    assert 3 <= done < 21
    kept = out.read_bytes()
    told = screen(archive, "--out", out, "--model", model_name)
    assert told.returncode == 1
    assert told.stderr == (
        f"auscult: {out}: was made with hop_s 0.08; go on with that, choose another --out, or delete it\n"
    )
    assert out.read_bytes() == kept


def reader_of(process, path):
    """The process below it that has a file open, if any."""
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            if any(file.path == str(path) for file in child.open_files()):
                return child
        except psutil.Error:
            continue
    return None


def test_a_process_that_is_killed_costs_its_recording_alone(model_name, tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    sound = heart(14)
    for name in ("a", "z"):
        sf.write(folder / f"{name}.wav", sound, 2000)
    for name in ("once", "twice"):
        sf.write(folder / f"{name}.flac", np.tile(sound, 2), 2000)
    out = tmp_path / "out.jsonl"
    words = (folder, "--out", out, "--model", model_name, "--hop", 0.16, "--jobs", 2)
    process = subprocess.Popen(command(*words), stderr=subprocess.PIPE, text=True)
    for name in ("once", "twice", "twice"):
        reader = until(
            lambda path=folder / f"{name}.flac": reader_of(process, path), f"{name} is read", LIMIT_S
        )
        reader.kill()
        until(lambda reader=reader: not reader.is_running(), "it has ended")
    told = process.communicate(timeout=LIMIT_S)[1]
    assert (process.returncode, told.count("\n")) == (0, 1)
    rows = {Path(row["path"]).stem: row for row in map(json.loads, out.read_text().splitlines())}
    assert list(rows) == ["a", "once", "twice", "z"]
    error = rows.pop("twice")["error"]
    assert error.startswith(f"{folder}/twice.flac: the process that judged it was ended twice (SIGKILL)")
    settings = Settings(model_name, rows["a"]["model"], 0.16, None, rows["a"]["program"])
    assert rows["once"] == Screener(settings).screen(rows["once"]["path"]).row
    assert all(row["p_abnormal"] is not None for row in rows.values())


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.text = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]

    def handle_data(self, data):
        self.text.append(data)


def test_the_summary_stands_alone_and_tells_what_the_table_holds(archive, whole, model_name):
    text = whole.with_suffix(".html").read_text("utf-8")
    page = Page(text)
    assert page.links == []
    assert page.tags.isdisjoint({"script", "link", "img", "b", "iframe"})
    assert "Research use only, not a medical device" in page.text
    rows = table(whole)
    tag = next(row["model"] for row in rows.values() if row["model"])
    assert {"21", tag, json.loads(Path(model_name).with_suffix(".json").read_text())["sha256"]} <= {
        *page.text
    }
    assert tag.partition("@")[2] in "".join(page.text)
    for folder in {str(Path(path).parent) for path in rows}:
        assert folder in page.text
    for path, row in rows.items():
        if row["error"]:
            assert {path, row["error"].removeprefix(f"{printable(path)}: ")} <= {*page.text}
    labels = [row["label"] for row in rows.values()]
    counted = page.text[page.text.index("Verdicts") :]
    for word in ("normal", "abnormal", "uncertain", "poor signal"):
        assert counted[counted.index(word) + 1] == str(labels.count(word.replace(" ", "_")))


def test_a_page_that_is_not_ours_is_left_alone(archive, model_name, tmp_path):
    out, page = tmp_path / "out.csv", tmp_path / "out.html"
    page.write_text("<!DOCTYPE html><title>mine</title>")
    told = screen(archive, "--out", out, "--model", model_name)
    assert told.returncode == 1
    assert told.stderr == (
        f"auscult: {page}: is there and is no summary of a screening; choose another --summary\n"
    )
    assert not out.exists()
    assert "mine" in page.read_text()


def test_where_there_is_nothing_there_is_no_table(model_name, tmp_path):
    told = screen(tmp_path, "--out", tmp_path / "out.csv", "--model", model_name)
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_offers_the_tables_that_there_are():
    assert cli.TABLE_SUFFIXES == SUFFIXES


def test_a_table_of_no_known_kind_is_wrong_usage(archive, tmp_path):
    told = screen(archive, "--out", tmp_path / "out.xlsx")
    assert told.returncode == 2
    assert "does not end in .csv, .jsonl, .parquet" in told.stderr


def test_a_model_that_does_not_fit_is_one_line(archive, model_name, tmp_path):
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(Path(model_name).read_bytes()[:-4])
    told = screen(archive, "--out", tmp_path / "out.csv", "--model", broken)
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert not (tmp_path / "out.csv").exists()


def test_the_program_that_hands_out_recordings_imports_nothing_heavy():
    code = (
        "import sys, monitor.commands.screen\n"
        "print(*sorted({'torch', 'scipy.signal', 'pyarrow', 'distributed', 'PySide6'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
