"""A real scheduler and real workers, which die, hide files, and have other programs."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import psutil
import pytest
import soundfile as sf

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from tests.monitor.sound_server import until

pytest.importorskip("distributed", reason="Dask is not installed")

LIMIT_S = 250
RECORDINGS = 40


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def started(*words, before=(), **options):
    process = subprocess.Popen(
        [*before, sys.executable, "-m", *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **options,
    )
    try:
        yield process
    finally:
        for child in (*psutil.Process(process.pid).children(recursive=True), process):
            child.kill()
        process.wait()


def answers(address):
    host, port = re.fullmatch("tcp://(.*):([0-9]+)", address).groups()
    with socket.socket() as asking:
        return asking.connect_ex((host, int(port))) == 0


@contextmanager
def scheduler(host="127.0.0.1"):
    """Gives its address and its process."""
    port = free_port()
    words = ("--host", host, "--port", port, "--no-dashboard", "--no-show")
    with started("distributed.cli.dask_scheduler", *words) as process:
        until(lambda: answers(f"tcp://{host}:{port}"), "the scheduler answers", LIMIT_S)
        yield f"tcp://{host}:{port}", process


def worker(address, folder, **options):
    """One process, which nobody starts again when it dies."""
    return started(
        *["distributed.cli.dask_worker", address, "--nthreads", 1, "--no-nanny", "--no-dashboard"],
        *["--local-directory", folder],
        **options,
    )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with scheduler() as (address, _), worker(address, tmp_path_factory.mktemp("worker")):
        yield address


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    sound = HeartSoundSynthesizer(SynthesisConfig(rate=2000)).read(12 * 2000 + 100 * RECORDINGS)
    for place in range(RECORDINGS):
        sf.write(folder / f"{place:02}.wav", sound[100 * place :], 2000)
    (folder / "00, odd\n<name>.wav").write_bytes(b"no sound")
    return folder


def command(*words, first=""):
    """A screening, in a process that does something else first."""
    return [
        sys.executable,
        "-c",
        f"{first}\nfrom monitor.cli import main; main()",
        "screen",
        *map(str, words),
    ]


def screen(*words, **options):
    return subprocess.run(command(*words), capture_output=True, text=True, timeout=LIMIT_S, **options)


def begun(*words, **options):
    """The same, not waited for."""
    return subprocess.Popen(command(*words, **options), stderr=subprocess.PIPE, text=True)


SMALL_CHUNKS = "import monitor.screening.cluster as cluster; cluster.CHUNK = 3"
"""So that of a few recordings most are still to be judged when the first rows are there."""


@pytest.fixture(scope="module")
def whole(archive, model_name, tmp_path_factory):
    """What this machine's own cores make of it."""
    out = tmp_path_factory.mktemp("whole") / "out.csv"
    assert screen(archive, "--out", out, "--model", model_name).returncode == 0
    return out


def rows(out):
    return out.read_bytes().count(b"\n") if out.exists() else 0


def test_a_cluster_makes_the_same_bytes_as_this_machine(cluster, archive, whole, model_name, tmp_path):
    out = tmp_path / "out.csv"
    done = screen(archive, "--out", out, "--model", model_name, "--scheduler", cluster)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (0, "", 1), done.stderr
    assert out.read_bytes() == whole.read_bytes()
    assert out.with_suffix(".html").read_bytes() == whole.with_suffix(".html").read_bytes()


def test_a_worker_that_dies_costs_no_row(archive, whole, model_name, tmp_path):
    out = tmp_path / "out.csv"
    with (
        scheduler() as (address, _),
        worker(address, tmp_path / "a"),
        worker(address, tmp_path / "b") as other,
    ):
        words = (archive, "--out", out, "--model", model_name, "--scheduler", address)
        process = begun(*words, first=SMALL_CHUNKS)
        until(lambda: rows(out) > 2 or process.poll() is not None, "the first rows", LIMIT_S)
        assert rows(out) < RECORDINGS
        other.kill()
        told = process.communicate(timeout=LIMIT_S)[1]
    assert (process.returncode, told.count("\n")) == (0, 1), told
    assert out.read_bytes() == whole.read_bytes()


