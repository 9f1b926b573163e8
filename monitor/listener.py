"""Sound made audible, in step with the picture."""

from __future__ import annotations

import math
import threading
import time
from collections import deque

import numpy as np
from numpy.typing import NDArray

from dsp.resample import StreamingResampler
from monitor.audio import Stream, open_output, output_kind
from monitor.feeds import Feed, NewestFeed, Piece
from monitor.sources.protocol import SourceError

_FEED_S = 0.02
_SILENT_S = 2.0
"""An output that asks for nothing for so long is gone."""

_CUT_S = 0.01
_MEASURED = 50


class Listener:
    """Plays one feed at a time on the default output, on a thread of its own: nobody waits for a device.

    The thread takes the feed's sound and queues it; PortAudio's thread takes it from there. The output is
    opened at the feed's own rate; where it refuses that, what is heard is resampled to its own.

    Attributes:
        failure: Why the last feed is not heard, in one line; empty otherwise.
        was_heard: Whether an output could be opened for it.
    """

    def __init__(self) -> None:
        self._wanted: Feed | None = None
        self._feed: Feed | None = None
        self._output: _Output | None = None
        self._woken, self._over = threading.Event(), False
        self._changing = threading.Lock()
        self._delays: deque[float] = deque(maxlen=_MEASURED)
        self._held = threading.Event()
        self._thread: threading.Thread | None = None
        self.failure = ""
        self.was_heard = False

    def play(self, feed: Feed | None) -> None:
        """Play this from now on, or nothing; returns at once."""
        with self._changing:
            self._wanted, self.failure = feed, ""
        if self._thread is None and feed is not None:
            self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
            self._thread.start()
        self._woken.set()

    def hold(self, held: bool) -> None:
        """Be silent at once and keep what is still to be played, or go on with it."""
        if held:
            self._held.set()
        else:
            self._held.clear()

    def close(self) -> None:
        """Fall silent for good; returns when no thread is left. Harmless when it never played."""
        self._over = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    @property
    def feed(self) -> Feed | None:
        """What is to be heard; None once it has been heard to its end."""
        return self._wanted

    @property
    def heard_s(self) -> float | None:
        """Time of the feed's source that is at the loudspeaker now, in seconds; None while nothing plays."""
        output = self._output
        return None if output is None or self._feed is not self._wanted else output.heard_s

    @property
    def delay_s(self) -> float | None:
        """Measured time from a device's sound in this program to the loudspeaker, in seconds, or None."""
        return float(np.median(self._delays)) if self._delays else None

    @property
    def output_kind(self) -> str | None:
        """See ``audio.output_kind``; None while there is no output."""
        output = self._output
        return None if output is None else output_kind(output.stream.name)

    def _run(self) -> None:
        while not self._over:
            self._woken.wait(_FEED_S if self._feed is not None else None)
            self._woken.clear()
            feed = self._wanted
            try:
                if feed is not self._feed:
                    self._turn_to(feed)
                if self._feed is not None and self._output is not None:
                    self._serve(self._feed, self._output)
            except SourceError as error:
                self._give_up(feed, str(error))
        self._close_output()

    def _turn_to(self, feed: Feed | None) -> None:
        self._delays.clear()
        output = self._output
        if output is not None and (
            feed is None or (output.asked_rate, output.asked_s) != (feed.rate, feed.latency_s)
        ):
            self._close_output()
        # Before it is this feed's: where the last one was heard is not where this one is.
        if self._output is not None:
            self._output.forget()
        self._feed = feed
        if self._output is None and feed is not None:
            self.was_heard = False
            self._output = _Output(feed.rate, feed.latency_s, self._held)
            self.was_heard = True

    def _serve(self, feed: Feed, output: _Output) -> None:
        if output.lost:
            self._give_up(feed, "the sound output is gone")
            return
        if output.broke_off():
            feed.broke_off()
        while (piece := feed.take(output.waiting_s)) is not None:
            if piece.leap:
                output.cut()
            output.put(piece, feed.lead_s)
            if feed is not self._wanted:
                return
        if isinstance(feed, NewestFeed):
            self._delays.append(feed.age_s + output.waiting_s + output.stream.latency_s)
        if feed.over:
            output.finish()
            if output.drained:
                self._forget(feed)

    def _give_up(self, feed: Feed | None, reason: str) -> None:
        with self._changing:
            if self._wanted is feed:
                self._wanted, self.failure = None, reason
        self._feed = None
        self._close_output()

    def _forget(self, feed: Feed) -> None:
        with self._changing:
            if self._wanted is feed:
                self._wanted = None
        self._woken.set()

    def _close_output(self) -> None:
        output, self._output = self._output, None
        if output is not None:
            output.stream.close()


