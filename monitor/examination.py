"""A guided examination: which site is listened to, what was heard there, and when it is enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from model.card import Calibration
from model.verdict import (
    Label,
    RecordingTally,
    RecordingVerdict,
    RollingVerdict,
    Standing,
    WindowVerdict,
)
from model.window_quality import DOUBTED_BELOW
from monitor.examination_record import SITES, SiteFinding
from monitor.snapshot import Judgement, SessionEvent

NEEDED_S = 20.0
"""Seconds of sound that were good enough to be judged, for a site's verdict."""

PATIENCE_S = 60.0
"""Seconds at a site without enough good sound, after which it may be ended as poor signal."""

STOOD_S = 2.0
"""Seconds for which a site's result stands before the next one begins."""

SETTLED_S = 15.0
"""Seconds of good sound from which on a movement no longer means that the chest piece was being placed."""

_LIFTED = frozenset({"movement", "too_quiet", "no_heart_sound"})


class SiteState(StrEnum):
    """How far a site is."""

    WAITING = "waiting"
    LISTENING = "listening"
    DONE = "done"
    SKIPPED = "skipped"


class Step(StrEnum):
    """What the examination is at.

    ``PLACE``: no heart sound was found at this site yet. ``LISTEN``: it was. ``STAND``: this site's result
    stands and the next site is announced. ``COMPLETE``: no site is left. ``ENDED``: nothing is heard.
    """

    PLACE = "place"
    LISTEN = "listen"
    STAND = "stand"
    COMPLETE = "complete"
    ENDED = "ended"


@dataclass(frozen=True)
class Site:
    """A site as it stands.

    Attributes:
        name: One of ``SITES``, or a name of the user's own.
        state: How far it is.
        finding: What was heard there; None before, and where it was skipped.
    """

    name: str
    state: SiteState
    finding: SiteFinding | None

    @property
    def verdict(self) -> RecordingVerdict | None:
        """On what was heard there, once it is done."""
        return self.finding.verdict if self.state is SiteState.DONE and self.finding is not None else None


