"""Peers that run here, and some that cheat; nothing is installed and no network is asked."""

import io
import json
import sys
from functools import partial

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from matplotlib import image as pictures

from dsp.config import FrontEndConfig
from dsp.front_end import FrontEnd
from monitor.bench import own_path
from monitor.bench.contestant import Answer, Contestant, NoResultError
from monitor.bench.peer_environment import VERSIONS, peer_interpreter
from monitor.bench.peer_results import require_result
from monitor.bench.peer_script import live_hops
from monitor.bench.peers import contestants, measure_peers
from monitor.cli import cli
from monitor.commands.bench_peers import run_peers
from monitor.failure import CommandError
from recordings import Recording, demo_recordings, write_recording
from training.figures import ratios_figure

DEMO = demo_recordings()[2].path

CHEAT = """
import numpy as np
from monitor.bench.peer_script import live_hops, serve

def image(samples):
    return np.random.default_rng(int(abs(samples).sum())).standard_normal((50, 121)).astype("f4")

def make(job):
    def prepare(samples, rate):
        def work():
            hops = len(live_hops(samples, rate, job))
            made = {"p": np.full(hops, 0.3), "image": image(samples)}
            CHANGE
            return hops, made
        return work
    return prepare

serve({name: (make, ("numpy",)) for name in ("live", "usual", "librosa", "pypcg", "biosppy")})
"""


@pytest.fixture
def contestant(tmp_path):
    """Makes a contestant that works in no time, with a line of code to change its result."""

    def made(key, change="", unit="hop"):
        script = tmp_path / f"{key}.py"
        script.write_text(CHEAT.replace("CHANGE", change))
        return Contestant(key, f"the {key}", unit, "", (sys.executable, str(script), key))

    return made


@pytest.fixture(autouse=True)
def _from_here(monkeypatch, pytestconfig):
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))


def test_those_who_are_alike_end_in_a_ratio_of_each_turn(contestant, model_name):
    entered = [contestant("live"), contestant("usual"), contestant("librosa")]
    contest = measure_peers(model_name, [DEMO, demo_recordings()[0].path], turns=3, entered=entered)
    assert [len(score.cpu_ms) for score in contest.scores.values()] == [4, 4, 4]
    live, usual = (np.array(contest.scores[key].cpu_ms) for key in ("live", "usual"))
    ratio, wall = (figure for figure in contest.figures if "the usual" in figure.name)
    assert ratio.value == float(np.median(live / usual))
    assert (ratio.target, wall.target) == (0.5, None)
    assert contest.scores["usual"].versions == {"numpy": np.__version__}
    assert "the librosa" in contest.table()


def image(seed=0, shape=(50, 121)):
    return np.random.default_rng(seed).standard_normal(shape)


SOUND = image(shape=40_000)
PLAYED = {"samples": "", "rate": 4000, "size": 80_000}


@pytest.mark.parametrize(
    ("key", "units", "result", "why"),
    [
        ("usual", 25, {"p": np.full(25, 0.3), "image": image()}, None),
        ("usual", 25, {"p": np.full(25, 0.3), "image": image(shape=(50, 120))}, "shape (50, 120)"),
        ("usual", 25, {"p": np.full(25, 0.3), "image": np.full((50, 121), np.nan)}, "nothing"),
        ("usual", 25, {"p": np.full(25, 0.3), "image": np.ones((50, 121))}, "nothing"),
        ("usual", 25, {"p": np.full(25, 1.3), "image": image()}, "outside 0 to 1"),
        ("usual", 25, {"p": np.full(25, np.nan), "image": image()}, "outside 0 to 1"),
        ("usual", 25, {}, "outside 0 to 1"),
        ("usual", 1, {"p": np.full(25, 0.3), "image": image()}, "1 instead of 25 hop"),
        ("librosa", 25, {"image": image()}, None),
        ("librosa", 25, {"image": np.full((50, 121), "sound")}, "no numbers"),
        ("archive", 20, {"p": np.array([0.1, np.nan])}, None),
        ("archive", 20, {"p": np.empty(0)}, "p is empty"),
        ("archive", 10, {"p": np.array([0.1])}, "10 instead of 20 s"),
        ("pypcg", 20, {"sound": SOUND, "S1 ramp_time": np.ones(20)}, None),
        ("pypcg", 20, {"sound": np.zeros(40_000), "S1 ramp_time": np.ones(20)}, "no denoised sound"),
        ("pypcg", 20, {"sound": SOUND[:100], "S1 ramp_time": np.ones(20)}, "no denoised sound"),
        ("pypcg", 20, {"sound": SOUND}, "no features"),
        ("pypcg", 20, {"sound": SOUND, "S1 ramp_time": np.full(20, np.nan)}, "no features"),
        ("biosppy", 20, {"filtered": image(shape=80_000), "heart_rate": np.array(72.0)}, None),
        ("biosppy", 20, {"filtered": image(shape=80_000), "heart_rate": np.array(np.nan)}, "no heart rate"),
        ("biosppy", 20, {"filtered": SOUND, "heart_rate": np.array(72.0)}, "no filtered sound"),
    ],
)
def test_who_does_nothing_of_use_is_refused(key, units, result, why):
    one = Contestant(key, f"the {key}", "hop" if key in ("usual", "librosa") else "s", "", ())
    answer = Answer(units, 0.1, 0.1, result)
    if why is None:
        require_result(one, answer, FrontEndConfig(), PLAYED, 0.4)
        return
    with pytest.raises(NoResultError, match=f"^the {key}: gave no result") as told:
        require_result(one, answer, FrontEndConfig(), PLAYED, 0.4)
    assert why in str(told.value)


