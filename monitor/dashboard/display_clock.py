"""The time that the plots' right edge stands for."""

from __future__ import annotations

DELAY_S = 0.12
"""How far the picture stays behind the newest sound: more than a block and the spectrogram's half frame."""

_LEAP_S = 0.5
_GAIN = 1.5


class DisplayClock:
    """Turns the bursty progress of a stream into even motion.

    Between readings it runs with the monotonic clock; the stream's own time only corrects it gently. It never
    runs back and never ahead of what was heard.
    """

    def __init__(self) -> None:
        self.now_s = 0.0
        self._read_at: float | None = None

    def reset(self) -> None:
        """Begin a stream anew."""
        self.__init__()

    def advance(self, at: float, heard_s: float, pace: float | None = 1.0, settle: bool = False) -> float:
        """The time to show.

        Args:
            at: Monotonic clock, in seconds.
            heard_s: Stream time up to which there is sound, in seconds.
            pace: Seconds of sound per second; None follows ``heard_s`` at once.
            settle: The stream has ended or is timed exactly: go all the way to ``heard_s``.

        Returns:
            Stream time in seconds.
        """
        passed = 0.0 if self._read_at is None else max(0.0, at - self._read_at)
        self._read_at = at
        if pace is None:
            self.now_s = max(self.now_s, heard_s)
            return self.now_s
        target = heard_s if settle else heard_s - DELAY_S * pace
        ahead = target - self.now_s
        if abs(ahead) > _LEAP_S * pace:
            # Only forwards: a picture that jumped back would show time twice.
            self.now_s = max(self.now_s, target)
        else:
            step = passed * pace + ahead * min(1.0, _GAIN * passed)
            self.now_s = min(max(self.now_s + step, self.now_s), max(heard_s, self.now_s))
        return self.now_s
