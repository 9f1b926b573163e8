"""Capture in a process of its own: a driver that hangs, spins or dies takes nothing else with it.

The program writes lines of JSON and then, once told to start, frames of sound on its standard output. It
ends when its standard input is closed, and so never outlives who started it. PortAudio lists devices once
in a process's life; each of these processes sees those that are there now.
"""

from __future__ import annotations

import json
import math
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from monitor.audio import (
    MOST_CHANNELS,
    InputDevice,
    best_rate,
    channels_for,
    find_input,
    input_devices,
    offered_rates,
    open_input,
)
from monitor.pulse_route import watch_route
from monitor.sources.protocol import NoSuchDeviceError, SourceError

if TYPE_CHECKING:
    from recordings import Channel

OPEN_S = 10.0
"""A sound system that has not answered after so long will not."""

RATES_S = 3.0
"""A device that has not said in this time at which rates it opens is listed without them."""

LOUDER_S = 1.0
"""For so long it is listened to two channels to tell the louder one; that sound is not kept."""

KEPT_S = 120
"""Seconds of sound kept for a reader that does not read."""

_FRAME = struct.Struct("<qIId")
_ENDED = -1
"""In the place of a frame's index: the device gives no more, and why, in words, follows."""

_LARGEST_FRAME = 1 << 20
_LONGEST_LINE = 1 << 20
_HIGHEST_RATE = 1_000_000
_AHEAD_S = 1.0
_NO_ANSWER = "the sound system does not answer; unplug the device, plug it in, try again"
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
        channel: Counted from 1, or the mean or the louder one of a device's two.
        host_api: The interface it must be reached through; None for any.
        rate: What it must run at; None for what it offers.

    Attributes:
        device: What was found, with the rate that it will run at.
        channel: As given, or the one that was found to be louder.
        ended: Why there are no more frames, where the process said so; empty otherwise.
    """

    def __init__(
        self, name: str | None, channel: Channel = 1, host_api: str | None = None, rate: int | None = None
    ) -> None:
        self._process = _started({"name": name, "channel": channel, "host_api": host_api, "rate": rate})
        self._out = cast(BinaryIO, self._process.stdout)
        self.device: InputDevice
        self.channel = channel
        self.ended = ""
        self._next, self._overflows, self._arrived = 0, 0, -math.inf

    def find(self) -> None:
        """Find the device.

        Raises:
            SourceError: There is no such device or channel, or it offers no such rate.
        """
        self.device = _device(_answer(self._process).get("device"))

    def start(self) -> None:
        """Open the device and begin; frames follow.

        Raises:
            SourceError: It cannot be opened, or refuses.
        """
        assert self._process.stdin is not None
        with suppress(OSError):  # where it has ended, its line tells why
            self._process.stdin.write(b"start\n")
            self._process.stdin.flush()
        started = _answer(self._process, OPEN_S + LOUDER_S).get("started")
        if self.channel == "louder" and isinstance(started, int):
            self.channel = started
        self._began = time.monotonic()

    def read(self) -> Frame | None:
        """The next frame, waiting for it; None when none will come any more."""
        head = self._out.read(_FRAME.size)
        if len(head) < _FRAME.size:
            return None
        index, count, overflows, arrived = _FRAME.unpack(head)
        if count > _LARGEST_FRAME:
            return None
        data = self._out.read(4 * count)
        if len(data) < 4 * count:
            return None
        if index == _ENDED:
            self.ended = " ".join(data.decode(errors="replace").split())
            return None
        frame = Frame(index, np.frombuffer(data, "<f4"), overflows, arrived)
        return frame if self._is_next(frame) else None

    def _is_next(self, frame: Frame) -> bool:
        """Whether it can follow what came before; a process gone mad is ended, not believed."""
        now = time.monotonic()
        # Of what found no room only the place is known, but time has passed for all of it.
        most = self._next + (now - self._began + _AHEAD_S) * 2 * self.device.rate
        fits = (
            frame.samples.size > 0
            and self._next <= frame.index <= most
            and self._overflows <= frame.overflows
            and self._arrived <= frame.arrived <= now + _AHEAD_S
        )
        self._next = frame.index + frame.samples.size
        self._overflows, self._arrived = frame.overflows, frame.arrived
        return fits

    def kill(self) -> None:
        """End the process; ``read`` then answers None. Callable from any thread."""
        self._process.kill()

    def close(self) -> None:
        """End the process and wait for it. Not while another thread reads."""
        _end(self._process)


def list_inputs(rates: bool = False) -> list[InputDevice]:
    """The input devices that there are now, whatever this process has listed before.

    Args:
        rates: Ask each at which rates it opens; one that does not answer in time keeps none.

    Raises:
        SourceError: There is no PortAudio library, or the sound system does not answer.
    """
    process = _started({"rates": rates})
    try:
        told = _answer(process).get("devices")
        if not isinstance(told, list):
            raise SourceError(_NO_ANSWER)
        devices = [_device(one) for one in told]
        with suppress(SourceError):
            for place, device in enumerate(devices if rates else ()):
                offered = _answer(process, RATES_S).get("rates")
                devices[place] = _device({**asdict(device), "rates": offered})
        return devices
    finally:
        _end(process)


def _started(request: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "monitor.capture_process", json.dumps(request)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=_NO_WINDOW,
        start_new_session=os.name == "posix",  # Ctrl-C is for the program, which ends this
    )


def _answer(process: subprocess.Popen[bytes], within_s: float = OPEN_S) -> Mapping[str, Any]:
    """The next line of JSON that it writes; a process that writes nothing is ended."""
    assert process.stdout is not None
    late = threading.Timer(within_s, process.kill)
    late.start()
    try:
        found = json.loads(process.stdout.readline(_LONGEST_LINE))
    except (ValueError, RecursionError):
        raise SourceError(_NO_ANSWER) from None
    finally:
        late.cancel()
    if not isinstance(found, dict):
        raise SourceError(_NO_ANSWER)
    if "error" in found:
        kind = NoSuchDeviceError if found.get("missing") else SourceError
        raise kind(" ".join(str(found["error"]).split()))
    return found


def _device(told: object) -> InputDevice:
    """A device of its fields.

    Raises:
        SourceError: They are not.
    """
    kinds = {item.name: str(item.type).partition("[")[0] for item in fields(InputDevice)}
    if not isinstance(told, dict) or told.keys() != kinds.keys() or not isinstance(told["rates"], list):
        raise SourceError(_NO_ANSWER)
    device = InputDevice(**{**told, "rates": tuple(told["rates"])})
    if (
        any(type(getattr(device, name)).__name__ != kind for name, kind in kinds.items())
        or any(type(rate) is not int for rate in device.rates)
        or not 1 <= device.rate <= _HIGHEST_RATE
    ):
        raise SourceError(_NO_ANSWER)
    return device


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not yet written has nobody to go to
                pipe.close()


class _Sender:
    """Takes blocks on PortAudio's thread and writes them on the main one.

    Args:
        out: Where the frames go.
        rate: Samples a second.
        channel: As ``Capture``'s; of "louder" nothing is kept before ``louder`` has said which.
    """

    def __init__(self, out: BinaryIO, rate: int, channel: Channel) -> None:
        self._out, self._channel = out, channel
        self._listened, self._energy = 0, np.zeros(MOST_CHANNELS)
        self._judged = threading.Event()
        self._least = round(LOUDER_S * rate)
        self._blocks: queue.SimpleQueue[tuple[int, int, int, float, bytes] | None] = queue.SimpleQueue()
        self._index = self._overflows = self._written = 0
        self._most = KEPT_S * rate

    def capture(self, block: NDArray[np.float32], overflowed: bool) -> None:
        """Keep a block, shape (n, 1 or more); of one that finds no room only its place."""
        if self._channel == "louder":
            self._listen(block)
            return
        self._overflows += overflowed
        if self._index - self._written < self._most:
            chosen = block.mean(axis=1) if self._channel == "mono" else block[:, self._channel - 1]
            data = chosen.astype("<f4", copy=False).tobytes()
            self._blocks.put((self._index, len(block), self._overflows, time.monotonic(), data))
        self._index += len(block)

    def louder(self) -> int:
        """Listen for a while, then keep the louder channel, counted from 1; returns which it is."""
        self._judged.wait(LOUDER_S + OPEN_S / 2)
        self._channel = 1 + int(np.argmax(self._energy))
        return self._channel

    def _listen(self, block: NDArray[np.float32]) -> None:
        # An offset, which cheap adapters have, is not loud.
        self._energy[: block.shape[1]] += len(block) * np.var(block, axis=0)
        self._listened += len(block)
        if self._listened >= self._least:
            self._judged.set()

    def finish(self, why: str = "") -> None:
        """No more will come, and why, where that is known."""
        if why:
            self._blocks.put((_ENDED, len(words := _padded(why)) // 4, 0, 0.0, words))
        self._blocks.put(None)

    def run(self) -> None:
        """Write frames until there are no more."""
        while (block := self._blocks.get()) is not None:
            *head, data = block
            self._out.write(_FRAME.pack(*head) + data)
            self._out.flush()
            self._written = block[0]


def _padded(words: str) -> bytes:
    """As bytes, a whole number of float32."""
    data = words.encode()
    return data + b" " * (-len(data) % 4)


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
        if "rates" in request:
            devices = input_devices()
            _say(out, {"devices": [asdict(device) for device in devices]})
            for device in devices if request["rates"] else ():
                _say(out, {"rates": offered_rates(device)})
            return
        device = find_input(request["name"], request["host_api"])
        channels = channels_for(device, request["channel"])
        rate = best_rate(device, channels, request["rate"])
        _say(out, {"device": {**asdict(device), "rate": rate}})
        started.wait()
        sender = _Sender(out, rate, request["channel"])
        # Named, or it would be collected while PortAudio calls it.
        stream = open_input(device, channels, rate, sender.capture, sender.finish)
        stream.start()
        watch_route(lambda: sender.finish("was given another input by the sound server"))
        _say(out, {"started": sender.louder() if request["channel"] == "louder" else True})
        sender.run()
    except SourceError as error:
        _say(out, {"error": str(error), "missing": isinstance(error, NoSuchDeviceError)})
    except OSError:  # nobody reads any more
        pass
    finally:
        # Ending PortAudio may wait for ever for a server that died.
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
