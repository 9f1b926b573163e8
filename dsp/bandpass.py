"""The causal bandpass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dsp.second_order_sections import filter_sections

_PASS = np.array([[1.0, 0, 0, 1, 0, 0]])

_USUAL = (20.0, 850.0, 4, 2000.0)
# As scipy gives them, which would take a second to import: the sections, and the state
# that a signal of ones leaves in them.
_USUAL_SECTIONS = np.array(
    [
        [
            0.49273411376374715,
            0.9854682275274943,
            0.49273411376374715,
            1,
            1.2481942723669288,
            0.40515220328897783,
        ],
        [1, 2, 1, 1, 1.5199530382448108, 0.7067368081565742],
        [1, -2, 1, 1, -1.885403150502853, 0.8892291247303121],
        [1, -2, 1, 1, -1.9496912147606862, 0.9535627821004259],
    ]
)
_USUAL_REST = np.array(
    [
        [0.2500774538690753, 0.1917823705087696],
        [0.17802260359842167, 0.09202416461534864],
        [-0.9208341712312235, 0.9208341712312257],
        [-0.0, 0.0],
    ]
)


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
        self._sections, self._rest = _designed(low_hz, high_hz, order, rate)
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
        filtered, self._state = filter_sections(self._sections, samples, self._state)
        return filtered


def _designed(
    low_hz: float, high_hz: float, order: int, rate: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sections, shape (n, 6), and the state that a signal of ones leaves, shape (n, 2)."""
    if (low_hz, high_hz, order, rate) == _USUAL:
        return _USUAL_SECTIONS, _USUAL_REST
    if not order:
        return _PASS, np.zeros((1, 2))
    from scipy.signal import butter, sosfilt_zi

    edges, kind = ([low_hz, high_hz], "bandpass") if high_hz < rate / 2 else (low_hz, "highpass")
    sections = butter(order, edges, btype=kind, output="sos", fs=rate)
    return sections, sosfilt_zi(sections)
