"""Readings of a stream's windows, at a price that a live stream can pay."""

from __future__ import annotations

from dataclasses import replace

from dsp.front_end import Window
from dsp.reading import RATE, Reading, read_murmur
from model.classifier import JudgedWindow

EVERY_S = 1.0
"""Windows overlap: one is read when it ends so many seconds after the last that was, or later."""


class WindowReader:
    """Adds to each window's verdict what is heard between its heart sounds.

    A window that is not read itself has the reading of the last one that was, which ends less than
    ``EVERY_S`` before it. Where the heart rate cannot be read the sounds are too unsure to listen between.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start anew, after a gap or with another stream."""
        self._due_s = 0.0
        self._latest: Reading | None = None

    def read(self, window: Window, judged: JudgedWindow) -> JudgedWindow:
        """The same, its verdict with the reading.

        Args:
            window: The next of the stream.
            judged: What the classifier says of it.
        """
        if judged.verdict.heart_rate_bpm is None:
            return judged
        if window.end_s >= self._due_s or self._latest is None:
            # Less a millionth, lest a rounding error wait one window more.
            self._due_s = window.end_s + EVERY_S - 1e-6
            heard = window.signal[: round(window.heard_s * RATE)]
            self._latest = read_murmur(heard, window.start_s, judged.sounds)
        return replace(judged, verdict=replace(judged.verdict, reading=self._latest))
