"""The one road from samples to image, for live sound, replay and training."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.bandpass import CausalBandpass
from dsp.config import FrontEndConfig
from dsp.denoise import WaveletDenoiser
from dsp.history import SignalHistory
from dsp.padding import loop_to_length
from dsp.quality import ClippingCounter, refusals, step_power
from dsp.resample import StreamingResampler
from dsp.spectrogram import ClassifierSpectrogram

LARGEST_SAMPLE = 2.0**32
"""Greater magnitudes are no sound in any sample format and are treated like NaN."""

BAND_LIMITED_BELOW = 1700
"""Source rates below this, in hertz, cannot carry the band to 850 Hz."""

_FADE_S = 0.1


@dataclass(frozen=True, eq=False)
class Window:
    """Ten seconds of bandpassed signal on the 160-sample grid.

    Attributes:
        start_s: Start on the source's clock, in seconds.
        end_s: End, in seconds: start_s + 10.
        signal: Shape (20000,), float32, bandpassed, full scale 1; read-only.
        heard_s: Seconds of it that are real; less than 10 only when ``padded``.
        refused: Reasons to refuse it (``too_quiet``, ``gap``, ``fading``, ``clipped``, ``no_heart_sound``),
            empty when it may be classified.
        notes: Reasons that qualify its verdict without refusing it (``padded``, ``band_limited``).
    """

    start_s: float
    end_s: float
    signal: NDArray[np.float32]
    heard_s: float
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Processed:
    """What one push made.

    Attributes:
        start: Analysis-rate index of ``filtered``'s first sample, counted from the segment's start.
        filtered: Shape (n,), bandpassed signal at the analysis rate.
        windows: The windows that it completed, oldest first.
        bad_samples: Input samples that were not finite, or beyond any format, and were replaced.
        clipped_samples: Input samples at full scale.
    """

    start: int
    filtered: NDArray[np.float64]
    windows: list[Window] = field(default_factory=list)
    bad_samples: int = 0
    clipped_samples: int = 0


def silenced(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """Sound with zeros for what is none: not finite, or beyond any sample format.

    Args:
        samples: Any shape.
    """
    sound = np.asarray(samples, np.float64)
    return np.where(np.abs(sound) <= LARGEST_SAMPLE, sound, 0.0)


class FrontEnd:
    """Raw samples at any rate in; bandpassed signal, windows and their images out.

    All state advances in grid steps of 160 analysis samples, whatever the chunks that come in, so the same
    samples give bit-identical windows and images however they are cut. A window ending at t depends on no
    input later than t + ``look_ahead_s``.

    Args:
        source_rate: Rate of the raw samples in hertz, 1000 to 192000.
        hop_s: Time between windows in seconds, a positive multiple of 0.08.
        config: The numbers; a model is tied to the ones it was trained with.

    Raises:
        ValueError: The rate or the hop is outside its range.
    """

    def __init__(self, source_rate: int, hop_s: float = 0.4, config: FrontEndConfig | None = None) -> None:
        self.config = config = config or FrontEndConfig()
        self.source_rate = source_rate
        self._hop_steps = config.hop_steps(hop_s)
        self._window_steps = config.window // config.step
        self._resampler = StreamingResampler(source_rate, config.rate, config.step)
        self._bandpass = CausalBandpass(config.low_hz, config.high_hz, config.bandpass_order, config.rate)
        self._clipping = ClippingCounter(source_rate, config.rate, config.step)
        self._image = WindowImage(config)
        self._history = SignalHistory(4 * config.window)  # bandpassed, for windows to come
        self.reset()

    @property
    def look_ahead_s(self) -> float:
        """How far past a window's end its samples may reach, in seconds: 0.008, or 0 at the analysis rate."""
        return self._resampler.look_ahead_s

    @property
    def heard_s(self) -> float:
        """Seconds of bandpassed signal made since the segment's start."""
        return self._made / self.config.rate

    @property
    def origin_s(self) -> float:
        """Where the segment starts on the source's clock, in seconds."""
        return self._origin_s

    @property
    def samples_to_next_window(self) -> int:
        """Source samples that must still come before the next window is complete."""
        end = self._next_window * self.config.step + self.config.window
        return self._resampler.needed_for(end)

    def reset(self, origin_s: float = 0.0) -> None:
        """Start anew, at the beginning of a stream or after a gap.

        Args:
            origin_s: Time of the next sample on the source's clock, in seconds.
        """
        self._origin_s = origin_s
        self._resampler.reset()
        self._bandpass.reset()
        self._clipping.reset()
        self._last_good = 0.0
        self._made = 0
        self._history.clear()
        self._next_window = 0  # the grid step at which the next window starts

    def push(self, samples: NDArray[np.floating]) -> Processed:
        """Take the next raw samples.

        Args:
            samples: Shape (n,), full scale 1, taken as float32 (what devices give, exact for 24-bit files).
                A sample that is not finite, or beyond 2**32, is replaced by the last good one.
        """
        good, bad = self._sanitised(samples)
        clipped = self._clipping.push(good)
        start, filtered = self._made, self._extend(self._resampler.push(good))
        return Processed(start, filtered, self._complete_windows(), bad, clipped)

    def flush(self) -> Processed:
        """End the stream; one shorter than a window gets its one window by looping what there is."""
        start, filtered = self._made, self._extend(self._resampler.flush())
        windows = self._complete_windows()
        if self._next_window == 0 and 0 < self._made < self.config.window:
            windows.append(self._padded_window())
        return Processed(start, filtered, windows)

    def image(self, window: Window) -> NDArray[np.float32]:
        """The classifier's input for a window.

        Returns:
            Shape (bands, frames) of the configuration, float32: (50, 121) of the paper's.
        """
        return self._image(window.signal)

    def _extend(self, resampled: NDArray[np.float64]) -> NDArray[np.float64]:
        filtered = self._bandpass.push(resampled)
        self._made += filtered.size
        self._history.append(filtered)
        return filtered

    def _sanitised(self, samples: NDArray[np.floating]) -> tuple[NDArray[np.float64], int]:
        with np.errstate(over="ignore", invalid="ignore"):
            samples = samples.astype(np.float32).astype(np.float64)
        good = np.abs(samples) <= LARGEST_SAMPLE  # False for NaN
        bad = samples.size - int(np.count_nonzero(good))
        if bad:
            latest = np.maximum.accumulate(np.where(good, np.arange(samples.size), -1))
            samples = np.where(latest >= 0, samples[latest], self._last_good)
        if samples.size:
            self._last_good = float(samples[-1])
        return samples, bad

    def _complete_windows(self) -> list[Window]:
        config, windows = self.config, []
        while (first := self._next_window * config.step) + config.window <= self._history.end:
            signal = self._history.span(first, first + config.window).copy()
            windows.append(self._window(signal, config.window_s))
            self._next_window += self._hop_steps
        if windows:
            self._clipping.forget_before(self._next_window)
        # A hop longer than a window starts the next one past what has been heard.
        self._history.forget_before(self._next_window * config.step)
        return windows

    def _padded_window(self) -> Window:
        config = self.config
        signal = loop_to_length(self._history.span(0, self._made), config.window, int(_FADE_S * config.rate))
        return self._window(signal, self._made / config.rate, notes=("padded",))

    def _window(self, signal: NDArray[np.float32], heard_s: float, notes: tuple[str, ...] = ()) -> Window:
        config = self.config
        signal.flags.writeable = False
        start_s = self._origin_s + self._next_window * config.step / config.rate
        heard = signal[: round(heard_s * config.rate)]
        clipped = self._clipping.fraction(self._next_window, self._window_steps)
        if self.source_rate < BAND_LIMITED_BELOW:
            notes = ("band_limited", *notes)
        return Window(
            start_s=round(start_s, 6),
            end_s=round(start_s + config.window_s, 6),
            signal=signal,
            heard_s=heard_s,
            refused=refusals(step_power(heard, config.step), config.rate / config.step, clipped, heard_s),
            notes=notes,
        )


class WindowImage:
    """Bandpassed window -> classifier image: denoising, then the spectrogram, both in float32.

    The window is scaled to full range first, so that a faint sound loses nothing by it.
    """

    def __init__(self, config: FrontEndConfig) -> None:
        self.denoise = WaveletDenoiser(config.wavelet, config.wavelet_level) if config.wavelet else None
        self.spectrogram = ClassifierSpectrogram(config)

    def __call__(self, signal: NDArray[np.float32]) -> NDArray[np.float32]:
        """Make the image, shape (bands, frames) float32, of a bandpassed window, shape (20000,)."""
        return self.spectrogram(self.denoised(signal))

    def denoised(self, signal: NDArray[np.float32]) -> NDArray[np.float32]:
        """The first half of the work: shape (20000,), float32, scaled."""
        scaled = signal / (np.max(np.abs(signal)) or np.float32(1))
        return self.denoise(scaled) if self.denoise else scaled
