"""Opens, starts and stops sessions without ever keeping the window waiting."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.keeping import Keeping
from monitor.sources.choice import SourceChoice
from monitor.sources.protocol import SourceError
from recordings import RecordingError

if TYPE_CHECKING:
    from model.classifier import Classifier
    from monitor.session import Session
    from monitor.snapshot import Judgement


class ClassifierShelf:
    """Loads a model the first time it is asked for and keeps it; called on worker threads.

    Args:
        model: Packaged name or path of the weights.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._classifier: Classifier | None = None

    def take(self) -> Classifier:
        """The classifier.

        Raises:
            ModelError: The model cannot be used.
        """
        with self._lock, _first_import("torch"):
            # Imported here, on a worker's thread, because torch takes a second and more.
            from model.classifier import Classifier

            if self._classifier is None:
                self._classifier = Classifier.load(self._model)
            return self._classifier


class Player:
    """One session at a time. A device may take a second to open or to close, so a thread does that.

    Call ``poll`` regularly. The newest wish wins: who changes their mind while a source opens gets only the
    last one.

    Args:
        hop_s: Time between windows in seconds.
        take_classifier: Called on a worker's thread.
        judged: Called on a worker's thread for each judgement.
        keep: What is written down of sessions; None for nothing.

    Attributes:
        hop_s: As given.
        keep: As given, but for whether to record.
        take_classifier: As given.
        session: The one that plays or has ended; None before the first and while one opens.
        choice: Where it comes from.
        error: Why the last wish failed, in one line; empty otherwise.
    """

    def __init__(
        self,
        hop_s: float,
        take_classifier: Callable[[], Classifier],
        judged: Callable[[Judgement], None] | None = None,
        keep: Keeping | None = None,
    ) -> None:
        self.hop_s = hop_s
        self.take_classifier = take_classifier
        self._judged = judged
        self.keep = keep
        self._examined: Keeping | None = None
        self._attribution_wanted = False
        self._thread: threading.Thread | None = None
        self._wish: tuple[SourceChoice | None, float | None, Keeping | None] | None = None
        self._opened: Session | None = None
        self._problem = ""
        self.session: Session | None = None
        self.choice: SourceChoice | None = None
        self.error = ""

    @property
    def busy(self) -> bool:
        """Whether a source is being opened or closed, or will be."""
        return self._thread is not None or self._wish is not None

    @property
    def playing(self) -> bool:
        """Whether a session runs."""
        return self.session is not None and not self.session.ended

    def play(
        self, choice: SourceChoice, duration_s: float | None = None, examined: Keeping | None = None
    ) -> None:
        """Stop what plays and start this.

        Args:
            choice: What to play.
            duration_s: Stop after this much sound.
            examined: What is written down of it, in place of what usually is, until ``keep_as_usual``.
        """
        self._wish = choice, duration_s, examined
        self._examined = examined
        self.error = ""
        self.poll()

    def stop(self) -> None:
        """Stop what plays; its summary stays."""
        self._wish = None, None, None
        self.poll()

    @property
    def keeping(self) -> bool:
        """Whether sessions are kept, and so may be recorded."""
        return self.keep is not None

    @property
    def recording(self) -> bool:
        """Whether the sound of devices is to be recorded."""
        keep = self._examined or self.keep
        return keep is not None and keep.record

    def record(self, wanted: bool) -> None:
        """Record the sound of devices from now on, or no more."""
        if self._examined is not None:
            self._examined = replace(self._examined, record=wanted)
        if self.keep is not None:
            self.keep = replace(self.keep, record=wanted)
            if self.session is not None:
                self.session.record(wanted)

    def keep_as_usual(self) -> None:
        """What is examined is over: from now on this session is recorded only where it usually would be."""
        if self._examined is None:
            return
        self._examined = None
        if self.session is not None and self.choice is not None:
            usual = self._usual(self.choice)
            self.session.record(usual is not None and usual.record)

    def attribute(self, wanted: bool) -> None:
        """Work out what moves the verdicts, of this session and of later ones, or no more."""
        self._attribution_wanted = wanted
        if self.session is not None:
            self.session.attribute(wanted)

    def poll(self) -> None:
        """Take over what the thread has done, and set it to the next wish."""
        if self._thread is not None:
            if self._thread.is_alive():
                return
            self._thread = None
            self._take_over()
        if self._wish is None:
            return
        (choice, duration_s, examined), self._wish = self._wish, None
        old = self.session
        if choice is not None:
            self.session, self.choice = None, choice
        self._thread = threading.Thread(
            target=self._change, args=(old, choice, duration_s, examined), name="player", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop everything; returns when no thread is left."""
        self._wish = None
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self._take_over()
        if self.session is not None:
            self.session.stop()
            self.session.wait()

    def _usual(self, choice: SourceChoice) -> Keeping | None:
        return self.keep if self.keep and self.keep.covers(choice.replayed) else None

    def _take_over(self) -> None:
        if self._opened is not None:
            self.session, self._opened = self._opened, None
            self.session.record(self.recording)
            self.session.attribute(self._attribution_wanted)
        self.error, self._problem = self._problem or self.error, ""

    def _change(
        self,
        old: Session | None,
        choice: SourceChoice | None,
        duration_s: float | None,
        examined: Keeping | None,
    ) -> None:
        try:
            if old is not None:
                old.stop()
            if choice is not None:
                self._opened = self._open(choice, duration_s, examined)
        except (SourceError, RecordingError) as error:
            self._problem = str(error)  # it names what it is about
        except Exception as error:  # whatever else is wrong with a source, the window goes on and says so
            said = (str(error).splitlines() or [""])[0] or repr(error)
            self._problem = f"{choice.title}: {said}" if choice else said

    def _open(self, choice: SourceChoice, duration_s: float | None, examined: Keeping | None) -> Session:
        with _first_import("scipy.signal"):
            # Imported here because scipy takes a second and the window is already seen.
            from monitor.session import Session
            from monitor.worker import Listeners

        listeners = Listeners(judgement=self._judged) if self._judged else None
        source = choice.open(duration_s)
        keep = examined or self._usual(choice)
        session = Session(source, self.hop_s, self.take_classifier, listeners, trace=True, keep=keep)
        # Before it starts: as fast as can be, a short recording is over before anybody could ask.
        session.attribute(self._attribution_wanted)
        session.start()
        return session


@contextmanager
def _first_import(module: str) -> Iterator[None]:
    """Import what brings a large library without the window's standing still for it.

    The collector would look again and again through hundreds of thousands of new objects, for a tenth of a
    second at the end, while every thread waits; what a library is made of is never garbage.

    Args:
        module: Of the library: where it is there already, nothing is done.
    """
    if module in sys.modules:
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