class _Output:
    """An open output and what waits to be played on it.

    Args:
        rate: Samples a second of what it is given.
        latency_s: Asked of the device, in seconds.
        held: While it is set, all is silent and what waits is kept.

    Raises:
        SourceError: There is none, or it cannot be opened.
    """

    def __init__(self, rate: int, latency_s: float, held: threading.Event) -> None:
        self.asked_rate, self.asked_s = rate, latency_s
        self._held = held
        self._lock = threading.Lock()
        # Samples, time of the first (None where nobody wants to know), seconds of it per sample.
        self._queue: deque[tuple[NDArray[np.float32], float | None, float]] = deque()
        self._waiting = self._played = 0
        self._lead = 1
        self._flowing = self._broken = self._finishing = False
        # What was played when: index of a part's first sample, its size, its time, seconds of it per sample.
        self._told: deque[tuple[int, int, float, float]] = deque()
        self._asked_at = time.monotonic()
        self._gone = False
        self.stream: Stream = open_output(self._fill, rate, self._finished, latency_s)
        out = self.stream.rate
        self._resampler = None if out == rate else StreamingResampler(rate, out, out // 100)
        self._tail = 0
        try:
            self.stream.start()
        except SourceError:
            self.stream.close()
            raise

    @property
    def lost(self) -> bool:
        """Whether the device will take no more."""
        return self._gone or time.monotonic() - self._asked_at > _SILENT_S

    @property
    def waiting_s(self) -> float:
        """Seconds of hearing that wait to be played."""
        return self._waiting / self.stream.rate

    @property
    def drained(self) -> bool:
        """Whether all that it was given has been heard."""
        heard = self._played - math.ceil(self.stream.latency_s * self.stream.rate)
        return not self._waiting and heard >= self._tail

    @property
    def heard_s(self) -> float | None:
        """Time on the source's clock that is at the loudspeaker now, in seconds; None before any is."""
        with self._lock:
            heard = self._played - self.stream.latency_s * self.stream.rate
            while len(self._told) > 1 and self._told[1][0] <= heard:
                self._told.popleft()
            if not self._told:
                return None
            first, size, begin_s, sample_s = self._told[0]
            # Where the sound broke off, it stays at its end until it goes on.
            return begin_s + sample_s * min(max(0.0, heard - first), size)

    def broke_off(self) -> bool:
        """Whether it ran out of sound since the last time."""
        broken, self._broken = self._broken, False
        return broken

    def put(self, piece: Piece, lead_s: float) -> None:
        """Queue what comes next; playing begins, also after a break, once the lead has been gathered."""
        samples = piece.samples
        if self._resampler is not None:
            samples = self._resampler.push(samples.astype(np.float64)).astype(np.float32).clip(-1, 1)
        with self._lock:
            self._lead = max(1, round(lead_s * self.stream.rate))
            self._finishing = False
            if samples.size:
                self._queue.append((samples, piece.begin_s, piece.tempo / self.stream.rate))
                self._waiting += samples.size

    def cut(self) -> None:
        """Drop what waits, faded out so that it does not click."""
        with self._lock:
            kept = np.concatenate([np.empty(0, np.float32), *(samples for samples, *_ in self._queue)])
            kept = kept[: round(_CUT_S * self.stream.rate)]
            times = self._queue[0][1:] if self._queue else (None, 0.0)
            self._queue.clear()
            if kept.size and self._flowing:
                kept = kept * np.linspace(1, 0, kept.size, dtype=np.float32)
                self._queue.append((kept, *times))
            self._waiting = sum(samples.size for samples, *_ in self._queue)
        if self._resampler is not None:
            self._resampler.reset()

    def forget(self) -> None:
        """Cut: what was played and what waits is another feed's."""
        self.cut()
        with self._lock:
            self._queue = deque((samples, None, 0.0) for samples, *_ in self._queue)
            self._told.clear()

    def finish(self) -> None:
        """Nothing more comes: what waits is played however little it is."""
        if not self._finishing and self._resampler is not None:
            rest = self._resampler.flush().astype(np.float32).clip(-1, 1)
            if rest.size:
                with self._lock:
                    self._queue.append((rest, None, 0.0))
                    self._waiting += rest.size
        self._finishing = True

    def _finished(self) -> None:
        self._gone = True

    def _fill(self, block: NDArray[np.float32]) -> None:
        self._asked_at = time.monotonic()
        if self._held.is_set():
            block[:] = 0
            return
        with self._lock:
            if not self._flowing:
                self._flowing = self._waiting >= self._lead or (self._finishing and self._waiting > 0)
            at = 0
            while self._flowing and self._queue and at < block.size:
                samples, begin_s, sample_s = self._queue.popleft()
                part = samples[: block.size - at]
                block[at : at + part.size] = part
                if begin_s is not None:
                    self._told.append((self._played + at, part.size, begin_s, sample_s))
                    begin_s += sample_s * part.size
                if part.size < samples.size:
                    self._queue.appendleft((samples[part.size :], begin_s, sample_s))
                at += part.size
            if self._flowing and at < block.size:
                self._flowing, self._broken = False, not self._finishing
            block[at:] = 0
            self._waiting -= at
            if at:
                self._tail = self._played + at
            self._played += block.size
            # More than is ever on its way to the loudspeaker.
            while len(self._told) > 1000:
                self._told.popleft()
