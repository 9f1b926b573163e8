"""Replayed sound made audible, in step with the picture."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from dsp.resample import StreamingResampler
from monitor.audio import Stream, open_output
from monitor.session import Session
from monitor.sources.protocol import SourceError

_LEAD_S = 0.25
"""Sound gathered before any is played, so that bursts of the source leave no holes."""

_DRIFT_S = 1.0
"""With more than this waiting to be played, playback leaps forward."""

_FEED_S = 0.02


class Listener:
    """Plays what a session's source delivers on the default output.

    A thread takes the sound from the ring without removing it, resamples it and queues it; PortAudio's thread
    takes it from there. ``heard_s`` tells what is at the loudspeaker now, for the picture to follow.

    Args:
        session: Started or about to be.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stream: Stream | None = None
        self._lock = threading.Lock()
        self._queue = np.empty(0, np.float32)
        self._queue_s = 0.0  # stream time of the queue's first sample
        self._flowing = False  # the lead has been gathered
        self._held = False
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._next = 0  # source index of the next sample to queue

    def start(self) -> bool:
        """Begin to play; False where there is no output device."""
        try:
            self._stream = open_output(self._fill)
            self._resampler = StreamingResampler(
                self._session.source.rate, self._stream.rate, self._stream.rate // 100
            )
            self._leap()
            self._stream.start()
        except SourceError:
            self.stop()
            return False
        self._thread = threading.Thread(target=self._feed, name="listener", daemon=True)
        self._thread.start()
        return True

    def hold(self, held: bool) -> None:
        """Be silent at once and keep what is still to be played, or go on with it."""
        self._held = held

    def stop(self) -> None:
        """Fall silent. Harmless when it never played."""
        self._over.set()
        if self._thread:
            self._thread.join()
            self._thread = None
        if self._stream:
            self._stream.close()
            self._stream = None

    @property
    def heard_s(self) -> float | None:
        """Stream time at the loudspeaker, in seconds, which never goes back; None while nothing plays."""
        stream = self._stream
        return None if stream is None else max(0.0, self._queue_s - stream.latency_s)

    def _feed(self) -> None:
        while not self._over.wait(_FEED_S):
            chunk = self._session.ring.since(self._next)
            behind_s = (chunk.end - self._next) / self._session.source.rate
            if behind_s + self._queue.size / self._resampler.out_rate > _DRIFT_S:
                self._leap()
                chunk = self._session.ring.since(self._next)
            self._next = chunk.end
            samples = np.nan_to_num(chunk.samples, posinf=0.0, neginf=0.0).astype(np.float64)
            played = self._resampler.push(samples).astype(np.float32)
            with self._lock:
                self._queue = np.concatenate([self._queue, played])

    def _leap(self) -> None:
        """Go on with the newest sound."""
        rate = self._session.source.rate
        self._next = max(0, self._session.ring.end - int(_LEAD_S * rate))
        self._resampler.reset()
        with self._lock:
            self._queue = np.empty(0, np.float32)
            self._queue_s = max(self._queue_s, self._next / rate)

    def _fill(self, block: NDArray[np.float32]) -> None:
        if self._held:
            block[:] = 0
            return
        with self._lock:
            self._flowing = self._queue.size >= (1 if self._flowing else _LEAD_S * self._resampler.out_rate)
            ready = min(block.size, self._queue.size) if self._flowing else 0
            block[:ready] = np.clip(self._queue[:ready], -1, 1)
            block[ready:] = 0
            self._queue = self._queue[ready:]
            self._queue_s += ready / self._resampler.out_rate
