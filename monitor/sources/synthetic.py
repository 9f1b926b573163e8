"""A synthesised heart as a source."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from monitor.sources.paced import Clock, PacedSource
from monitor.sources.protocol import Report


class SyntheticSource(PacedSource):
    """Synthesises heart sound without end, or for ``duration_s``.

    Args:
        config: Condition, heart rate, jitter, noise and seed.
        pace: Seconds of sound per second; None for as fast as it can be analysed.
        duration_s: Stop after this much sound.
        clock: What the blocks are paced and stamped by.
    """

    def __init__(
        self,
        config: SynthesisConfig,
        pace: float | None = 1.0,
        duration_s: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(f"synthetic {config.condition}", config.rate, pace, duration_s, clock)
        self._config = config

    def blocks(self, report: Report) -> Iterator[NDArray[np.float64]]:
        """The sound, from its beginning."""
        synthesizer = HeartSoundSynthesizer(self._config)
        while True:
            yield synthesizer.read(self.block_frames)
