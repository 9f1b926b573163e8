"""Sound devices. The only module that imports sounddevice, and only when a device is asked for."""

from __future__ import annotations

import atexit
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from monitor.sources.protocol import NoSuchDeviceError, SourceError
from monitor.standard_error import keep_standard_error

if TYPE_CHECKING:
    from recordings import Channel

NO_PORTAUDIO = (
    "no PortAudio library: install it (Debian and Ubuntu: apt-get install libportaudio2); "
    "recordings, synth and standard input work without it"
)

INPUT_BUFFER_S = 0.2
"""Asked of a device: its own default, often 35 ms, loses sound when the processor is busy for a moment."""

OUTPUT_BUFFER_S = 0.3
"""Likewise; the picture follows what is heard, so the delay does not show."""

PROMPT_BUFFER_S = 0.06
"""Likewise, where whoever listens also feels the pulse."""

RATES = (48_000, 44_100, 32_000, 16_000, 8_000, 4_000, 96_000, 22_050, 11_025, 192_000)
"""Tried in this order where a device does not open at its default rate, in hertz."""

HOST_APIS = ("Windows WASAPI", "Core Audio", "ALSA")
"""Of the interfaces to one device the first of these is taken: the others resample, mix or truncate names."""

MOST_CHANNELS = 2
"""Captured where no channel is numbered."""

_WASAPI = "Windows WASAPI"
_BRACKETED = re.compile(r"^(.*\S)\s*\[(.+)\]$")
_BUILT_IN = re.compile(r"built.?in|internal|macbook|imac|realtek|microphone array|hda intel|\bdmic\b", re.I)
_HEADPHONES = re.compile(r"head.?(phone|set)|ear.?(phone|bud|pod)|airpod|\bbuds\b", re.I)
_LOUDSPEAKER = re.compile(r"speaker|built.?in|internal|macbook|imac|realtek|hda intel|monitor|hdmi", re.I)
_CLOSE_S = 2.0

Capture = Callable[[NDArray[np.float32], bool], None]
"""Takes a block, shape (n, channels), valid only during the call, and whether some before it overflowed."""

Fill = Callable[[NDArray[np.float32]], None]
"""Fills a block, shape (n,)."""


@dataclass(frozen=True)
class InputDevice:
    """A device that can be listened to.

    Attributes:
        name: As the system calls it.
        host_api: Through which interface.
        channels: Most input channels.
        rate: Its default rate in hertz.
        default: It is the system's default input.
        index: PortAudio's number for it, good only until devices change.
        rates: Those of ``RATES`` at which it opens, in hertz, rising, where that was asked; empty otherwise.
    """

    name: str
    host_api: str
    channels: int
    rate: int
    default: bool
    index: int
    rates: tuple[int, ...] = ()

    @property
    def built_in(self) -> bool:
        """Whether its name says that it is the computer's own microphone."""
        return bool(_BUILT_IN.search(self.name))


def input_devices() -> list[InputDevice]:
    """The devices that can be listened to, in the system's order.

    Raises:
        SourceError: There is no PortAudio library.
    """
    sd = _sounddevice()
    apis = sd.query_hostapis()
    default = sd.default.device[0]
    return [
        InputDevice(
            device["name"],
            apis[device["hostapi"]]["name"],
            device["max_input_channels"],
            round(device["default_samplerate"]),
            index == default,
            index,
        )
        for index, device in enumerate(sd.query_devices())
        if device["max_input_channels"] > 0
    ]


def find_input(name: str | None, host_api: str | None = None) -> InputDevice:
    """The default device, or the one whose name is, or else contains, ``name`` (case does not matter).

    Where one device is offered through several interfaces, the first of ``HOST_APIS`` is taken, or the one
    that is named in brackets after it, as ``auscult devices`` does: ``USB Audio [Windows WASAPI]``.

    Args:
        name: Wanted; None for the default.
        host_api: The interface it must be reached through; None for any.

    Raises:
        SourceError: There is none, or several fit.
    """
    found = input_devices()
    if name is not None and host_api is None and (bracketed := _BRACKETED.match(name)):
        apis = {device.host_api.casefold(): device.host_api for device in found}
        if bracketed[2].casefold() in apis:
            name, host_api = bracketed[1], apis[bracketed[2].casefold()]
    found = [device for device in found if host_api in (None, device.host_api)]
    if not found:
        raise SourceError("no input device: plug in a stethoscope, or replay a recording")
    if name is None:
        return next((device for device in found if device.default), found[0])
    wanted = name.casefold()
    fitting = [device for device in found if device.name.casefold() == wanted]
    fitting = fitting or [device for device in found if wanted in device.name.casefold()]
    if not fitting:
        raise NoSuchDeviceError(f"no input device is called {name!r}; auscult devices lists them")
    if len({device.name for device in fitting}) > 1:
        raise SourceError(
            f"{name!r} fits several devices: {', '.join(device.name for device in fitting)}; say which"
        )
    return min(fitting, key=lambda device: _place(HOST_APIS, device.host_api))


def _place(order: Sequence[str], one: str) -> int:
    return order.index(one) if one in order else len(order)


class Stream:
    """An open PortAudio stream that can be closed without hanging.

    ``stop`` waits for sound that may never come, so the stream is aborted, and that on a thread that may
    be left behind.

    Attributes:
        rate: Samples a second.
        name: Of the device.
    """

    def __init__(self, stream: Any, name: str) -> None:
        self._stream = stream
        self.rate = round(stream.samplerate)
        self.name = name

    @property
    def latency_s(self) -> float:
        """Delay of the device as PortAudio tells it, in seconds."""
        return float(self._stream.latency)

    def start(self) -> None:
        """Begin.

        Raises:
            SourceError: The device refuses.
        """
        sd = _sounddevice()
        try:
            self._stream.start()
        except sd.PortAudioError as error:
            raise SourceError(
                f"the sound device does not start ({_reason(error)}); is another program using it?"
            ) from None

    def close(self) -> None:
        """End it; returns within two seconds whatever the driver does."""

        def abort() -> None:
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)

        closing = threading.Thread(target=abort, name="closing a sound device", daemon=True)
        closing.start()
        closing.join(_CLOSE_S)


