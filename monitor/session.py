"""One stream from its source to its summary."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib.metadata import version

from dsp.front_end import FrontEnd
from model.card import ModelError
from model.classifier import Classifier
from monitor.json_lines import summary_line
from monitor.keeping import Keeping
from monitor.recorder import Recorder, RecorderError
from monitor.ring import Ring
from monitor.session_log import SessionLog
from monitor.session_store import SessionHeader, SessionStore, StoreError
from monitor.snapshot import Judgement, SessionEvent, Snapshot
from monitor.sources.paced import PacedSource
from monitor.sources.protocol import Source, SourceError, SourceHealth
from monitor.trace import Trace
from monitor.worker import READ_S, Listeners, Worker

RING_S = 60
"""Seconds of raw sound that the ring keeps: of what is live or shown, for whoever goes back."""

BACKPRESSURE_S = 4
"""Seconds by which a source that can wait may run ahead of the worker."""


class Session:
    """A source, its ring and its worker, each on a thread of its own.

    Args:
        source: Not yet started.
        hop_s: Time between windows in seconds, a positive multiple of 0.08.
        classifier: The model, or what loads it on the worker's thread (a screen wants to be seen before).
        listeners: Told of judgements and events on the worker's thread; events of the source on its own.
        trace: Keep what a screen draws.
        keep: What is written down of it; None for nothing.

    Attributes:
        source: As given.
        ring: Of raw sound.
        trace: What a screen draws; None where nothing is kept for it.
        recorder: Writes the raw sound; None while nothing is recorded.
        log: Writes verdicts and events; None before the start and where nothing is kept.
    """

    def __init__(
        self,
        source: Source,
        hop_s: float,
        classifier: Classifier | Callable[[], Classifier],
        listeners: Listeners | None = None,
        trace: bool = False,
        keep: Keeping | None = None,
    ) -> None:
        self.source = source
        # What the worker takes at once it may take before the recorder has seen it.
        ring_s = RING_S if trace or not source.waits else BACKPRESSURE_S + READ_S
        self.ring = Ring(
            math.ceil(ring_s * source.rate), BACKPRESSURE_S * source.rate if source.waits else None
        )
        self.trace = Trace() if trace else None
        self.recorder: Recorder | None = None
        self.log: SessionLog | None = None
        self._keep = keep
        self._record_wanted = keep is not None and keep.record
        self._recording = threading.Lock()
        self._recorders: list[Recorder] = []
        self._remarks: list[str] = []
        self._remarking = threading.Lock()
        self._classifier = classifier
        self._hop_s = hop_s
        self._listeners = listeners or Listeners()
        self._first = Snapshot(source.name, source.rate, source.duration_s)
        self._worker: Worker | None = None
        self._reports: deque[SessionEvent] = deque()
        self._starting = threading.Lock()
        self._stopped = False
        self._attribution_wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"worker {source.name}", daemon=True)

    @property
    def snapshot(self) -> Snapshot:
        """The latest state; callable from any thread."""
        worker = self._worker
        return worker.snapshot if worker else self._first

    @property
    def worker(self) -> Worker | None:
        """What analyses its sound; None while the model is loaded, and where it failed."""
        return self._worker

    @property
    def ended(self) -> bool:
        """Whether the worker has finished, well or not."""
        return self.snapshot.state in ("ended", "failed")

    @property
    def health(self) -> SourceHealth:
        """How the source is doing."""
        return self.source.health()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What cannot be kept of this session, one line each, the newest last; callable from any thread."""
        with self._remarking:
            for part in (*([self.log] if self.log else ()), *self._recorders):
                # What failed first comes first, so that who has read so many finds the others behind them.
                if part.failure and part.failure not in self._remarks:
                    self._remarks.append(part.failure)
            return tuple(self._remarks)

    @property
    def recorded(self) -> bool:
        """Whether its sound is being recorded."""
        return self.recorder is not None and not self.recorder.failure

    def record(self, wanted: bool) -> None:
        """Record the sound from now on, or no more; returns without waiting for a disk.

        Of a session that is not kept nothing can be recorded.
        """
        with self._recording:
            self._record_wanted = wanted
            self._follow_wish()

    def attribute(self, wanted: bool) -> None:
        """Work out what moves the verdicts from now on, or no more; callable from any thread.

        It takes at most a tenth of a core, keeps no verdict waiting, and is found in the snapshot.
        """
        if wanted:
            self._attribution_wanted.set()
        else:
            self._attribution_wanted.clear()

    @property
    def can_hold(self) -> bool:
        """Whether its source can stand still: what is replayed can, a device cannot."""
        return isinstance(self.source, PacedSource)

    def hold(self, held: bool) -> None:
        """Let the source stand still, or go on where it was; a device cannot be held."""
        if isinstance(self.source, PacedSource):
            if held:
                self.source.hold()
            else:
                self.source.resume()

    def start(self) -> None:
        """Start the source and the worker.

        A model that is still to be loaded comes first: loading keeps the interpreter so busy that sound would
        stutter.

        Raises:
            SourceError: The source cannot be started; where the model comes first, the session fails instead.
        """
        if isinstance(self._classifier, Classifier):
            self._start_source(self._classifier)
        self._thread.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the worker; True when it has finished."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def stop(self) -> None:
        """End the stream now; what was captured is still summed up. Harmless when it has ended."""
        with self._starting:
            self._stopped = True
            self.source.stop()
        self.ring.close()
        if self._thread.ident is not None:
            self._thread.join()

    def _start_source(self, classifier: Classifier) -> None:
        with self._starting:
            if self._stopped:
                return
            self.source.start(self.ring, self._report)
            if self._keep is not None:
                self._begin_keeping(self._keep, classifier)

    def _begin_keeping(self, keep: Keeping, classifier: Classifier) -> None:
        """Begin to write down; what cannot be is remarked, and the session goes on."""
        card = classifier.card
        header = SessionHeader(
            self.source.identity,
            self.source.rate,
            self._hop_s,
            card.tag,
            card.sha256,
            asdict(classifier.config),
            version("auscult"),
            keep.patient,
        )
        try:
            store = SessionStore(keep.folder)
            if store.warning:
                self._remarks.append(store.warning)
            if keep.record and (words := store.over_quota(keep.quota_gb)):
                self._remarks.append(words)
            try:
                session = store.begin(header)
            except BaseException:
                store.close()
                raise
        except StoreError as error:
            self._remarks.append(f"this session is not kept: {error}")
            return
        self._sound_folder = store.sound_folder(session)
        if keep.record:
            # Outside the lock: nobody who changes their mind meanwhile waits for the disk.
            try:
                self.recorder = self._new_recorder(0, checked=True)
            except RecorderError as error:
                self._remarks.append(f"nothing is recorded: {error}")
        with self._recording:
            self.log = SessionLog(store, session)
            if keep.record != self._record_wanted:
                self._follow_wish()

    def _follow_wish(self) -> None:
        """Begin or end to record, where that is possible and not so already."""
        if self.log is None or self.ended or self._record_wanted == (self.recorder is not None):
            return
        if self.recorder is None:
            self.recorder = self._new_recorder(self.ring.end, checked=False)
        else:
            self.recorder.end()
            self.recorder = None

    def _new_recorder(self, first: int, checked: bool) -> Recorder:
        recorder = Recorder(self.ring, self.source.rate, self._sound_folder, first)
        recorder.start(by_hand=self.source.waits, checked=checked)
        self._recorders.append(recorder)
        return recorder

    def _run(self) -> None:
        try:
            if isinstance(self._classifier, Classifier):
                classifier = self._classifier
            else:
                classifier = self._classifier()
                self._start_source(classifier)
            worker = Worker(
                self.ring,
                FrontEnd(self.source.rate, self._hop_s, classifier.config),
                classifier,
                self._first,
                lossless=self.source.waits,
                listeners=Listeners(self._judged, self._happened),
                trace=self.trace,
                reports=self._reports,
                attribution_wanted=self._attribution_wanted,
            )
            self._worker = worker
            worker.run(self._before_read)
        except (ModelError, SourceError) as error:
            self._fail(str(error))
        except Exception as error:
            self._fail(f"the analysis failed: {error!r}")
            raise
        finally:
            self.ring.close()
            for recorder in self._recorders:
                recorder.stop()
            if self.log is not None:
                snapshot = self.snapshot
                self.log.finish(
                    None if snapshot.summary is None else summary_line(snapshot.summary, snapshot.model)
                )

    def _before_read(self) -> None:
        """A source that waits is not ahead of the recorder by more than the ring holds."""
        if self.source.waits:
            for recorder in self._recorders:
                recorder.take()

    def _judged(self, judgement: Judgement) -> None:
        if self.log is not None:
            self.log.judgement(judgement)
        self._listeners.judgement(judgement)

    def _happened(self, event: SessionEvent) -> None:
        if self.log is not None:
            self.log.event(event)
        self._listeners.event(event)

    def _fail(self, detail: str) -> None:
        self._worker = None
        self._first = replace(self._first, state="failed", detail=detail)

    def _report(self, event: str, t_s: float, detail: str) -> None:
        self._reports.append(SessionEvent(round(t_s, 6), event, detail))
