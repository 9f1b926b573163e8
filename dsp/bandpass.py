"""The causal bandpass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt, sosfilt_zi

_PASS = np.array([[1.0, 0, 0, 1, 0, 0]])


class CausalBandpass:
    """Butterworth bandpass in second-order sections, run forward only, with its state carried along.

    The state starts as if the first sample had lasted for ever, so an offset makes no transient.

    Args:
        low_hz: Lower -3 dB edge in hertz.
        high_hz: Upper -3 dB edge in hertz; left out where it is not below rate / 2.
        order: Order of each edge; 0 lets everything pass.
        rate: Sample rate in hertz.
    """

    def __init__(
        self, low_hz: float = 20.0, high_hz: float = 850.0, order: int = 4, rate: float = 2000.0
    ) -> None:
        edges, kind = ([low_hz, high_hz], "bandpass") if high_hz < rate / 2 else (low_hz, "highpass")
        self._sos = butter(order, edges, btype=kind, output="sos", fs=rate) if order else _PASS
        self._rest = sosfilt_zi(self._sos)
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next sample sets the initial state."""
        self._state: NDArray[np.float64] | None = None

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Filter the next samples.

        Args:
            samples: Shape (n,), finite (one NaN would stay in the state for ever).

        Returns:
            Shape (n,), as one pass over the whole stream would give, whatever the chunks.
        """
        if not samples.size:
            return np.empty(0)
        if self._state is None:
            self._state = self._rest * samples[0]
        filtered, self._state = sosfilt(self._sos, samples, zi=self._state)
        return filtered
