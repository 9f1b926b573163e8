"""Hearing what is shown, where the machine has a loudspeaker."""

from __future__ import annotations

from monitor.listener import Listener
from monitor.session import Session


class Playback:
    """Keeps at most one listener, of the session that is shown."""

    def __init__(self) -> None:
        self._listener: Listener | None = None

    @property
    def heard_s(self) -> float | None:
        """Stream time that is at the loudspeaker now; None where nothing is played."""
        return None if self._listener is None else self._listener.heard_s

    def start(self, session: Session) -> bool:
        """Play a session aloud.

        Returns:
            False where there is no output device.
        """
        self.stop()
        listener = Listener(session)
        if not listener.start():
            return False
        self._listener = listener
        return True

    def hold(self, held: bool) -> None:
        """Be silent at once until the stream goes on, and then go on where it was."""
        if self._listener is not None:
            self._listener.hold(held)

    def stop(self) -> None:
        """Be silent."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()
