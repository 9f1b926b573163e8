"""An examination led by the session that it is made in, and kept while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from itertools import takewhile
from typing import TYPE_CHECKING

from model.card import Calibration
from model.verdict import Label, WindowVerdict
from monitor.examination import Examination
from monitor.examination_archive import ExaminationArchive
from monitor.examination_record import ExaminationRecord, SiteFinding
from monitor.session_store import utc_now
from monitor.snapshot import Judgement

if TYPE_CHECKING:
    from monitor.session import Session
    from monitor.snapshot import SessionEvent, Snapshot


class ExaminationCourse:
    """Gives an examination what its session has come to, and an archive what it has found.

    Args:
        session: Of its own, whose model is there.
        patient: Reference in the user's own words; empty for none.
        archive: Where it is kept as soon as its session is; None for nowhere.

    Attributes:
        session: As given.
        examination: Which is led.
        recorded: Whether any of the session's sound was recorded.
    """

    def __init__(self, session: Session, patient: str, archive: ExaminationArchive | None) -> None:
        low, high = session.snapshot.band
        self.session = session
        self.examination = Examination(Calibration(low=low, high=high))
        self.recorded = False
        self._patient, self._archive = patient, archive
        self._begun = utc_now()
        self._id = ""
        self._kept: tuple[SiteFinding, ...] = ()
        self._snapshot: Snapshot | None = None
        self._last_event: SessionEvent | None = None

    def take(self) -> None:
        """Take what the session has come to since."""
        session, snapshot = self.session, self.session.snapshot
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self.examination.take(snapshot.history, self._fresh(snapshot.events), snapshot.now_s)
        self.recorded |= session.recorded
        if not self._id and session.log is not None and self._archive is not None:
            self._id = self._archive.begin(session.log.session)
        self.keep()

    def keep(self) -> None:
        """Keep what was found, where that is other than before."""
        found = tuple(finding for finding in self.examination.findings if finding.verdict is not None)
        if found != self._kept and self._id and self._archive is not None:
            self._kept = found
            self._archive.keep(self._id, found)

    def of_site(self, snapshot: Snapshot) -> Snapshot:
        """What is said of the current site, in place of what stands of the last half minute.

        For so long, that is still of the site before in part.
        """
        newest, standing = snapshot.judgement, self.examination.standing
        if newest is None or standing is None or newest.rolling.label is Label.WARMING_UP:
            return snapshot
        verdict = newest.verdict
        if standing.label is Label.WARMING_UP:
            heard_s = min(snapshot.now_s - self.examination.began_s, verdict.end_s - verdict.start_s)
            begun_s = snapshot.now_s - max(0.0, heard_s)
            verdict = WindowVerdict(begun_s, snapshot.now_s, Label.WARMING_UP, None)
        return replace(snapshot, judgement=Judgement(verdict, standing, newest.latency_ms))

    def finish(self) -> ExaminationRecord:
        """End it; its id is empty where it could not be kept."""
        findings = self.examination.finish()
        source, snapshot, log = self.session.source, self.session.snapshot, self.session.log
        if self._id and self._archive is not None:
            self._archive.end(self._id, findings)
        return ExaminationRecord(
            id=self._id,
            begun=self._begun,
            ended=utc_now(),
            patient=self._patient,
            device=source.identity,
            rate=source.rate,
            model=snapshot.model,
            model_sha256=snapshot.model_sha256,
            program=version("auscult"),
            session=log.session if log is not None else None,
            findings=findings,
        )

    def _fresh(self, events: Sequence[SessionEvent]) -> list[SessionEvent]:
        """Those that have not been taken yet."""
        fresh = list(takewhile(lambda event: event is not self._last_event, reversed(events)))
        if fresh:
            self._last_event = fresh[0]
        return fresh[::-1]
