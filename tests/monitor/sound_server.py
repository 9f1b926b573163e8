"""A private PulseAudio daemon and sound written into it, and a private JACK server."""

import ctypes.util
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np


def missing_program(*programs):
    """What a test with real sound lacks on this machine, or None."""
    for program in programs:
        if shutil.which(program) is None:
            return program
    return None if ctypes.util.find_library("portaudio") else "PortAudio library"


def until(condition, what, timeout=20.0, every_s=0.02):
    """Wait for a condition; returns its value."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what} within {timeout} s"
        time.sleep(every_s)
    return value


class SoundServer:
    """The daemon, started in the foreground and ended by its process."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.fifo = self.folder / "st.fifo"
        self.socket = self.folder / "native"
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(self.folder / "rt"),
            "PULSE_STATE_PATH": str(self.folder / "st"),
            "PULSE_SERVER": f"unix:{self.socket}",
            "OMP_NUM_THREADS": "1",
        }

    def __enter__(self):
        self.begin()
        return self

    def begin(self):
        """Start the daemon, for the first time or again."""
        serving = {name: value for name, value in self.environment.items() if name != "PULSE_SERVER"}
        self.process = subprocess.Popen(
            [
                *["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"],
                *["--realtime=no", "--high-priority=no"],
                *["-L", f"module-native-protocol-unix auth-anonymous=1 socket={self.socket}"],
            ],
            env=serving,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._answers, "the sound server answers")

    def __exit__(self, *_):
        self.end()

    def _answers(self):
        assert self.process.poll() is None, "the sound server ended"
        return subprocess.run(["pactl", "info"], env=self.environment, capture_output=True).returncode == 0

    def end(self):
        self.process.kill()
        self.process.wait()

    def control(self, *words):
        done = subprocess.run(
            ["pactl", *words], env=self.environment, capture_output=True, text=True, timeout=20, check=True
        )
        return done.stdout

    def add_stethoscope(self, rate=48_000, channels=1):
        """An input of 16 bit that runs at the pace of what is written into its pipe."""
        self.fifo.unlink(missing_ok=True)  # of one that was killed
        self._stethoscope = self.control(
            *["load-module", "module-pipe-source", "source_name=st", f"file={self.fifo}"],
            *["format=s16le", f"rate={rate}", f"channels={channels}"],
        ).strip()
        self.environment["PULSE_SOURCE"] = "st"

    def pull_stethoscope(self):
        """Take the input away."""
        self.control("unload-module", self._stethoscope)

    def add_other_input(self):
        """An input of silence, to which the server moves who listened to one that went away."""
        self.control("load-module", "module-null-source", "source_name=other", "rate=48000", "channels=1")

    def add_loudspeaker(self):
        """An output whose monitor can be recorded."""
        self.control("load-module", "module-null-sink", "sink_name=out", "rate=48000", "channels=1")

    def captured(self):
        """Whether some program listens to an input."""
        return bool(self.control("list", "short", "source-outputs").strip())

    def run(self, *words):
        """Start a Python program that uses this server."""
        return subprocess.Popen(
            [sys.executable, *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


class _Writer:
    """Writes into the stethoscope's pipe on a thread of its own, as ``_run`` says, until it is left."""

    def __init__(self, server):
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


class Feed(_Writer):
    """Writes PCM into the stethoscope's pipe: silence until someone listens, the sound once, silence.

    A second of silence at its own pace goes before the sound, as a stream is seen a while before it runs.
    """

    def __init__(self, server, sound, rate=48_000):
        super().__init__(server)
        self._sound = memoryview(sound)
        self._silence = bytes(2 * rate // 100)

    def _run(self):
        # Kept open throughout: the server does not always go on with a second writer.
        pipe = os.open(self._server.fifo, os.O_RDWR | os.O_NONBLOCK)
        try:
            while not self._over.is_set() and not self._server.captured():
                self._write(pipe, memoryview(self._silence))
            for _ in range(100):
                self._write(pipe, memoryview(self._silence))
                self._over.wait(0.01)
            self._write(pipe, self._sound)
            while not self._over.wait(0.01):
                self._write(pipe, memoryview(self._silence))
        finally:
            os.close(pipe)

    def _write(self, pipe, data):
        while data and not self._over.is_set():
            try:
                data = data[os.write(pipe, data[:9600]) :]
            except BlockingIOError:
                self._over.wait(0.005)


class LiveFeed(_Writer):
    """Writes 1, 2, … 30,000, 1, … into the stethoscope's pipe at its own rate, and into the next one's too.

    Never zero, and each sample is told from those near it.
    """

    PERIOD = 30_000

    def __init__(self, server, rate):
        super().__init__(server)
        self._rate = rate
        self._starved = threading.Event()

    def starve(self):
        """Write no more."""
        self._starved.set()

    def go_on(self):
        """Write again, from where the clock is now."""
        self._starved.clear()

    def _run(self):
        pipe, began, written = None, time.monotonic(), 0
        try:
            while not self._over.wait(0.01):
                pipe = self._current(pipe)
                due = int((time.monotonic() - began) * self._rate)
                if pipe is not None and not self._starved.is_set():
                    with suppress(BlockingIOError):  # where nobody takes it
                        os.write(pipe, self._samples(written, due).tobytes())
                written = due
        finally:
            if pipe is not None:
                os.close(pipe)

    def _samples(self, start, end):
        """What is written of the sound, from one place of it to another."""
        return (np.arange(start, end) % self.PERIOD + 1).astype("<i2")

    def _current(self, pipe):
        """The pipe that there is now, perhaps another than before."""
        try:
            now = os.stat(self._server.fifo)  # noqa: PTH116
            if pipe is None or now.st_ino != os.fstat(pipe).st_ino:
                new = os.open(self._server.fifo, os.O_RDWR | os.O_NONBLOCK)
                if pipe is not None:
                    os.close(pipe)
                return new
        except FileNotFoundError:
            pass
        return pipe


_PLAYER = """
import sys, time
import numpy as np
import sounddevice as sd
rate, period = map(int, sys.argv[1:])
played = 0
def fill(block, frames, _time, _status):
    global played
    block[:, 0] = (np.arange(played, played + frames) % period + 1) / 2**15
    played += frames
(device,) = [place for place, device in enumerate(sd.query_devices()) if device["name"] == "system"]
with sd.OutputStream(rate, device=device, channels=1, dtype="float32", callback=fill):
    print("playing", flush=True)
    time.sleep(3600)
"""


class Chest(LiveFeed):
    """A heart under the stethoscope's chest piece, which may be put elsewhere.

    Args:
        server: Has the stethoscope.
        rate: Its own.
    """

    def __init__(self, server, rate=48_000):
        super().__init__(server, rate)
        self._sound = np.zeros(rate, "<i2")

    def hold_on(self, sound):
        """Hear another sound from now on, again and again: a full scale of 1, at the stethoscope's rate."""
        self._sound = np.round(np.clip(sound, -1, 1) * 32767).astype("<i2")

    def _samples(self, start, end):
        return np.take(self._sound, np.arange(start, end), mode="wrap")


class JackServer:
    """JACK with its dummy driver, which runs on a timer and delivers zeros."""

    def __init__(self, name, rate):
        self.name = name
        self.rate = rate
        self.environment = {
            **os.environ,
            "JACK_DEFAULT_SERVER": name,
            "JACK_NO_AUDIO_RESERVATION": "1",
            "JACK_NO_START_SERVER": "1",
            "PULSE_SERVER": "unix:/nowhere",
            "OMP_NUM_THREADS": "1",
        }

    def __enter__(self):
        self.begin()
        return self

    def begin(self):
        """Start the server, for the first time or again."""
        self.process = subprocess.Popen(
            [
                *["jackd", "--no-realtime", "--name", self.name],
                *["-d", "dummy", "-r", str(self.rate), "-p", str(self.rate // 100)],
            ],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._answers, "JACK answers")

    def _answers(self):
        assert self.process.poll() is None, "JACK ended"
        return (
            subprocess.run(["jack_wait", "-c", "-s", self.name], env=self.environment, capture_output=True)
            .stdout.strip()
            .startswith(b"running")
        )

    @contextmanager
    def playing(self):
        """Play 1, 2, … 30,000, 1, … out of a program, which JACK offers as the input ``PortAudio``."""
        player = self.run("-c", _PLAYER, str(self.rate), str(LiveFeed.PERIOD))
        try:
            assert player.stdout.readline(), player.stderr.read()
            yield
        finally:
            player.kill()
            player.communicate()

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def run(self, *words):
        """Start a Python program that uses this server."""
        return subprocess.Popen(
            [sys.executable, *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