def test_what_costs_no_time_was_not_done():
    one = Contestant("librosa", "the librosa", "hop", "", ())
    with pytest.raises(NoResultError):
        require_result(one, Answer(25, 0.0, 0.1, {"image": image()}), FrontEndConfig(), PLAYED, 0.4)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("made['p'] = made['p'] + 0.5", "0.50 from ours"),
        ("made['image'] = image(samples + 1)", "correlate"),
        ("made['image'] = np.array([object()])", "gave no result"),
    ],
)
def test_who_answers_of_another_sound_is_refused(contestant, model_name, change, why):
    with pytest.raises(NoResultError, match=r"^the usual: gave no result") as told:
        measure_peers(model_name, [DEMO], turns=1, entered=[contestant("live"), contestant("usual", change)])
    assert why in str(told.value)


@pytest.mark.parametrize("change", ["raise SystemExit('sound is off')", "import os; os._exit(3)"])
def test_who_fails_is_named_in_one_line(contestant, model_name, change):
    with pytest.raises(CommandError) as told:
        measure_peers(model_name, [DEMO], turns=1, entered=[contestant("live", change)])
    assert str(told.value) in ("the live: failed (sound is off)", "the live: failed (exit status 3)")


def test_what_a_library_prints_does_not_come_between_the_answers(contestant, model_name):
    noisy = contestant("live", "print('12'); import os; os.system('echo 13')")
    assert measure_peers(model_name, [DEMO], turns=1, entered=[noisy]).scores["live"].cpu_ms


def test_a_recording_that_gives_too_little_is_one_line(contestant, model_name, tmp_path):
    short = tmp_path / "short.wav"
    write_recording(short, [np.zeros(4000 * 11)], 4000)
    with pytest.raises(CommandError, match=r"short\.wav: shorter than 12 s"):
        measure_peers(model_name, [short], turns=1, entered=[contestant("live")])
    with pytest.raises(CommandError, match=r"none\.wav"):
        measure_peers(model_name, [tmp_path / "none.wav"], turns=1, entered=[contestant("live")])


@pytest.mark.timeout(600)
def test_the_usual_script_is_one_and_ours_is_measured_beside_it(model_name, tmp_path, monkeypatch, capsys):
    """The whole command with those who need no other environment; the numbers are this moment's."""
    monkeypatch.setattr("monitor.commands.bench_peers.peer_interpreter", lambda _: None)
    here = [one for one in contestants(None, FrontEndConfig()) if one.key in ("live", "floor", "usual")]
    monkeypatch.setattr(
        "monitor.commands.bench_peers.measure_peers", partial(measure_peers, turns=1, entered=here)
    )
    out, picture = tmp_path / "peers.json", tmp_path / "peers.png"
    assert run_peers(out, picture, model_name, [DEMO]) in (0, 1)
    told = json.loads(out.read_text())
    assert {one["key"] for one in told["contestants"]} == {"live", "floor", "usual"}
    assert all(one["cpu_ms"] > 0 and one["wall_ms"] > 0 and one["versions"] for one in told["contestants"])
    names = [figure["name"] for figure in told["figures"]]
    assert [name for name in names if name.endswith("CPU")] == [
        "auscult: signal path and network / usual script: the model's own steps: CPU",
        "auscult: signal path and network / floor: its bare calls: CPU",
    ]
    assert pictures.imread(picture).std() > 0
    text = capsys.readouterr().out
    assert "does not do" in text
    assert "looks ahead" in text


def test_a_peer_that_is_not_installed_is_one_line(model_name):
    absent = [one for one in contestants(sys.executable, FrontEndConfig()) if one.key == "biosppy"]
    with pytest.raises(
        CommandError, match=r"^BioSPPy: its PCG pipeline: failed \(ModuleNotFoundError: .*\)$"
    ):
        measure_peers(model_name, [DEMO], turns=1, entered=absent)


