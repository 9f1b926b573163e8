"""An export asked for in the window: of what, where it goes, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from model.card import ModelError
from monitor.dashboard.access_words import tenths_words
from monitor.dashboard.examination_words import EXAMINATION
from monitor.dashboard.export_menu import ExportMenu
from monitor.dashboard.export_words import (
    NOT_KEPT,
    NOTHING_TO_EXPORT,
    REMEDIES,
    STILL_EXPORTING,
    STOP_FIRST,
    export_title_words,
    exported_words,
    exporting_words,
)
from monitor.dashboard.save_dialog import SaveDialog
from monitor.dashboard.technical_line import TechnicalLine
from monitor.dashboard.told_words import told_words
from monitor.dashboard.writing import Progress, Writing, WritingError
from monitor.examination_record import ExaminationRecord
from monitor.export_format import FORMATS, ExportFormat
from monitor.new_file import unused
from monitor.session_store import SessionStore, StoreError
from monitor.sources.recording import RecordingSource
from recordings import RecordingError

if TYPE_CHECKING:
    from monitor.dashboard.player import Player
    from monitor.export import Heard
    from monitor.session import Session

_CONDITION = "export"


@dataclass(frozen=True)
class _Shown:
    """What can be exported of what is shown: what people call it, its files' stem, and how it is opened."""

    title: str
    stem: str
    opened: Callable[[], Heard]


class ExportDesk(QObject):
    """Has what is shown exported while the window goes on, which calls ``follow`` with its timer's ticks.

    That is the examination whose results are shown, or else the recording that is replayed, or else the
    session of a device once it has ended.

    Args:
        menu: Asks for it.
        player: Has the model, and says where sessions are kept.
        line: Says how far it is, and what came of it.
    """

    def __init__(self, menu: ExportMenu, player: Player, line: TechnicalLine) -> None:
        super().__init__(menu)
        self._menu, self._player, self._line = menu, player, line
        self._writing: Writing[tuple[list[Path], list[str]]] = Writing("export writer")
        self._session: Session | None = None
        self._record: ExaminationRecord | None = None
        self._title = ""
        self._busy = False
        menu.wanted.connect(self.want)

    def want(self, key: str) -> None:
        """Ask where what is shown shall go in a format, or say why it cannot."""
        shown = STILL_EXPORTING if self._busy else self._shown()
        if isinstance(shown, str):
            self._line.tell(shown, alert=False)
            return
        kind = FORMATS[key]
        SaveDialog(
            self._menu.window(),
            export_title_words(shown.title, kind.title),
            kind.name(shown.stem),
            f"{kind.title} (*{kind.suffix})",
            lambda path: self._write(shown, kind, path),
        )

    def follow(self, session: Session | None, record: ExaminationRecord | None) -> None:
        """Look after what is being written.

        Args:
            session: The one that is shown; None where none is.
            record: The examination whose results are shown; None where none are.
        """
        self._session, self._record = session, record
        if not self._busy:
            return
        self._writing.poll()
        if self._writing.busy:
            words = exporting_words(self._title, tenths_words(self._writing.progress))
            self._line.last(_CONDITION, words, alert=False)
            return
        self._busy = False
        self._line.last(_CONDITION, "")
        if self._writing.written is not None:
            self._line.tell(exported_words(*self._writing.written), alert=False)
        elif self._writing.error:
            self._line.tell(self._writing.error)

    def close(self) -> None:
        """Give up what is being written."""
        self._writing.close()

    def _shown(self) -> _Shown | str:
        """What is to be exported, or why it cannot be."""
        session = self._session
        log = session.log if session is not None else None
        # What ended it is still written down for a moment after its end.
        running = log.session if log is not None and session is not None and not session.wait(0) else None
        if self._record is not None:
            kept, title = self._record.session, EXAMINATION
            return STOP_FIRST if kept is not None and kept == running else self._kept(kept, title)
        if session is None:
            return NOTHING_TO_EXPORT
        choice = self._player.choice
        source, title = session.source, told_words(choice.title if choice else session.source.name)
        if isinstance(source, RecordingSource):
            path, channel, hop_s = source.path, source.channel, self._player.hop_s

            def opened() -> Heard:
                from monitor.export import heard_recording

                return heard_recording(path, channel, hop_s)

            return _Shown(title, path.stem, opened)
        if running is not None:
            return STOP_FIRST
        return self._kept(log.session if log is not None else None, title)

    def _kept(self, session: str | None, title: str) -> _Shown | str:
        keep = self._player.keep
        if session is None or keep is None:
            return NOT_KEPT
        folder = keep.folder

        def opened() -> Heard:
            from monitor.export import heard_session

            return heard_session(lambda: SessionStore(folder), session)

        return _Shown(title, f"session-{session}", opened)

    def _write(self, shown: _Shown, kind: ExportFormat, path: Path) -> None:
        rounded, take_classifier = self._menu.rounded, self._player.take_classifier

        def write(told: Progress) -> tuple[list[Path], list[str]]:
            try:
                classifier = take_classifier()
            except ModelError as error:
                raise WritingError(told_words(str(error))) from None
            # Imported here, because the model's library takes seconds that the window's start has not.
            from monitor.export import ExportError, export_paths, write_export

            try:
                wanted = export_paths(kind, path)[-1]
                # What every format takes as a name; nothing is replaced, nor what lies beside it.
                paths = export_paths(kind, unused(wanted, kind.beside, "-{}"))
                heard = shown.opened()
                return paths, write_export(heard, kind, paths, lambda: classifier, rounded, told)
            except ExportError as error:
                raise WritingError(f"{told_words(str(error))}{REMEDIES[error.remedy]}") from None
            except (RecordingError, StoreError) as error:
                raise WritingError(told_words(str(error))) from None
            except OSError as error:  # such a name cannot even be looked for
                fault = told_words(f"{path}: cannot be written ({error.strerror or error})")
                raise WritingError(f"{fault}{REMEDIES['another place']}") from None

        self._title = shown.title
        self._busy = self._writing.start(write, path)
        if not self._busy:
            self._line.tell(STILL_EXPORTING, alert=False)
