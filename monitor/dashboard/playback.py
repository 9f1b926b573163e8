"""Hearing what is shown, where the machine has an output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.dashboard.go_back_words import FEEDBACK, SOUND_GONE
from monitor.dashboard.words import NO_SOUND_OUTPUT, ONLY_AT_PACE

if TYPE_CHECKING:
    from monitor.feeds import Feed, NewestFeed, PastFeed
    from monitor.listener import Listener
    from monitor.recall import Recall
    from monitor.session import Session


HOWLING = "howling"
"""The condition that a device is heard, which on a loudspeaker would howl."""


@dataclass(frozen=True)
class Said:
    """What came of a wish.

    Attributes:
        words: In one line.
        alert: Something went wrong.
        condition: Which lasts; empty where it was said once.
    """

    words: str
    alert: bool = False
    condition: str = ""


class Playback:
    """Chooses what sounds: a replayed source, a device on headphones, or a part of the past.

    Wishes return at once; ``poll`` has them followed and says what came of them.

    Args:
        aloud: Play replayed sources from the start.

    Attributes:
        aloud: Replayed sources are to be heard.
        headphones: Devices are to be heard; never so at a program's start, as a loudspeaker would howl.
    """

    def __init__(self, aloud: bool) -> None:
        self.aloud, self.headphones = aloud, False
        self._band = "wide"
        self._session: Session | None = None
        self._replayed = self._back = self._held = False
        self._newest: NewestFeed | None = None
        self._past: PastFeed | None = None
        self._given: Feed | None = None
        self._warned = True
        self._listener: Listener | None = None

    @property
    def band(self) -> str:
        """Of the listening filter."""
        return self._band

    @property
    def heard_s(self) -> float | None:
        """Stream time that is at the loudspeaker now; None where nothing new is played."""
        return self._position(self._newest)

    @property
    def past_s(self) -> float | None:
        """Likewise of the past."""
        at_s, past = self._position(self._past), self._past
        if at_s is None or past is None:
            return None
        return min(max(at_s, past.recall.begin_s), past.recall.end_s)

    @property
    def past(self) -> PastFeed | None:
        """The part of the past that is being played, or will be at once."""
        return self._past

    @property
    def delay_s(self) -> float | None:
        """Measured delay of a device on headphones, in seconds; None where none is heard."""
        heard = self._newest is not None and self._given is self._newest and not self._replayed
        return self._listener.delay_s if heard and self._listener is not None else None

    def show(self, session: Session | None, replayed: bool = False) -> None:
        """Another session is shown, or none, or it has ended."""
        if session is not self._session:
            self._session, self._replayed = session, replayed
            self._newest = self._past = None
            self._back = self._held = False

    def look_back(self, back: bool) -> None:
        """The past is shown: nothing new is heard meanwhile."""
        self._back = back
        if not back:
            self._past = None

    def hold(self, held: bool) -> None:
        """Let what is new be silent at once until the stream goes on, and then go on where it was."""
        self._held = held
        self._hold_newest()

    def choose(self, band: str) -> None:
        """Hear through another listening filter."""
        self._band = band
        for feed in (self._newest, self._past):
            if feed is not None:
                feed.band = band

    def toggle_headphones(self) -> None:
        """Hear devices, or no more."""
        self.headphones = not self.headphones
        self._warned = not self.headphones

    def play_past(self, recall: Recall, tempo: float, loop: bool, from_s: float | None = None) -> None:
        """Play a part of the past; see ``PastFeed``."""
        from monitor.feeds import PastFeed

        self._past = PastFeed(recall, self._band, tempo, loop, from_s)
        self._give()

    def stop_past(self) -> None:
        """Play nothing of the past."""
        self._past = None

    def poll(self) -> Said | None:
        """Follow the wishes, and say what came of them; mostly there is nothing to be said."""
        listener = self._listener
        if listener is not None and self._given is not None and listener.feed is not self._given:
            failure = listener.failure
            ended, self._given = self._given, None
            if ended is self._past:
                self._past = None
            if failure:
                self._newest = None
                self.aloud = self.aloud and not self._replayed
                self.headphones = self.headphones and self._replayed
                return Said(SOUND_GONE, alert=True) if listener.was_heard else Said(NO_SOUND_OUTPUT)
        said = self._hear_newest()
        self._give()
        kind = self._listener.output_kind if self._listener is not None and self._given else None
        if not self._warned and kind is not None and not self._replayed:
            self._warned = True
            return Said(FEEDBACK[kind], kind == "loudspeaker", HOWLING)
        return said

    def close(self) -> None:
        """Be silent for good."""
        if self._listener is not None:
            self._listener.close()

    def _give(self) -> None:
        """Have the listener play what is wanted now."""
        wanted = self._past or (None if self._back else self._newest)
        if wanted is self._given:
            return
        if self._listener is None:
            from monitor.listener import Listener

            self._listener = Listener()
        self._given = wanted
        self._hold_newest()
        self._listener.play(wanted)

    def _hold_newest(self) -> None:
        if self._listener is not None:
            self._listener.hold(self._held and self._given is self._newest)

    def _position(self, feed: Feed | None) -> float | None:
        if feed is None or feed is not self._given or self._listener is None:
            return None
        return self._listener.heard_s

    def _hear_newest(self) -> Said | None:
        session = self._session
        wanted = self.aloud if self._replayed else self.headphones
        if session is None or session.ended or not wanted:
            self._newest = None
            return None
        if getattr(session.source, "pace", 1.0) != 1.0:
            self.aloud = False
            return Said(ONLY_AT_PACE)
        if self._newest is None:
            from monitor.feeds import NewestFeed

            prompt = not self._replayed
            self._newest = NewestFeed(session.ring, session.source.rate, self._band, prompt)
        return None
