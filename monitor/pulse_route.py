"""From which source PulseAudio, or PipeWire in its place, takes what this process captures.

When a source goes away the server moves its listeners to another one, and when it comes back perhaps back
again; neither PortAudio nor ALSA tells, and there may be no pause to tell it by. The server itself does.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable
from typing import Any

_LIBRARY = "libpulse.so.0"
_ASK_S = 0.25
_LOOK_S = 0.02
_KNOWN_S = 1.0
_CONTEXT_READY = 4
_NO_AUTOSPAWN = 1
_OPERATION_RUNNING = 0
_MOST_CHANNELS = 32


class _SampleSpec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _ChannelMap(ctypes.Structure):
    _fields_ = (("channels", ctypes.c_uint8), ("map", ctypes.c_int * _MOST_CHANNELS))


class _SourceOutput(ctypes.Structure):
    """The beginning of ``pa_source_output_info``: one program's use of one source."""

    _fields_ = (
        ("index", ctypes.c_uint32),
        ("name", ctypes.c_char_p),
        ("owner_module", ctypes.c_uint32),
        ("client", ctypes.c_uint32),
        ("source", ctypes.c_uint32),
        ("sample_spec", _SampleSpec),
        ("channel_map", _ChannelMap),
        ("buffer_usec", ctypes.c_uint64),
        ("source_usec", ctypes.c_uint64),
        ("resample_method", ctypes.c_char_p),
        ("driver", ctypes.c_char_p),
        ("proplist", ctypes.c_void_p),
    )


_OnSourceOutput = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.POINTER(_SourceOutput), ctypes.c_int, ctypes.c_void_p
)


def watch_route(moved: Callable[[], None]) -> None:
    """Ask the sound server, on a thread of its own, from which source this process captures.

    Returns when that is known, or after a second: a move before that cannot be told. Does nothing where the
    sound does not come by way of PulseAudio.

    Args:
        moved: Called once, when it is another source than at first.
    """
    try:
        # Only where a driver has loaded it does it matter.
        pulse = ctypes.CDLL(_LIBRARY, os.RTLD_NOLOAD | os.RTLD_NOW)
    except (AttributeError, OSError):
        return
    known = threading.Event()
    watch = threading.Thread(
        target=_watch, args=(pulse, moved, known), name="watch on the sound server", daemon=True
    )
    watch.start()
    known.wait(_KNOWN_S)


def _watch(pulse: ctypes.CDLL, moved: Callable[[], None], known: threading.Event) -> None:
    server = _Server(pulse)
    if not server.connect():
        known.set()
        return
    first: dict[int, int] = {}
    while (sources := server.sources()) is not None:
        if sources:
            known.set()
        if any(first.setdefault(stream, source) != source for stream, source in sources.items()):
            moved()
            return
        time.sleep(_ASK_S if first else _LOOK_S)


class _Server:
    """A connection to the sound server that this process's streams use."""

    def __init__(self, pulse: ctypes.CDLL) -> None:
        self._pulse = pulse
        for name in ("pa_mainloop_new", "pa_mainloop_get_api", "pa_context_new"):
            getattr(pulse, name).restype = ctypes.c_void_p
        pulse.pa_proplist_gets.restype = ctypes.c_char_p
        pulse.pa_context_get_source_output_info_list.restype = ctypes.c_void_p
        self._loop = ctypes.c_void_p(pulse.pa_mainloop_new())
        api = ctypes.c_void_p(pulse.pa_mainloop_get_api(self._loop))
        self._context = ctypes.c_void_p(pulse.pa_context_new(api, b"auscult"))
        self._own = str(os.getpid()).encode()
        self._found: dict[int, int] = {}
        # Named, or it would be collected while the library holds it.
        self._take = _OnSourceOutput(self._on_source_output)

    def connect(self) -> bool:
        """Connect; False where there is no server."""
        self._pulse.pa_context_connect(self._context, None, _NO_AUTOSPAWN, None)
        while self._state() < _CONTEXT_READY and self._iterate():
            pass
        return self._state() == _CONTEXT_READY

    def sources(self) -> dict[int, int] | None:
        """Of each stream that this process captures, the source; None when the server has gone."""
        self._found = {}
        asked = ctypes.c_void_p(
            self._pulse.pa_context_get_source_output_info_list(self._context, self._take, None)
        )
        if not asked:
            return None
        while self._pulse.pa_operation_get_state(asked) == _OPERATION_RUNNING and self._iterate():
            pass
        self._pulse.pa_operation_unref(asked)
        return self._found if self._state() == _CONTEXT_READY else None

    def _on_source_output(self, _context: Any, told: Any, end: int, _data: Any) -> None:
        if end or not told:
            return
        output = told.contents
        process = self._pulse.pa_proplist_gets(ctypes.c_void_p(output.proplist), b"application.process.id")
        if process == self._own:
            self._found[output.index] = output.source

    def _state(self) -> int:
        return int(self._pulse.pa_context_get_state(self._context))

    def _iterate(self) -> bool:
        """Wait for the server's next word; False where none can come."""
        return int(self._pulse.pa_mainloop_iterate(self._loop, 1, None)) >= 0