def test_the_peers_know_nothing_of_this_program(model_name):
    for one in contestants(sys.executable, FrontEndConfig(wavelet=None)):
        if one.key in ("librosa", "pypcg", "pypcg-quick", "biosppy"):
            assert one.command[1] == "-I"


@pytest.fixture
def job(model_name):
    return {"model": model_name, "hop_s": 0.4, "window_s": 10.0}


def test_our_part_is_the_path_that_a_stream_takes(classifier, job, samples):
    sound, rate = samples
    hops, result = own_path.live(job, classified=True)(sound, rate)()
    front_end = FrontEnd(rate, 0.4, classifier.config)
    windows = front_end.push(sound).windows[: int(hops)]
    assert hops == len(live_hops(sound, rate, job)) == 25
    assert result["p"].tolist() == [classifier.probability(front_end.image(one)) for one in windows]
    assert np.array_equal(result["image"], front_end.image(windows[-1]))


def test_the_archive_has_a_window_each_hop_though_the_recording_is_short(job, samples):
    sound, rate = samples
    for whole in (False, True):
        seconds, result = own_path.archive(job, whole)(sound, rate)()
        assert seconds == 20
        assert len(result["p"]) == 4  # at 10, 15.04, 20.08, 25.12; the stream ends at 30


def test_the_floor_calls_what_the_network_calls_and_leaves_it_as_it_was(classifier, job, samples):
    image = np.random.default_rng(1).standard_normal((50, 121)).astype(np.float32)
    recorded = own_path._Recorded()
    with recorded:
        before = classifier.probability(image)
    called = [function for function, _, _ in recorded.calls]
    assert called.count(torch.conv2d) == 2
    hops, result = own_path.floor(job)(*samples)()
    assert hops == 25
    assert result["image"].shape == (50, 121)
    assert classifier.probability(image) == before


@pytest.fixture
def samples():
    with Recording.open(DEMO) as recording:
        return np.concatenate(list(recording.blocks(recording.rate))), recording.rate


@pytest.mark.timeout(600)  # it makes two environments
def test_without_a_network_the_environment_is_one_line_and_tried_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("monitor.bench.peer_environment.user_cache_path", lambda *_, **__: tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    told = []
    for _ in range(2):
        with pytest.raises(CommandError, match="connect and try again") as failed:
            peer_interpreter(told.append)
        assert "\n" not in str(failed.value)
        assert "No matching distribution" in str(failed.value)
    assert [line for line in told if line.startswith("making")] == [told[0], told[0]]


def test_an_environment_is_made_once_for_its_versions(tmp_path, monkeypatch):
    made = []

    def create(folder, with_pip):
        made.append(folder)
        folder.mkdir()

    monkeypatch.setattr("monitor.bench.peer_environment.user_cache_path", lambda *_, **__: tmp_path)
    monkeypatch.setattr("monitor.bench.peer_environment.venv.create", create)
    monkeypatch.setattr("monitor.bench.peer_environment._install", lambda *_: None)
    first = peer_interpreter()
    assert peer_interpreter() == first
    assert len(made) == 1
    other = tmp_path / "versions.txt"
    other.write_text("librosa==0.10.2\n")
    monkeypatch.setattr("monitor.bench.peer_environment.VERSIONS", other)
    assert peer_interpreter() != first
    assert len(made) == 2


def test_every_peer_has_one_version():
    lines = [line for line in VERSIONS.read_text().splitlines() if not line.startswith("#")]
    names = [line.split("==")[0].lower() for line in lines]
    assert all(line.count("==") == 1 for line in lines)
    assert {"librosa", "pypcg_toolbox", "biosppy"} <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "words",
    [
        "bench --peers --soak",
        "bench --peers --only hop",
        "bench --peers --support x.zip",
        "bench --peers --streams 3",
        "bench --streams 0",
        "bench --streams 3 --hop 0.5",
        "bench --hop 0.4",
        "bench heart.wav",
        "bench --png peers.png",
    ],
)
def test_what_does_not_go_together_is_wrong_usage(words):
    told = CliRunner().invoke(cli, words.split())
    assert told.exit_code == 2
    assert "Traceback" not in told.output


def test_the_picture_shows_a_missed_target_in_another_colour():
    shown = [
        pictures.imread(_file(ratios_figure("ratios", [("one / other", value, 0.5)]))) for value in (0.4, 0.6)
    ]
    assert [
        bool((np.abs(one[..., :3] - (0xD5 / 255, 0x5E / 255, 0)) < 0.01).all(axis=2).any()) for one in shown
    ] == [
        False,
        True,
    ]


def _file(data):
    return io.BytesIO(data)
