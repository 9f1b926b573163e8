"""One stream from its source to its summary."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dsp.front_end import FrontEnd
from model.card import ModelError
from model.classifier import Classifier
from monitor.recorder import Recorder, RecorderError
from monitor.ring import Ring
from monitor.snapshot import SessionEvent, Snapshot
from monitor.sources.protocol import Source, SourceError, SourceHealth
from monitor.trace import Trace
from monitor.worker import Listeners, Worker

RING_S = 60
"""Seconds of raw sound that the ring keeps."""

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
        record: Folder that the raw sound is written to; None for none. Not of a source that waits: its sound
            may come faster than a disk takes it.

    Attributes:
        source: As given.
        ring: Of raw sound.
        trace: What a screen draws; None where nothing is kept for it.
        recorder: Writes the raw sound; None where nothing is recorded.
    """

    def __init__(
        self,
        source: Source,
        hop_s: float,
        classifier: Classifier | Callable[[], Classifier],
        listeners: Listeners | None = None,
        trace: bool = False,
        record: Path | None = None,
    ) -> None:
        self.source = source
        self.ring = Ring((BACKPRESSURE_S if source.waits else RING_S) * source.rate)
        self.trace = Trace() if trace else None
        self.recorder = None if record is None else Recorder(self.ring, source.rate, record)
        self._classifier = classifier
        self._hop_s = hop_s
        self._listeners = listeners or Listeners()
        self._first = Snapshot(source.name, source.rate, source.duration_s)
        self._worker: Worker | None = None
        self._reports: deque[SessionEvent] = deque()
        self._starting = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"worker {source.name}", daemon=True)

    @property
    def snapshot(self) -> Snapshot:
        """The latest state; callable from any thread."""
        worker = self._worker
        return worker.snapshot if worker else self._first

    @property
    def ended(self) -> bool:
        """Whether the worker has finished, well or not."""
        return self.snapshot.state in ("ended", "failed")

    @property
    def health(self) -> SourceHealth:
        """How the source is doing."""
        return self.source.health()

    def start(self) -> None:
        """Start the source and the worker.

        A model that is still to be loaded comes first: loading keeps the interpreter so busy that sound would
        stutter.

        Raises:
            SourceError: The source cannot be started; where the model comes first, the session fails instead.
        """
        if isinstance(self._classifier, Classifier):
            self._start_source()
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

    def _start_source(self) -> None:
        with self._starting:
            if self._stopped:
                return
            self.source.start(self.ring, self._report)
            if self.recorder is not None:
                try:
                    self.recorder.start()
                except RecorderError as error:
                    self.source.stop()
                    raise SourceError(str(error)) from None

    def _run(self) -> None:
        try:
            if isinstance(self._classifier, Classifier):
                classifier = self._classifier
            else:
                classifier = self._classifier()
                self._start_source()
            worker = Worker(
                self.ring,
                FrontEnd(self.source.rate, self._hop_s, classifier.config),
                classifier,
                self._first,
                lossless=self.source.waits,
                listeners=self._listeners,
                trace=self.trace,
                reports=self._reports,
            )
            self._worker = worker
            worker.run()
        except (ModelError, SourceError) as error:
            self._fail(str(error))
        except Exception as error:
            self._fail(f"the analysis failed: {error!r}")
            raise
        finally:
            self.ring.close()
            if self.recorder is not None:
                self.recorder.stop()

    def _fail(self, detail: str) -> None:
        self._worker = None
        self._first = replace(self._first, state="failed", detail=detail)

    def _report(self, event: str, t_s: float, detail: str) -> None:
        self._reports.append(SessionEvent(round(t_s, 6), event, detail))
