"""Where the phases of a heartbeat lie."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CardiacCycle:
    """One beat from its S1 to the next, all in s.

    Attributes:
        rr: its length.
        s1: length of S1, which begins at 0.
        s2: onset of S2.
        s2_length: length of S2.
        shrink: 1, or below 1 where a beat is so short that its sounds are shortened with it.
    """

    rr: float
    s1: float
    s2: float
    s2_length: float
    shrink: float

    @property
    def diastole(self) -> float:
        """From S2 to the next S1."""
        return self.rr - self.s2

    @classmethod
    def of(cls, rr: float, mean_rr: float) -> CardiacCycle:
        """The phases of a beat of `rr` s in a heart whose beats last `mean_rr` s on average."""
        shrink = min(1.0, rr / 0.5)
        # Systole follows the rate of many beats more than the length of the one it is in.
        s2 = min(_systole_s(60 / (mean_rr + 0.3 * (rr - mean_rr))), 0.55 * rr)
        return cls(rr, 0.12 * shrink, s2, 0.09 * shrink, shrink)


def _systole_s(heart_rate_bpm: float) -> float:
    """Interval from S1 to S2, s, at a heart rate in beats per minute.

    Weissler, Harris and Schoenfeld (Circulation 37, 1968): electromechanical systole of men lasts
    546 - 2.1 x rate ms from the Q wave, which precedes S1 by about 55 ms. The regression was made at rest;
    beyond 140 beats per minute systole keeps its share of the cycle instead of vanishing.
    """
    if heart_rate_bpm <= 140:
        return 0.491 - 0.0021 * heart_rate_bpm
    return 0.197 * 140 / heart_rate_bpm