class Examination:
    """Leads from site to site by what is heard; its only clock is the stream's.

    A site begins when it is chosen, or by itself ``STOOD_S`` after the one before was done. Only windows that
    lie wholly after that count for it, and of these only those from the first on that was scored and is not
    doubted: until then the chest piece is being placed. Where, with less than ``SETTLED_S`` collected, a
    window is refused or doubted because the chest piece moved or no heart was there, it was still being
    placed, and listening begins anew. A site is done when its scored windows cover ``needed_s``, overlapping
    ones counted once. What is taken may come in pieces of any size, and in any order within a piece.

    Args:
        calibration: Holds the abstention band.
        sites: To be listened to, in order.
        needed_s: Seconds of good sound for a verdict.
        patience_s: Seconds without them after which a site may end as poor signal.
    """

    def __init__(
        self,
        calibration: Calibration,
        sites: Sequence[str] = SITES,
        needed_s: float = NEEDED_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._calibration = calibration
        self._planned = tuple(sites)
        self._needed_s, self._patience_s = needed_s, patience_s
        self._rolling = RollingVerdict(calibration)
        self.reset()

    def reset(self) -> None:
        """Begin anew with the first site; what was heard is forgotten."""
        self._names = list(self._planned)
        self._found: dict[str, SiteFinding] = {}
        self._skipped: set[str] = set()
        self._now_s = 0.0
        self._newest_s = self._ended_s = 0.0
        self._lost_since_s: float | None = None
        self._current: str | None = None
        self._step = Step.COMPLETE
        self._begin(self._names[0] if self._names else None, 0.0)

    @property
    def step(self) -> Step:
        """What it is at."""
        return self._step

    @property
    def current(self) -> str | None:
        """The site that is listened to, or whose result stands; None when there is none."""
        return self._current

    @property
    def next_site(self) -> str | None:
        """The site that comes after this one; None where no other waits."""
        place = self._names.index(self._current) if self._current in self._names else -1
        later = self._names[place + 1 :] + self._names[: max(place, 0)]
        return next((name for name in later if self._is_waiting(name)), None)

    @property
    def sites(self) -> tuple[Site, ...]:
        """All sites, in their order."""
        return tuple(Site(name, self._state(name), self._found.get(name)) for name in self._names)

    @property
    def good_s(self) -> float:
        """Seconds of good sound collected at the current site."""
        return sum((end_s - start_s for start_s, end_s in self._covered), 0.0)

    @property
    def needed_s(self) -> float:
        """Seconds of good sound that a site needs."""
        return self._needed_s

    @property
    def progress(self) -> float:
        """Of the current site, 0 to 1."""
        return 1.0 if self._step is Step.STAND else min(1.0, self.good_s / self._needed_s)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the newest window of the current site is not good; none where it is, or there is none yet."""
        return self._reasons if self._open else ()

    @property
    def standing(self) -> Standing | None:
        """What is said of the current site alone; None where there is no site.

        While it is listened to the rolling verdict on its windows, warming up before the first of them; then
        its result.
        """
        if self._step is Step.STAND and self._current is not None:
            verdict = self._found[self._current].verdict
            return None if verdict is None else Standing(verdict.label, verdict.p_abnormal)
        return self._standing if self._open else None

    @property
    def began_s(self) -> float:
        """When the current site began, on the stream's clock, in seconds."""
        return self._began_s

    @property
    def device_lost(self) -> bool:
        """Whether the device is away."""
        return self._lost_since_s is not None

    @property
    def out_of_patience(self) -> bool:
        """Whether the current site may be ended as poor signal; what time the device was away not counted."""
        away_s = self._away_s + (0.0 if self._lost_since_s is None else self._now_s - self._lost_since_s)
        return self._open and self._now_s - self._began_s - away_s >= self._patience_s

    @property
    def findings(self) -> tuple[SiteFinding, ...]:
        """One for each site: those with a verdict in the order of listening, then those without."""
        heard = sorted(self._found.values(), key=lambda finding: finding.start_s)
        return (*heard, *(SiteFinding(name, None) for name in self._names if name not in self._found))

    def take(
        self, judgements: Iterable[Judgement], events: Iterable[SessionEvent] = (), now_s: float | None = None
    ) -> None:
        """Take what was judged and what happened since.

        Args:
            judgements: Those that were taken before are not taken again.
            events: Device lost and back are heeded.
            now_s: Up to where the sound was analysed, in seconds.
        """
        told: list[tuple[float, WindowVerdict | SessionEvent]] = [
            (event.t_s, event) for event in events if event.event in ("device_lost", "device_back")
        ]
        told += [
            (judgement.verdict.end_s, judgement.verdict)
            for judgement in judgements
            if judgement.verdict.end_s > self._newest_s and judgement.verdict.label is not Label.WARMING_UP
        ]
        for at_s, one in sorted(told, key=lambda pair: pair[0]):
            self._go_on(at_s)
            if isinstance(one, SessionEvent):
                self._heed(one)
            elif at_s > self._newest_s:
                self._newest_s = at_s
                self._hear(one)
        if now_s is not None:
            self._go_on(now_s)

    def choose(self, name: str) -> None:
        """Listen to a site now; one that is not known yet is added.

        What was collected at another without a verdict is forgotten; a verdict of this one stands until there
        is a new one.
        """
        name = name.strip()
        if not name or self._step is Step.ENDED:
            return
        if name not in self._names:
            self._names.append(name)
        self._skipped.discard(name)
        self._begin(name, self._now_s)

    def restart(self) -> None:
        """Forget the current site and listen to it anew."""
        if self._current is not None and self._step is not Step.ENDED:
            self._found.pop(self._current, None)
            self._begin(self._current, self._now_s)

    def skip(self) -> None:
        """Leave the current site, and go to the next.

        Out of patience it ends as poor signal with what was heard. A verdict from before stands.
        """
        if self._current is not None and self._step is not Step.ENDED:
            self._leave(self._current)
            self._begin(self.next_site, self._now_s)

    def finish(self) -> tuple[SiteFinding, ...]:
        """End it, with the findings there are; harmless when it has ended."""
        if self._current is not None and self._open:
            self._leave(self._current)
        self._skipped.update(name for name in self._names if name not in self._found)
        self._current, self._step = None, Step.ENDED
        return self.findings

    @property
    def _open(self) -> bool:
        return self._step in (Step.PLACE, Step.LISTEN)

    def _is_waiting(self, name: str) -> bool:
        return name != self._current and name not in self._found and name not in self._skipped

    def _state(self, name: str) -> SiteState:
        if name == self._current and self._open:
            return SiteState.LISTENING
        if name in self._found:
            return SiteState.DONE
        return SiteState.SKIPPED if name in self._skipped else SiteState.WAITING

    def _begin(self, name: str | None, at_s: float) -> None:
        self._current = name
        self._began_s = at_s
        self._away_s = 0.0
        if self._lost_since_s is not None:
            self._lost_since_s = max(self._lost_since_s, at_s)
        self._all = RecordingTally(self._calibration)
        self._reasons: tuple[str, ...] = ()
        self._rolling.reset()
        self._standing = Standing(Label.WARMING_UP, None)
        self._place()
        if name is None:
            self._step = Step.COMPLETE

    def _place(self) -> None:
        """No heart sound was found yet."""
        self._step = Step.PLACE
        self._tally = RecordingTally(self._calibration)
        self._covered: list[tuple[float, float]] = []
        self._start_s = self._began_s

    def _go_on(self, at_s: float) -> None:
        """Let time pass."""
        self._now_s = max(self._now_s, at_s)
        if self._step is Step.STAND and self._now_s >= self._ended_s + STOOD_S:
            self._begin(self.next_site, self._ended_s + STOOD_S)

    def _heed(self, event: SessionEvent) -> None:
        if event.event == "device_lost":
            self._lost_since_s = event.t_s
        elif self._lost_since_s is not None:
            self._away_s += max(0.0, event.t_s - max(self._lost_since_s, self._began_s))
            self._lost_since_s = None

    def _hear(self, verdict: WindowVerdict) -> None:
        if not self._open or verdict.start_s < self._began_s:
            return
        good = verdict.scored and (verdict.quality is None or verdict.quality >= DOUBTED_BELOW)
        self._reasons = () if good else verdict.reasons
        self._all.add([verdict])
        self._standing = self._rolling.update(verdict)
        if self._step is Step.PLACE:
            if not good:
                return
            self._step, self._start_s = Step.LISTEN, verdict.start_s
        elif not good and self.good_s < SETTLED_S and _LIFTED.intersection(verdict.reasons):
            self._place()
            return
        if verdict.start_s < self._start_s:
            return
        self._tally.add([verdict])
        if verdict.scored:
            self._cover(verdict.start_s, verdict.end_s)
        if self.good_s >= self._needed_s - 1e-6:
            self._end(verdict.end_s)

    def _cover(self, start_s: float, end_s: float) -> None:
        while self._covered and self._covered[-1][1] >= start_s:
            start_s = min(start_s, self._covered.pop()[0])
        self._covered.append((start_s, end_s))

    def _end(self, at_s: float) -> None:
        """The current site is done."""
        assert self._current is not None
        self._found[self._current] = SiteFinding(
            self._current, self._tally.result(), self._start_s, at_s, round(self.good_s, 6)
        )
        self._step, self._ended_s = Step.STAND, at_s

    def _leave(self, name: str) -> None:
        """End a site by hand."""
        if name in self._found:
            return
        heard = self._all.result()
        if self.out_of_patience and heard.windows:
            verdict = replace(heard, label=Label.POOR_SIGNAL, p_abnormal=None, reading=None)
            self._found[name] = SiteFinding(name, verdict, self._began_s, self._now_s, round(self.good_s, 6))
        else:
            self._skipped.add(name)
