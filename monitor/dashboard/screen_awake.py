"""The screen kept from going dark while somebody shows something on it."""

from __future__ import annotations

import threading

_JOIN_S = 2.0


class ScreenAwake:
    """Holds off the screen saver, where the desktop allows it.

    A desktop may take its time to answer, so a thread asks it and nobody waits.
    """

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Keep the screen on from now on. Harmless when it is kept on already."""
        if self._thread is None or self._over.is_set():
            self._over = threading.Event()
            self._thread = threading.Thread(
                target=_keep, args=(self._over,), name="guard of the screen", daemon=True
            )
            self._thread.start()

    def end(self) -> None:
        """Let it go dark again; returns at once."""
        self._over.set()

    def close(self) -> None:
        """As ``end``; returns when the desktop knows."""
        self.end()
        if self._thread is not None:
            self._thread.join(_JOIN_S)


def _keep(over: threading.Event) -> None:
    from wakepy import keep

    # A screen that cannot be kept on is shown all the same.
    with keep.presenting(on_fail="pass"):
        over.wait()
