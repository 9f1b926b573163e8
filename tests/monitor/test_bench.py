import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from monitor import cli
from monitor.bench import screen, screening
from monitor.bench.figure import Figure, table
from monitor.commands.bench import MEASUREMENTS
from monitor.session_store import SessionHeader, SessionStore
from monitor.snapshot import SessionEvent

FEW_HOPS = "import monitor.bench.hop as hop; hop.HOPS, hop.ATTRIBUTIONS, hop.ASKED_S = 50, 3, 0.5"
"""Where figures need not be right."""


def bench(*words, **options):
    return subprocess.run(
        [sys.executable, "-c", f"{FEW_HOPS}\nfrom monitor.cli import main; main()", "bench", *words],
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


def test_a_support_bundle_tells_of_the_machine_and_not_of_its_user(sound_server, model_name, tmp_path):
    sound_server.add_stethoscope()
    out = tmp_path / "support.zip"
    header = SessionHeader("Müller.wav", 4000, 0.4, "default@0", "0", {}, "0.1.0", patient="Müller")
    with SessionStore(tmp_path / "data") as store:
        session = store.begin(header)
        store.append(session, [], [SessionEvent(1.5, "gap", "of Müller")])
        store.note(session, "Müller")
        store.end(session, {"label": "normal"})
    sound_server.environment["AUSCULT_DATA"] = str(tmp_path / "data")
    # Targets are for one's own machine; this one may be slower.
    done = bench("--support", str(out), "--model", model_name, env=sound_server.environment)
    assert done.returncode in (0, 1), done.stderr
    assert str(out) in done.stdout
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts = {name: json.loads(text) for name, text in texts.items()}
    assert set(parts) == {"timings.json", "devices.json", "models.json", "settings.json", "sessions.json"}
    assert {"system", "python", "torch"} <= set(parts["timings.json"]["machine"])
    assert any("hop" in figure["name"] for figure in parts["timings.json"]["figures"])
    assert "pulse" in {device["name"] for device in parts["devices.json"]["inputs"]}
    assert all(len(model["sha256"]) == 64 for model in parts["models.json"].values())
    (told,) = parts["sessions.json"]["sessions"]
    assert (told["rate"], told["events"]) == (4000, [[1.5, "gap"]])
    assert [change for _, change in parts["sessions.json"]["changes"]][-1] == "ended"
    for text in texts.values():
        assert "ller" not in text
        assert str(Path.home()) not in text
        assert str(tmp_path) not in text
        assert model_name not in text


def test_the_command_line_offers_what_can_be_measured():
    (only,) = (parameter for parameter in cli.bench.params if parameter.name == "only")
    assert tuple(only.type.choices) == tuple(MEASUREMENTS)


@pytest.mark.parametrize("option", ["--support", "--json"])
def test_a_place_that_cannot_be_written_is_one_line(model_name, tmp_path, option):
    done = bench(option, str(tmp_path / "none" / "out"), "--model", model_name, "--only", "hop")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert str(tmp_path / "none" / "out") in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("target", "least", "met"),
    [(None, None, None), (6, None, True), (4, None, False), (None, 5, True), (None, 6, False), (4, 1, False)],
)
def test_a_row_is_met_between_its_least_and_its_greatest(target, least, met):
    figure = Figure("a row", 5.0, "ms", target, least)
    assert figure.met is met
    assert ("MISSED" in table([figure])) is (met is False)


def told(monkeypatch, lines):
    """As processes of the window would tell."""
    monkeypatch.setattr(screen, "told_by", lambda module, arguments, environment: iter(lines))


def test_a_window_that_paints_too_seldom_or_too_long_misses_its_targets(monkeypatch):
    fields = ("cpu_percent", "between_p95_ms", "between_p99_ms", "paint_ms", "paint_p99_ms", "paint_used_ms")
    for frames_per_s, paint_ms, met in ((62.0, 2.0, True), (50.0, 9.0, False)):
        told(
            monkeypatch,
            [{"frames_per_s": frames_per_s, **dict.fromkeys(fields, 10.0), "paint_ms": paint_ms}],
        )
        figures = screen.measure_frames("default")
        for size in ("1280 x 800", "1920 x 1080"):
            rows = {
                figure.unit: figure for figure in figures if size in figure.name and figure.met is not None
            }
            assert rows["frames/s"].met is met
            assert rows["ms"].met is met
            assert rows["% of a core"].met is True
    assert len({figure.name for figure in figures}) == len(figures) == 14


def test_a_window_that_once_did_not_answer_in_time_misses_its_target(monkeypatch):
    lines = [
        {"condition": condition, "ms": 20.0, "used_ms": 5.0}
        for condition in screen.CONDITIONS
        for _ in range(9)
    ]
    told(monkeypatch, lines)
    assert all(figure.met is not False for figure in screen.measure_answers("default"))
    told(monkeypatch, [*lines, {"condition": "report", "ms": 900.0, "used_ms": 5.0}])
    figures = screen.measure_answers("default")
    (missed,) = (figure for figure in figures if figure.met is False)
    assert missed.name == "answer while a report is written: p99"
    assert {figure.unit for figure in figures} == {"ms"}


def test_a_screening_that_starts_late_or_gains_nothing_by_a_second_job_misses_its_targets(
    model_name, monkeypatch
):
    monkeypatch.setattr(screening, "RECORDINGS", 3)
    monkeypatch.setattr(screening, "SECONDS", 1)
    for used_s, took_s, met in ((3.1, 5.5, True), (3.3, 5.6, False)):

        def cost(*words, used_s=used_s, took_s=took_s):
            if words == ("-c", "import torch"):
                return screening._Cost(9.0, 2.0)
            assert words[:3] == ("-m", "monitor.cli", "screen")
            if "--jobs" not in words:
                return screening._Cost(9.0, used_s)
            assert len(list(Path(words[3]).iterdir())) == 3
            return screening._Cost({"1": 10.0, "2": took_s}[words[words.index("--jobs") + 1]], 9.0)

        monkeypatch.setattr(screening, "_cost", cost)
        beyond, faster = screening.measure_screening(model_name)
        assert (beyond.unit, beyond.met, faster.met) == ("s", met, met)


def test_what_a_process_costs_is_its_own_and_its_childrens():
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    cost = screening._cost("-c", f"{child}\n{busy}")
    assert 0.6 <= cost.used_s <= cost.took_s + 0.05
