"""Capture in a process of its own: a driver that hangs, spins or dies takes nothing else with it.

The program writes lines of JSON and then, once told to start, frames of sound on its standard output. It
ends when its standard input is closed, and so never outlives who started it. PortAudio lists devices once
in a process's life; each of these processes sees those that are there now.
"""

from __future__ import annotations

import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from monitor.audio import InputDevice, best_rate, find_input, input_devices, open_input
from monitor.sources.protocol import SourceError

OPEN_S = 10.0
"""A sound system that has not answered after so long will not."""

KEPT_S = 120
"""Seconds of sound kept for a reader that does not read."""

_FRAME = struct.Struct("<qIId")
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


@dataclass(frozen=True, eq=False)
class Frame:
    """A block of captured sound.

    Attributes:
        index: Of its first sample, counted from the stream's start.
        samples: Shape (n,), float32.
        overflows: How often the device has dropped sound since the start.
        arrived: ``time.monotonic`` when it came from the device, in seconds.
    """

    index: int
    samples: NDArray[np.float32]
    overflows: int
    arrived: float


class Capture:
    """An input device in the hands of another process: ``find``, ``start``, ``read`` on and on, ``close``.

    Args:
        name: Of the device, or a part of it; None for the system's default.
        channel: Counted from 1.
        host_api: The interface it must be reached through; None for any.
        rate: What it must run at; None for what it offers.

    Attributes:
        device: What was found, with the rate that it will run at.
    """

    def __init__(
        self, name: str | None, channel: int = 1, host_api: str | None = None, rate: int | None = None
    ) -> None:
        self._process = _started({"name": name, "channel": channel, "host_api": host_api, "rate": rate})
        self._out = cast(BinaryIO, self._process.stdout)
        self.device: InputDevice

    def find(self) -> None:
        """Find the device.

        Raises:
            SourceError: There is no such device or channel, or it offers no such rate.
        """
        self.device = InputDevice(**_answer(self._process)["device"])

    def start(self) -> None:
        """Open the device and begin; frames follow.

        Raises:
            SourceError: It cannot be opened, or refuses.
        """
        assert self._process.stdin is not None
        with suppress(OSError):  # where it has ended, its line tells why
            self._process.stdin.write(b"start\n")
            self._process.stdin.flush()
        _answer(self._process)

    def read(self) -> Frame | None:
        """The next frame, waiting for it; None when none will come any more."""
        head = self._out.read(_FRAME.size)
        if len(head) < _FRAME.size:
            return None
        index, count, overflows, arrived = _FRAME.unpack(head)
        data = self._out.read(4 * count)
        if len(data) < 4 * count:
            return None
        return Frame(index, np.frombuffer(data, "<f4"), overflows, arrived)

    def kill(self) -> None:
        """End the process; ``read`` then answers None. Callable from any thread."""
        self._process.kill()

    def close(self) -> None:
        """End the process and wait for it. Not while another thread reads."""
        _end(self._process)


def list_inputs() -> list[InputDevice]:
    """The input devices that there are now, whatever this process has listed before.

    Raises:
        SourceError: There is no PortAudio library, or the sound system does not answer.
    """
    process = _started(None)
    try:
        return [InputDevice(**device) for device in _answer(process)["devices"]]
    finally:
        _end(process)


def _started(request: Mapping[str, Any] | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "monitor.capture_process", json.dumps(request)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=_NO_WINDOW,
        start_new_session=os.name == "posix",  # Ctrl-C is for the program, which ends this
    )


def _answer(process: subprocess.Popen[bytes]) -> Mapping[str, Any]:
    """The next line of JSON that it writes; a process that writes nothing is ended."""
    assert process.stdout is not None
    late = threading.Timer(OPEN_S, process.kill)
    late.start()
    try:
        found = json.loads(process.stdout.readline())
    except ValueError:
        raise SourceError(
            "the sound system does not answer; unplug the device, plug it in, try again"
        ) from None
    finally:
        late.cancel()
    if "error" in found:
        raise SourceError(found["error"])
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not yet written has nobody to go to
                pipe.close()


class _Sender:
    """Takes blocks on PortAudio's thread and writes them on the main one."""

    def __init__(self, out: BinaryIO, rate: int) -> None:
        self._out = out
        self._blocks: queue.SimpleQueue[tuple[int, int, int, float, bytes] | None] = queue.SimpleQueue()
        self._index = self._overflows = self._written = 0
        self._most = KEPT_S * rate

    def capture(self, block: NDArray[np.float32], overflowed: bool) -> None:
        """Keep a block, shape (n, 1 or more); of one that finds no room only its place."""
        self._overflows += overflowed
        if self._index - self._written < self._most:
            data = block[:, -1].astype("<f4", copy=False).tobytes()
            self._blocks.put((self._index, len(block), self._overflows, time.monotonic(), data))
        self._index += len(block)

    def finish(self) -> None:
        """No more will come."""
        self._blocks.put(None)

    def run(self) -> None:
        """Write frames until there are no more."""
        while (block := self._blocks.get()) is not None:
            *head, data = block
            self._out.write(_FRAME.pack(*head) + data)
            self._out.flush()
            self._written = block[0]


def _say(out: BinaryIO, line: Mapping[str, Any]) -> None:
    out.write(json.dumps(line).encode() + b"\n")
    out.flush()


def _end_with_input(started: threading.Event) -> None:
    if sys.stdin.buffer.readline():
        started.set()
        sys.stdin.buffer.read()
    os._exit(0)


def main(arguments: Sequence[str]) -> None:
    """The process: find the device, open it, say what it is, wait, send."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print is not for the reader
    request = json.loads(arguments[0])
    started = threading.Event()
    threading.Thread(target=_end_with_input, args=[started], daemon=True).start()
    try:
        if request is None:
            _say(out, {"devices": [asdict(device) for device in input_devices()]})
            return
        device = find_input(request["name"], request["host_api"])
        rate = best_rate(device, request["channel"], request["rate"])
        _say(out, {"device": {**asdict(device), "rate": rate}})
        started.wait()
        sender = _Sender(out, rate)
        # Named, or it would be collected while PortAudio calls it.
        stream = open_input(device, request["channel"], rate, sender.capture, sender.finish)
        stream.start()
        _say(out, {"started": True})
        sender.run()
    except SourceError as error:
        _say(out, {"error": str(error)})
    except OSError:  # nobody reads any more
        pass
    finally:
        # Ending PortAudio may wait for ever for a server that died.
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