def test_recordings_that_a_worker_does_not_find_are_sent(cluster, archive, whole, model_name, tmp_path):
    """Under the same path it finds others: the worker's folder holds the truth's names with other sound."""
    here = tmp_path / "here"
    shutil.copytree(archive, here, copy_function=shutil.copy)
    namespace = ["unshare", "--mount", "--propagation", "private", "sh", "-c"]
    if subprocess.run([*namespace, "mount -t tmpfs none /mnt"], capture_output=True).returncode:
        pytest.skip("this machine does not let a process have file systems of its own")
    hidden = f'mount -t tmpfs none {here} && echo other > {here}/00.wav && exec "$@"'
    with scheduler() as (address, _), worker(address, tmp_path / "w", before=[*namespace, hidden, "sh"]):
        out = tmp_path / "out.csv"
        done = screen("here", "--out", out, "--model", model_name, "--scheduler", address, cwd=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    told = out.read_text().replace("here/", f"{archive}/")
    assert told == whole.read_text()


def test_workers_in_network_namespaces_of_their_own(archive, whole, model_name, tmp_path):
    if os.geteuid() or not shutil.which("ip"):
        pytest.skip("network namespaces need root and ip: apt-get install iproute2")
    names = [f"auscult{os.getpid()}{letter}" for letter in "ab"]
    bridge = f"au{os.getpid() % 10**8}"
    host = "198.18.7.1"

    def ip(*words):
        return subprocess.run(["ip", *words], capture_output=True, text=True)

    try:
        if ip("link", "add", bridge, "type", "bridge").returncode:
            pytest.skip("this machine does not let its user make network namespaces")
        ip("addr", "add", f"{host}/24", "dev", bridge)
        ip("link", "set", bridge, "up")
        for place, name in enumerate(names):
            inside, outside = f"{bridge[:12]}i{place}", f"{bridge[:12]}o{place}"
            for words in (
                ("netns", "add", name),
                ("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name),
                ("link", "set", outside, "master", bridge, "up"),
                ("-n", name, "addr", "add", f"198.18.7.{place + 2}/24", "dev", inside),
                ("-n", name, "link", "set", inside, "up"),
                ("-n", name, "link", "set", "lo", "up"),
            ):
                done = ip(*words)
                if done.returncode:
                    pytest.skip(f"no network namespace: {done.stderr.strip()}")
        out = tmp_path / "out.csv"
        inside = [["ip", "netns", "exec", name] for name in names]
        with (
            scheduler(host) as (address, _),
            worker(address, tmp_path / "a", before=inside[0]),
            worker(address, tmp_path / "b", before=inside[1]) as other,
        ):
            words = (archive, "--out", out, "--model", model_name, "--scheduler", address)
            process = begun(*words, first=SMALL_CHUNKS)
            until(lambda: rows(out) > 2 or process.poll() is not None, "the first rows", LIMIT_S)
            os.killpg(other.pid, signal.SIGKILL)
            told = process.communicate(timeout=LIMIT_S)[1]
        assert (process.returncode, told.count("\n")) == (0, 1), told
        assert out.read_bytes() == whole.read_bytes()
    finally:
        for name in names:
            ip("netns", "del", name)
        ip("link", "del", bridge)


def test_a_worker_of_another_version_is_told_of(cluster, archive, model_name, tmp_path):
    other = (
        "import importlib.metadata as found\n"
        "told = found.version\n"
        "found.version = lambda name: '9.9.9' if name == 'auscult' else told(name)"
    )
    words = (archive, "--out", tmp_path / "out.csv", "--model", model_name, "--scheduler", cluster)
    process = begun(*words, first=other)
    told = process.communicate(timeout=LIMIT_S)[1]
    assert (process.returncode, told.count("\n")) == (1, 1), told
    assert re.fullmatch(r"auscult: a worker runs auscult .*, not auscult 9.9.9; .*\n", told)


def test_no_scheduler_and_no_workers_are_one_line(archive, model_name, tmp_path):
    with scheduler() as (idle, _):
        # Side by side, as each waits for what may still come.
        asked = [
            (said, begun(archive, "--out", tmp_path / name, "--model", model_name, "--scheduler", address))
            for name, address, said in (
                ("a.csv", f"tcp://127.0.0.1:{free_port()}", "no Dask scheduler answers there"),
                ("b.csv", "nonsense://there", "no Dask scheduler answers there"),
                ("c.csv", idle, "has no workers"),
            )
        ]
        for said, process in asked:
            told = process.communicate(timeout=LIMIT_S)[1]
            assert (process.returncode, told.count("\n")) == (1, 1), told
            assert said in told


def test_a_lost_scheduler_is_one_line(archive, model_name, tmp_path):
    out = tmp_path / "out.csv"
    with scheduler() as (address, asked), worker(address, tmp_path / "w"):
        words = (archive, "--out", out, "--model", model_name, "--scheduler", address)
        process = begun(*words, first=SMALL_CHUNKS)
        until(lambda: rows(out) > 2 or process.poll() is not None, "the first rows", LIMIT_S)
        asked.kill()
        told = process.communicate(timeout=LIMIT_S)[1]
    assert (process.returncode, told.count("\n")) == (1, 1), told
    assert "the scheduler is lost" in told


def test_without_dask_it_is_one_line(archive, model_name, tmp_path):
    words = (archive, "--out", tmp_path / "out.csv", "--model", model_name)
    process = begun(
        *words, "--scheduler", "tcp://127.0.0.1:1", first="import sys; sys.modules['distributed'] = None"
    )
    told = process.communicate(timeout=LIMIT_S)[1]
    assert process.returncode == 1
    assert told == "auscult: a cluster needs Dask: pip install 'auscult[cluster]'\n"
