"""Streams of the Lab Streaming Layer, through pylsl, which alone is imported here, and only when needed.

Which network it is looked for on, and how much it says of it, is the business of liblsl's own configuration
file (named by LSLAPICFG).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from monitor.sources.protocol import NoSuchDeviceError, SourceError
from recordings import MAX_RATE, MIN_RATE

if TYPE_CHECKING:
    import pylsl

SEARCH_S = 2.0
"""How long streams are looked for; all that are there answer in this time."""

PULL_S = 0.1
_PULLED = 4096

SOUND_STREAM, VERDICT_STREAM = "auscult sound", "auscult verdicts"

_FULL_SCALE = {"int8": 2.0**7, "int16": 2.0**15, "int32": 2.0**31, "int64": 2.0**63}


@dataclass(frozen=True)
class SoundStream:
    """A stream that carries sound.

    Attributes:
        name: That its sender gave it.
        rate: Samples a second, nominally.
        channels: How many.
        info: As pylsl has it; of two that are equal it may differ.
    """

    name: str
    rate: float
    channels: int
    info: pylsl.StreamInfo = field(compare=False, repr=False)


def has_lsl() -> bool:
    """Whether pylsl is installed."""
    return find_spec("pylsl") is not None


def sound_streams(search_s: float) -> list[SoundStream]:
    """The streams that carry sound, by name.

    Args:
        search_s: How long to look, in seconds.

    Raises:
        SourceError: pylsl or its library cannot be used.
    """
    library = _pylsl()
    found = [
        SoundStream(one.name(), one.nominal_srate(), one.channel_count(), one)
        for one in library.resolve_streams(search_s)
        if one.channel_format() != library.cf_string and MIN_RATE <= one.nominal_srate() <= MAX_RATE
    ]
    return sorted(found, key=lambda one: one.name)


def find_stream(name: str | None) -> SoundStream:
    """The one stream that carries sound and has a name, or a part of it.

    Args:
        name: None for whichever there is.

    Raises:
        NoSuchDeviceError: There is none, or several.
        SourceError: pylsl or its library cannot be used.
    """
    found = sound_streams(SEARCH_S)
    named = [one for one in found if name is None or name.casefold() in one.name.casefold()]
    exact = [one for one in named if one.name == name]
    if len(exact or named) == 1:
        return (exact or named)[0]
    there = ", ".join(one.name for one in (named or found)) or "none"
    what = f"LSL stream {name!r}" if name else "LSL stream"
    fault = "several are meant" if named else f"no {what} of {MIN_RATE} Hz or more is there"
    raise NoSuchDeviceError(f"{fault}: choose by --source lsl:NAME among these: {there}")


class Inlet:
    """Takes sound from a stream.

    Args:
        stream: As ``find_stream`` gave it.
    """

    def __init__(self, stream: SoundStream) -> None:
        library = _pylsl()
        self._lost: type[Exception] = library.util.LostError
        self._inlet = library.StreamInlet(stream.info, max_buflen=120, recover=False, as_numpy=True)
        # Sound that is sent meanwhile is kept from here on.
        with suppress(self._lost, library.util.TimeoutError):
            self._inlet.open_stream(SEARCH_S)

    def pull(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """What has come, waiting a moment where nothing has.

        Returns:
            Samples, shape (n, channels), full scale ±1, and the sender's time of each, shape (n,); None once
            the stream is lost.
        """
        try:
            samples, stamps = self._inlet.pull_chunk(PULL_S, _PULLED, min_samples=1)
        except self._lost:
            return None
        return samples / _FULL_SCALE.get(samples.dtype.name, 1.0), stamps

    def close(self) -> None:
        """Let go of the stream."""
        self._inlet.close_stream()


class Outlets:
    """Offers the cleaned sound and the verdicts to other programs.

    Args:
        title: Of what is heard.
        rate: Of the cleaned sound, samples a second.

    Raises:
        SourceError: pylsl or its library cannot be used.
    """

    def __init__(self, title: str, rate: int) -> None:
        library = _pylsl()
        self._rate = rate
        sound = library.StreamInfo(
            SOUND_STREAM, "Audio", 1, rate, library.cf_float32, f"{SOUND_STREAM} {title}"
        )
        channel = sound.desc().append_child("channels").append_child("channel")
        channel.append_child_value("label", "PCG")
        channel.append_child_value("type", "Audio")
        form, name = library.cf_string, f"{VERDICT_STREAM} {title}"
        verdicts = library.StreamInfo(VERDICT_STREAM, "Markers", 1, library.IRREGULAR_RATE, form, name)
        self._sound, self._verdicts = library.StreamOutlet(sound), library.StreamOutlet(verdicts)
        self._clock = library.local_clock
        self.begin()

    def begin(self) -> None:
        """The first sample is now."""
        self._began = self._clock()

    @property
    def heard(self) -> bool:
        """Whether a program takes the sound."""
        return self._sound.have_consumers()

    def sound(self, start: int, samples: NDArray[np.floating]) -> None:
        """Offer samples, shape (n,), of which the first has a place on the stream's clock."""
        if samples.size:
            last = self._began + (start + samples.size - 1) / self._rate
            self._sound.push_chunk(np.ascontiguousarray(samples, np.float32).reshape(-1, 1), last)

    def verdict(self, line: Mapping[str, Any]) -> None:
        """Offer a verdict, the contract's line, at the end of its window."""
        self._verdicts.push_sample([json.dumps(line, allow_nan=False)], self._began + line["window_end_s"])

    def close(self) -> None:
        """Offer them no more, once what was offered has gone out."""
        time.sleep(PULL_S)
        del self._sound, self._verdicts

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _pylsl() -> ModuleType:
    try:
        import pylsl
    except (ImportError, RuntimeError):  # without its library it raises the latter
        raise SourceError(
            "LSL needs the Python package pylsl: install it by pip install 'auscult[lsl]'"
        ) from None
    return pylsl
