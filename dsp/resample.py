"""Streaming sample-rate conversion with a short, fixed look-ahead."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

LOOK_AHEAD_S = 0.008
"""Half the length of the interpolation kernel: an output at t uses input up to t + 8 ms."""

MIN_RATE, MAX_RATE = 1_000, 192_000

_KAISER_BETA = 7.857  # 80 dB stopband; with a 16 ms kernel the transition is 313 Hz wide


class StreamingResampler:
    """Polyphase windowed-sinc interpolation from any rate to the analysis rate.

    Output n is the input's value at time n / out_rate: the kernel is symmetric, so its delay is compensated
    and paid as look-ahead. Work is done in blocks of exactly ``step`` outputs whatever the chunks that come
    in, so any chunking gives bit-identical output. Before the first sample the signal is taken to hold its
    first value, after the last its last one (a constant input gives a constant output).

    The cutoff is half the lower of the two rates. At 2 kHz out, frequencies to 843 Hz pass and
    those that would fold below 843 Hz are 80 dB down. An input at the output rate passes
    unchanged, with no look-ahead.

    Args:
        in_rate: Input rate in hertz, 1000 to 192000.
        out_rate: Output rate in hertz.
        step: Outputs per block.

    Raises:
        ValueError: ``in_rate`` is outside its range.
    """

    def __init__(self, in_rate: int, out_rate: int = 2000, step: int = 160) -> None:
        if not MIN_RATE <= in_rate <= MAX_RATE:
            raise ValueError(f"sample rate {in_rate} Hz is outside {MIN_RATE} to {MAX_RATE} Hz")
        self.in_rate, self.out_rate, self.step = in_rate, out_rate, step
        ratio = Fraction(in_rate, out_rate)
        self._up, self._down = ratio.denominator, ratio.numerator
        self._identity = in_rate == out_rate
        self._half = 0 if self._identity else int(LOOK_AHEAD_S * in_rate)
        self._taps = 1 if self._identity else 2 * self._half + (1 if self._up == 1 else 2)
        self._kernel = self._phases()
        if self._up > 1:
            # When a step spans a whole number of inputs, every step has the same phases.
            self._periodic = (step * self._down) % self._up == 0
            self._step_offsets, self._step_kernel = self._plan(0)
        self.reset()

    @property
    def look_ahead_s(self) -> float:
        """How far past its own time an output may look, in seconds."""
        return 0.0 if self._identity else LOOK_AHEAD_S

    def reset(self) -> None:
        """Forget everything: the next sample is the first of a new stream."""
        self._buffer = np.empty(0)
        self._buffer_start = -self._half  # input index of the buffer's first sample
        self._received = 0
        self._produced = 0

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next input samples, any number of them.

        Args:
            samples: Shape (n,), finite.

        Returns:
            Shape (k * step,): the outputs that can now be made, k >= 0.
        """
        if samples.size:
            if self._received == 0:
                self._buffer = np.full(self._half, samples[0])
            self._buffer = np.concatenate([self._buffer, samples])
            self._received += samples.size
        if self._identity:
            return self._passed((self._received - self._produced) // self.step * self.step)
        blocks = []
        while self._last_needed(self._produced + self.step - 1) < self._received:
            blocks.append(self._block())
        self._forget()
        return np.concatenate(blocks) if blocks else np.empty(0)

    def flush(self) -> NDArray[np.float64]:
        """End the stream.

        Returns:
            Shape (m,), the outputs up to the end of the input: together with what ``push`` returned,
            ceil(received * out_rate / in_rate) samples.
        """
        total = -(-self._received * self._up // self._down)
        missing = total - self._produced
        if missing <= 0:
            return np.empty(0)
        if self._identity:
            return self._passed(missing)
        blocks = -(-missing // self.step)
        needed = self._last_needed(self._produced + blocks * self.step - 1) + 1
        pad = np.full(max(0, needed - self._received), self._buffer[-1])
        self._buffer = np.concatenate([self._buffer, pad])
        return np.concatenate([self._block() for _ in range(blocks)])[:missing]

    def needed_for(self, outputs: int) -> int:
        """Input samples that must still come before ``outputs`` samples, a multiple of ``step``, are out."""
        return max(0, self._last_needed(outputs - 1) + 1 - self._received)

    def _last_needed(self, output: int) -> int:
        return output * self._down // self._up + self._taps - 1 - self._half

    def _block(self) -> NDArray[np.float64]:
        first = self._produced * self._down // self._up - self._half - self._buffer_start
        # Windows as sliding_window_view makes them, without its checks, which take longer than the filter.
        item = self._buffer.itemsize
        if self._up == 1:
            self._produced += self.step
            strides = (self._down * item, item)
            windows = np.ndarray((self.step, self._taps), float, self._buffer, first * item, strides)
            return np.einsum("nk,k->n", windows, self._kernel[0])
        if not self._periodic:
            self._step_offsets, self._step_kernel = self._plan(self._produced)
        self._produced += self.step
        rows = self._buffer.size - first - self._taps + 1
        windows = np.ndarray((rows, self._taps), float, self._buffer, first * item, (item, item))
        return np.einsum("nk,nk->n", windows[self._step_offsets], self._step_kernel)

    def _passed(self, count: int) -> NDArray[np.float64]:
        passed, self._buffer = self._buffer[:count], self._buffer[count:]
        self._produced += count
        self._buffer_start += count
        return passed

    def _plan(self, first: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Where each output of the step that begins at ``first`` finds its inputs, and their weights."""
        position = np.arange(first, first + self.step, dtype=np.int64) * self._down
        offsets = position // self._up - first * self._down // self._up
        return offsets, self._kernel[position % self._up]

    def _phases(self) -> NDArray[np.float64]:
        """Kernel per phase, shape (up, taps); each row sums to one."""
        if self._identity:
            return np.ones((1, 1))
        reach = LOOK_AHEAD_S * self.in_rate
        time = np.arange(self._taps)[None, :] - self._half - np.arange(self._up)[:, None] / self._up
        inside = np.clip(1 - (time / reach) ** 2, 0, None)
        taper = np.where(inside > 0, np.i0(_KAISER_BETA * np.sqrt(inside)), 0)
        kernel = np.sinc(time * min(1.0, self.out_rate / self.in_rate)) * taper
        return kernel / kernel.sum(axis=1, keepdims=True)

    def _forget(self) -> None:
        keep_from = self._produced * self._down // self._up - self._half
        if keep_from > self._buffer_start:
            self._buffer = self._buffer[keep_from - self._buffer_start :].copy()
            self._buffer_start = keep_from
