"""``auscult sessions``, through real processes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile as sf

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.json_lines import read_schema
from monitor.session_store import DATABASE, SessionStore
from recordings import demo_recordings

RATE = 4000
VALIDATOR = jsonschema.Draft202012Validator(read_schema())


def command_in(folder):
    """Runs the command with a data folder below another."""

    def run(*words, stdin=b"", status=0):
        done = subprocess.run(
            [sys.executable, "-m", "monitor.cli", *map(str, words)],
            input=stdin,
            capture_output=True,
            timeout=100,
            env={
                **os.environ,
                "AUSCULT_DATA": str(folder / "Daten – 심장"),
                "XDG_CONFIG_HOME": str(folder / "config"),
                "PYTHONUTF8": "1",
            },
        )
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in done.stderr
        assert done.returncode == status, done.stderr
        return done

    run.data = folder / "Daten – 심장"
    return run


@pytest.fixture
def auscult(tmp_path):
    """Runs the command with a data folder of the test's own."""
    return command_in(tmp_path)


def examination_by(auscult, model_name):
    """Runs an examination of a pipe; gives its id and its lines."""
    sound = HeartSoundSynthesizer(SynthesisConfig(rate=RATE, seed=2)).read(14 * RATE)

    def examine(*words):
        done = auscult(
            *["monitor", "--source", "-", "--rate", RATE, "--headless", "--model", model_name, *words],
            stdin=(sound * 32767).astype("<i2").tobytes(),
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return listed(auscult)[0]["id"] if auscult.data.exists() else None, lines

    examine.sound = (sound * 32767).astype("<i2") / 32768
    return examine


@pytest.fixture
def examined(auscult, model_name):
    return examination_by(auscult, model_name)


@pytest.fixture(scope="module")
def examined_once(model_name, tmp_path_factory):
    """Where one examination was kept, with its sound."""
    auscult = command_in(tmp_path_factory.mktemp("once"))
    examination_by(auscult, model_name)("--record", "--patient", "FORGETME")
    return auscult.data


@pytest.fixture
def session(auscult, examined_once):
    """The id of an examination in this test's own folder."""
    shutil.copytree(examined_once, auscult.data)
    return listed(auscult)[0]["id"]


def listed(auscult):
    return json.loads(auscult("sessions", "list", "--json").stdout)["sessions"]


def test_an_examination_is_kept_and_its_lines_come_back(auscult, examined):
    session, lines = examined("--patient", "Bett 7 – Müller")
    (one,) = listed(auscult)
    assert one["id"] == session
    assert one["patient"] == "Bett 7 – Müller"
    assert one["sound"] == []
    assert one["summary"] == lines[-1]
    assert one["model"] == lines[-1]["model"]
    assert one["front_end"]["low_hz"] == 20
    told = [
        json.loads(line) for line in auscult("sessions", "show", session[:4], "--lines").stdout.splitlines()
    ]
    assert told == lines
    for line in told:
        VALIDATOR.validate(line)
    assert json.loads(auscult("sessions", "show", session, "--json").stdout)["lines"] == lines[:-1]
    page = auscult("sessions", "show", session).stdout
    assert "Bett 7 – Müller" in page
    assert lines[-1]["label"] in page
    table = auscult("sessions", "list").stdout
    assert session in table


def test_nothing_is_recorded_unless_asked_and_then_every_sample_is(auscult, examined):
    examined()
    session, _ = examined("--record")
    kept = {one["id"]: one for one in listed(auscult)}
    (path,) = kept.pop(session)["sound"]
    assert [one["sound"] for one in kept.values()] == [[]]
    heard, rate = sf.read(path)
    assert rate == RATE
    np.testing.assert_allclose(heard, examined.sound, atol=2**-23)


def test_what_is_replayed_is_kept_only_on_demand(auscult, model_name):
    demo = demo_recordings()[0].path
    short = ("--headless", "--pace", "max", "--duration", 2, "--model", model_name)
    replay, synth = (("monitor", "--source", source, *short) for source in (demo, "synth"))
    auscult("replay", demo, *short)
    auscult(*replay)
    auscult(*synth)
    assert not auscult.data.exists()
    auscult(*replay, "--store")
    auscult(*synth, "--record")
    assert [one["source"] for one in listed(auscult)] == ["synthetic normal", demo.name]


def test_an_examination_that_is_not_to_be_kept_leaves_nothing(auscult, examined):
    examined("--no-store")
    assert not auscult.data.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--source", "-", "--rate", "4000", "--record", "--no-store"), "leave --no-store out"),
        (("--source", str(demo_recordings()[0].path), "--record"), "is a recording already"),
        (("--source", "synth", "--patient", "7"), "add --store"),
        (("--source", "-", "--rate", "4000", "--no-store", "--patient", "7"), "add --store"),
    ],
)
def test_wishes_that_contradict_each_other_are_wrong_usage(auscult, words, said):
    assert said in auscult("monitor", "--headless", *words, status=2).stderr