def channels_for(device: InputDevice, channel: Channel) -> int:
    """How many channels are to be captured, from the first on.

    Args:
        device: From ``find_input``.
        channel: One counted from 1, which is then the last; or all that a stethoscope's adapter has, for
            their mean or the louder one of them. A sound server offers more, and only makes them up.
    """
    return channel if isinstance(channel, int) else min(device.channels, MOST_CHANNELS)


def best_rate(device: InputDevice, channels: int, rate: int | None = None) -> int:
    """The rate at which a device is to be opened, in hertz; it is not opened yet.

    Args:
        device: From ``find_input``.
        channels: From ``channels_for``.
        rate: What it must run at; None for its default, or else the first of ``RATES`` that it offers.

    Raises:
        SourceError: It has no such channel, or offers no such rate.
    """
    sd = _sounddevice()
    if channels > device.channels:
        raise SourceError(f"{device.name} has {device.channels} channels, not {channels}")
    reason = ""
    for wanted in (device.rate, *RATES) if rate is None else (rate,):
        try:
            sd.check_input_settings(device.index, channels, "float32", _settings(sd, device), wanted)
        except (sd.PortAudioError, ValueError) as error:
            reason = reason or _reason(error)
        else:
            return wanted
    raise _unopened(device, reason)


def offered_rates(device: InputDevice) -> list[int]:
    """Of ``RATES`` and its default those at which it would open now, in hertz, rising.

    A sound server, and the shared mode of Windows, convert and so offer them all.
    """
    offered = []
    for wanted in sorted({device.rate, *RATES}):
        with suppress(SourceError):
            offered.append(best_rate(device, 1, wanted))
    return offered


def open_input(
    device: InputDevice, channels: int, rate: int, capture: Capture, finished: Callable[[], None]
) -> Stream:
    """Open a device.

    Args:
        device: From ``find_input``.
        channels: From ``channels_for``.
        rate: From ``best_rate``.
        capture: Called on PortAudio's thread with each block.
        finished: Called when the device will give no more.

    Raises:
        SourceError: It cannot be opened, or gives another rate.
    """
    sd = _sounddevice()

    def callback(block: NDArray[np.float32], _frames: int, _time: Any, status: Any) -> None:
        capture(block, bool(status.input_overflow))

    try:
        stream = Stream(
            sd.InputStream(
                samplerate=rate,
                device=device.index,
                channels=channels,
                dtype="float32",
                latency=INPUT_BUFFER_S,
                extra_settings=_settings(sd, device),
                callback=callback,
                finished_callback=finished,
            ),
            device.name,
        )
    except (sd.PortAudioError, ValueError) as error:
        raise _unopened(device, _reason(error)) from None
    if stream.rate != rate:
        stream.close()
        raise SourceError(f"{device.name} gives {stream.rate} Hz instead of {rate} Hz")
    return stream


def _settings(sd: ModuleType, device: InputDevice) -> Any:
    """Lets Windows convert a rate that its shared mode is not set to, which it refuses otherwise."""
    return sd.WasapiSettings(auto_convert=True) if device.host_api == _WASAPI else None


def _unopened(device: InputDevice, reason: str) -> SourceError:
    return SourceError(
        f"{device.name} cannot be opened ({reason}); is it plugged in, allowed, and not in use?"
    )


def open_output(fill: Fill, rate: int, finished: Callable[[], None], latency_s: float) -> Stream:
    """Open the default output, mono, at a rate, or at its own where it refuses that.

    Args:
        fill: Called on PortAudio's thread for each block to play.
        rate: Wanted, in hertz.
        finished: Called when the device will take no more.
        latency_s: Asked of the device, in seconds.

    Raises:
        SourceError: There is none, or it cannot be opened.
    """
    sd = _sounddevice()
    keep_standard_error()

    def callback(block: NDArray[np.float32], _frames: int, _time: Any, _status: Any) -> None:
        fill(block[:, 0])

    reason = ""
    try:
        device = sd.query_devices(kind="output")
        wasapi = sd.query_hostapis(device["hostapi"])["name"] == _WASAPI
    except (sd.PortAudioError, ValueError) as error:
        raise SourceError(f"no output device ({_reason(error)})") from None
    for wanted in (rate, round(device["default_samplerate"])):
        try:
            stream = sd.OutputStream(
                samplerate=wanted,
                channels=1,
                dtype="float32",
                latency=latency_s,
                extra_settings=sd.WasapiSettings(auto_convert=True) if wasapi else None,
                callback=callback,
                finished_callback=finished,
            )
        except (sd.PortAudioError, ValueError) as error:
            reason = reason or _reason(error)
        else:
            return Stream(stream, device["name"])
    raise SourceError(f"no output device ({reason})")


def output_kind(name: str) -> str:
    """What an output is by its name: "headphones", "loudspeaker", or "unknown", as a sound server's is."""
    if _HEADPHONES.search(name):
        return "headphones"
    return "loudspeaker" if _LOUDSPEAKER.search(name) else "unknown"


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except OSError:
        raise SourceError(NO_PORTAUDIO) from None
    # Terminating PortAudio can wait for ever for a server that died; the system frees devices at exit anyway.
    atexit.unregister(sounddevice._exit_handler)
    return sounddevice


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0]
