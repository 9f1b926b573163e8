"""The signal path and the classifier, fed from the ring."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dsp.beats import BeatTracker
from dsp.front_end import FrontEnd, Window
from dsp.spectrogram import ScreenSpectrogram
from model.classifier import Classifier
from model.verdict import Label, RecordingTally, RollingVerdict, WindowVerdict
from model.window_reader import WindowReader
from monitor.attributor import Attributor
from monitor.ring import Chunk, Ring
from monitor.snapshot import Judgement, SessionEvent, Snapshot, Summary
from monitor.stage_timings import StageTimings
from monitor.trace import Trace
from monitor.trend import Trend

BRIDGED_S = 0.05
"""A loss shorter than this is bridged by a straight line instead of starting anew."""

READ_S = 1.0
"""Most sound taken from the ring at once, and the span over which bad and clipped samples are counted."""

IDLE_S = 0.1
"""How long to wait for sound before what was reported meanwhile is told."""

_HISTORY = 750
_EVENTS = 50


@dataclass(frozen=True)
class Listeners:
    """Who is told of what, on the worker's thread."""

    judgement: Callable[[Judgement], None] = lambda _: None
    event: Callable[[SessionEvent], None] = lambda _: None


class Worker:
    """Takes what the ring has, turns it into verdicts, and keeps the latest snapshot.

    ``step`` does the work of one read and can be called by hand; ``run`` repeats it until the ring is closed
    and empty. Where the sound cannot wait, a window is classified only if no newer one can already be made
    from what the ring holds; the others are counted as skipped. The filters see every sample in any case.

    Args:
        ring: Filled by a source.
        front_end: At the source's rate.
        classifier: The model.
        snapshot: The session's first snapshot; source, rate and duration are kept.
        lossless: The source waits: nothing is ever skipped.
        listeners: Called for each judgement and event.
        trace: Filled for the screen; None leaves it out.
        reports: Events that others append from any thread; told at the next step.
        clock: Monotonic seconds, the one that stamps the ring's blocks.
        attribution_wanted: Set, from any thread, while what moved the verdicts is asked for.

    Attributes:
        snapshot: The newest state, for whoever looks.
        card: The model's.
        timings: How long its steps take.
        worked_at: Clock reading, in seconds, at the end of its last step.
    """

    def __init__(
        self,
        ring: Ring,
        front_end: FrontEnd,
        classifier: Classifier,
        snapshot: Snapshot,
        lossless: bool,
        listeners: Listeners | None = None,
        trace: Trace | None = None,
        reports: deque[SessionEvent] | None = None,
        clock: Callable[[], float] = time.monotonic,
        attribution_wanted: threading.Event | None = None,
    ) -> None:
        self._ring, self._front_end, self._classifier = ring, front_end, classifier
        self._rate = front_end.source_rate
        self._second = int(READ_S * self._rate)
        self._lossless = lossless
        self._listeners = listeners or Listeners()
        self._trace = trace
        self._reports: deque[SessionEvent] = deque() if reports is None else reports
        self._clock = clock
        calibration = classifier.card.calibration
        self._screen = ScreenSpectrogram(
            front_end.config.rate, front_end.config.low_hz, front_end.config.high_hz
        )
        self._rolling = RollingVerdict(calibration)
        self._beats = BeatTracker()
        self._reader = WindowReader()
        self._attributor = Attributor(
            classifier, front_end.image, attribution_wanted or threading.Event(), clock
        )
        self._tally = RecordingTally(calibration)
        self._history: deque[Judgement] = deque(maxlen=_HISTORY)
        self._trend = Trend()
        self.card = classifier.card
        self.timings = StageTimings(clock)
        self.worked_at = clock()
        self._events: deque[SessionEvent] = deque(maxlen=_EVENTS)
        self._bad = self._at_full_scale = 0  # since faults were last told
        self._analysed = self._lost = self._overwritten = self._clipped = 0
        self._made = self._skipped = self._skipped_told = 0
        self._gap_s = 0.0
        self._gap_ahead_s = 0.0
        self._last_sample = 0.0
        self._end = 0
        self._warmed_s = 0
        self._restarted = False
        self.snapshot = replace(
            snapshot,
            state="running",
            model=classifier.card.tag,
            model_sha256=classifier.card.sha256,
            band=(calibration.low, calibration.high),
        )

    def run(self, before_read: Callable[[], None] = lambda: None) -> None:
        """Work until the ring is closed and empty, then flush and set the summary.

        Args:
            before_read: Called before each read, while the ring still holds what it will take.
        """
        working = True
        while working:
            closed = self._ring.closed  # whatever came before that, the step finds
            before_read()
            working = self.step(IDLE_S) or not closed
        self.finish()

    def step(self, timeout: float | None = 0.0) -> bool:
        """Take one chunk from the ring and work on it; tell what was reported, even where there is none.

        Args:
            timeout: Seconds to wait for sound; None until there is some.

        Returns:
            False when there was none.
        """
        chunk = self._ring.read(self._second, timeout)
        if chunk is None:
            if self._tell_reports(self._end):
                self._publish()
            self._attribute()
            self.worked_at = self._clock()
            return False
        self._tell_reports(chunk.start - chunk.lost)
        if chunk.lost:
            self._cross_gap(chunk)
        # Of a device that is back before what it gives then.
        self._tell_reports(chunk.start)
        self._end = chunk.end
        self._analysed += chunk.samples.size
        self._take(chunk.samples, chunk)
        if chunk.end % self._second == 0:
            self._tell_faults()
        self._tell_reports(chunk.end)
        self._last_sample = float(chunk.samples[-1])
        magnitude = np.nan_to_num(np.abs(chunk.samples))
        self._publish(
            peak=float(magnitude.max()), rms=float(np.sqrt(np.mean(np.square(magnitude, dtype=np.float64))))
        )
        self._attribute()
        self.worked_at = self._clock()
        return True

    def finish(self) -> None:
        """End the stream: the padded window of a short one, the last events, the summary."""
        began = self._clock()
        self._tell_reports(math.inf)
        processed = self._front_end.flush()
        self._draw(processed.start, processed.filtered)
        self._warm_up()
        for window in processed.windows:
            # Only a stream that is short as a whole is padded, not what is left of one after a gap.
            if not (self._restarted and "padded" in window.notes):
                self._made += 1
                self._judge(window, began)
        self._end_beats()
        # The newer one may have been overwritten before it was made.
        self._tell_skipped(round(self._end / self._rate, 6))
        self._tell_faults()
        verdict = self._tally.result()
        if self._restarted and not verdict.windows:
            verdict = replace(verdict, reasons=("gap",))
        self._attributor.finish()
        summary = Summary(verdict, round(self._gap_s, 6), round(self._end / self._rate, 6), self._skipped)
        self._publish(state="ended", summary=summary)

    def _cross_gap(self, chunk: Chunk) -> None:
        self._tell_faults()
        lost_s = chunk.lost / self._rate
        self._lost += chunk.lost
        self._overwritten += chunk.overwritten
        self._gap_s += lost_s
        began_s = (chunk.start - chunk.lost) / self._rate
        if lost_s < BRIDGED_S:
            self._tell(SessionEvent(round(began_s, 6), "gap", f"{lost_s:.3f} s lost, bridged"))
            # A bad sample at an edge is counted once, where it was.
            ends = np.nan_to_num([self._last_sample, chunk.samples[0]], posinf=0.0, neginf=0.0)
            bridge = np.linspace(*ends, chunk.lost + 2)[1:-1]
            self._take(bridge.astype(np.float32), chunk)
            return
        self._tell(SessionEvent(round(began_s, 6), "gap", f"{lost_s:.2f} s lost"))
        self._trend.lose(began_s, chunk.start / self._rate)
        self._restarted = True
        self._end_beats()
        self._front_end.reset(chunk.start / self._rate)
        self._screen.reset()
        self._rolling.reset()
        self._reader.reset()
        self._warmed_s = 0
        self._gap_ahead_s = lost_s

    def _take(self, samples: NDArray[np.float32], chunk: Chunk) -> None:
        began = time.perf_counter()
        processed = self._front_end.push(samples)
        self.timings.add("front end", time.perf_counter() - began)
        self._clipped += processed.clipped_samples
        self._at_full_scale += processed.clipped_samples
        self._bad += processed.bad_samples
        self._draw(processed.start, processed.filtered)
        self._warm_up()
        self._made += len(processed.windows)
        for position, window in enumerate(processed.windows):
            if not self._lossless and (
                position + 1 < len(processed.windows)
                or self._ring.waiting >= self._front_end.samples_to_next_window
            ):
                self._skipped += 1
                continue
            # Less a millionth, lest a rounding error ask for one sample more.
            needed = math.ceil((window.end_s + self._front_end.look_ahead_s) * self._rate - 1e-6) - 1
            self._judge(window, chunk.arrived(needed))

    def _warm_up(self) -> None:
        """A line for each whole second of a segment that is still too short for a window."""
        origin = self._front_end.origin_s
        window_s = self._front_end.config.window_s
        while (second := self._warmed_s + 1) < window_s and second <= self._front_end.heard_s + 1e-9:
            self._warmed_s = second
            verdict = WindowVerdict(round(origin, 6), round(origin + second, 6), Label.WARMING_UP, None)
            self._say(Judgement(verdict, self._rolling.update(verdict), 0.0))

    def _judge(self, window: Window, arrived: float) -> None:
        self._tell_skipped(window.end_s)
        answered = self._classifier.judge(window, self._front_end.image)
        began = time.perf_counter()
        judged = self._reader.read(window, answered)
        for stage, took_s in (*answered.took_s, ("reading", time.perf_counter() - began)):
            self.timings.add(stage, took_s)
        verdict = judged.verdict
        if self._trace is not None and judged.states is not None:
            self._trace.mark(self._beats.push(judged.states))
        if verdict.p_abnormal is not None:
            self._attributor.judged(window)
        self._tally.add([verdict])
        judgement = Judgement(
            verdict, self._rolling.update(verdict), round((self._clock() - arrived) * 1e3, 3)
        )
        self._history.append(judgement)
        self._trend.add(judgement)
        self._say(judgement, history=tuple(self._history))

    def _attribute(self) -> None:
        # At normal pace the sound that is still to come takes that long.
        missing = self._front_end.samples_to_next_window - self._ring.waiting
        self._attributor.step(missing / self._rate)
        if self._attributor.newest is not self.snapshot.attribution:
            self._publish()

    def _say(self, judgement: Judgement, **changes: object) -> None:
        self._listeners.judgement(judgement)
        self._publish(judgement=judgement, **changes)

    def _tell(self, event: SessionEvent) -> None:
        self._events.append(event)
        self._listeners.event(event)

    def _tell_reports(self, until: float) -> bool:
        """Tell what others reported up to a sample, if anything; a source runs ahead of the analysis."""
        told = False
        while self._reports and self._reports[0].t_s <= round(until / self._rate, 6):
            self._tell(self._reports.popleft())
            told = True
        return told

    def _tell_faults(self) -> None:
        """Say how many bad and clipped samples there were since the last time, at the end of each second."""
        now_s = round(self._end / self._rate, 6)
        if self._bad:
            self._tell(SessionEvent(now_s, "bad_samples", f"{_counted(self._bad, 'bad sample')} replaced"))
        if self._at_full_scale:
            self._tell(
                SessionEvent(now_s, "clipping", f"{_counted(self._at_full_scale, 'sample')} at full scale")
            )
        self._bad = self._at_full_scale = 0

    def _tell_skipped(self, t_s: float) -> None:
        count, self._skipped_told = self._skipped - self._skipped_told, self._skipped
        if count:
            self._tell(
                SessionEvent(t_s, "skipped", f"{_counted(count, 'window')} passed over for a newer one")
            )

    def _draw(self, start: int, filtered: NDArray[np.float64]) -> None:
        if self._trace is None or not filtered.size:
            return
        start_s = self._front_end.origin_s + start / self._front_end.config.rate
        self._trace.append(start_s, filtered, self._screen.push(filtered), self._gap_ahead_s)
        self._gap_ahead_s = 0.0

    def _end_beats(self) -> None:
        rest = self._beats.flush()
        if self._trace is not None:
            self._trace.mark(rest)
        self._beats.reset()

    def _publish(self, **changes: object) -> None:
        self.snapshot = replace(
            self.snapshot,
            now_s=self._end / self._rate,
            clipped=self._clipped,
            analysed_samples=self._analysed,
            lost_samples=self._lost,
            overwritten_samples=self._overwritten,
            made_windows=self._made,
            skipped_windows=self._skipped,
            trend=self._trend.view(),
            events=tuple(self._events),
            attribution=self._attributor.newest,
            **changes,
        )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