def test_a_session_is_deleted_after_asking(auscult, session):
    refused = auscult("sessions", "delete", session, stdin=b"n\n", status=1)
    assert "FORGETME" in refused.stderr
    assert "nothing was deleted" in refused.stderr
    assert len(listed(auscult)) == 1
    auscult("sessions", "delete", session, stdin=b"y\n")
    assert listed(auscult) == []
    left = [path for path in auscult.data.rglob("*") if path.is_file()]
    assert not [path for path in left if path.suffix == ".wav"]
    assert not [path for path in left if b"FORGETME" in path.read_bytes()]


def test_who_asked_for_it_is_told_under_which_id_a_session_is_kept(auscult, model_name):
    words = ("monitor", "--source", "synth", "--headless", "--duration", 1, "--store", "--model", model_name)
    told = auscult(*words).stderr
    assert told == f"kept: auscult sessions show {listed(auscult)[0]['id']}\n"


def test_a_note_is_kept(auscult, session):
    auscult("sessions", "note", session, "hört sich gut an")
    assert "hört sich gut an" in auscult("sessions", "show", session).stdout
    assert "needs words" in auscult("sessions", "note", session, " ", status=2).stderr


def test_above_the_quota_the_oldest_are_offered_and_never_deleted_unasked(auscult, session, examined):
    oldest = session
    examined("--record")
    newest, _ = examined("--record")
    size = listed(auscult)[0]["sound_bytes"]
    quota = 1.5 * size / 1e9
    offered = auscult("sessions", "prune", "--quota", quota, stdin=b"n\n", status=1).stderr
    assert oldest in offered
    assert newest not in offered
    assert len(listed(auscult)) == 3
    auscult("sessions", "prune", "--quota", quota, "--yes")
    assert [one["id"] for one in listed(auscult)] == [newest]
    assert "nothing to delete" in auscult("sessions", "prune", "--quota", quota).stderr


def test_above_the_quota_a_recording_says_so_and_goes_on(auscult, model_name, tmp_path):
    synth = ("monitor", "--source", "synth", "--duration", 2, "--headless", "--pace", "9x")
    synth += ("--model", model_name)
    auscult(*synth, "--record")
    (tmp_path / "config" / "auscult").mkdir(parents=True)
    (tmp_path / "config" / "auscult" / "settings.json").write_text('{"quota_gb": 0.0}')
    assert "sessions prune offers the oldest" in auscult(*synth, "--record").stderr
    assert "sessions prune" in auscult("sessions", "list").stderr
    assert len(listed(auscult)) == 2


def test_an_id_that_nothing_has_is_told_in_one_line(auscult):
    assert auscult("sessions", "show", "0123", status=1).stderr.count("\n") == 1
    assert auscult("sessions", "delete", "0123", "--yes", status=1).stderr.count("\n") == 1
    assert "no sessions yet" in auscult("sessions", "list").stderr


def test_a_damaged_database_is_told_and_the_next_examination_is_kept(auscult, session, examined):
    (auscult.data / DATABASE).write_bytes(b"damaged" * 5000)
    done = auscult("sessions", "list")
    assert "was damaged" in done.stderr
    following, _ = examined()
    # Of the one before only its sound is left.
    assert [one["id"] for one in listed(auscult)] == [following, session]


@pytest.mark.parametrize("what", ["sessions", "examinations"])
@pytest.mark.parametrize("there", [False, True])
def test_looking_where_nothing_is_kept_makes_nothing(auscult, what, there):
    if there:
        auscult.data.mkdir()
    assert auscult(what, "list", "--json").stdout.split() == ["{", f'"{what}":', "[]", "}"]
    assert f"no {what} yet" in auscult(what, "list").stderr
    assert "no " in auscult(what, "show", "0123", status=1).stderr
    assert [*auscult.data.glob("*")] == []
    assert auscult.data.exists() == there


def test_what_is_no_folder_holds_no_sessions(auscult):
    auscult.data.write_text("words of somebody")
    assert len(auscult("sessions", "list", status=1).stderr.splitlines()) == 1
    assert auscult.data.read_text() == "words of somebody"


def test_killed_in_an_examination_its_verdicts_and_its_sound_are_there(tmp_path, model_name):
    process = subprocess.Popen(
        [
            *[sys.executable, "-m", "monitor.cli", "monitor", "--source", "synth", "--headless", "--record"],
            *["--model", model_name, "--data", str(tmp_path)],
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if json.loads(line).get("window_end_s", 0) >= 3:
            break
    process.kill()
    told = [json.loads(line) for line in process.communicate()[0].splitlines(keepends=True) if "\n" in line]
    heard_s = max([3, *(line["window_end_s"] for line in told)])
    with SessionStore(tmp_path) as store:
        (one,) = store.sessions()
        assert one.interrupted
        judged = [judgement.verdict.end_s for judgement in store.judgements(one.id)]
    assert judged == [float(second + 1) for second in range(len(judged))]
    assert heard_s - len(judged) <= 1
    assert sf.info(Path(one.sound[0])).duration > heard_s - 1
