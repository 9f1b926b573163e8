"""The numbers that define the road from samples to image."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class FrontEndConfig:
    """Everything a model's input depends on; a model card carries one and loading compares it.

    The values here are the reference paper's where its section 3 is explicit (2 kHz, 20-850 Hz, 10 s windows,
    SURE soft thresholds, Hann frames of 0.4 s with 80 % overlap, 50 x 121 images). Filter order, wavelet,
    band spacing and floor are this project's choice.

    Attributes:
        rate: Analysis rate in hertz.
        low_hz: Lower band edge in hertz.
        high_hz: Upper band edge in hertz.
        bandpass_order: Butterworth order of each band edge; 0 leaves the bandpass out.
        window: Samples in a window.
        step: Samples between neighbouring grid positions; window starts lie on this grid.
        wavelet: PyWavelets name of an orthogonal wavelet, or None to leave out the denoising.
        wavelet_level: Depth of the decimated transform; 2**level divides ``step``.
        frame: Samples in a spectrogram frame.
        frame_step: Samples between the starts of neighbouring frames.
        fft: FFT length in samples.
        bands: Rows of the image.
        band_spacing: "linear", "mel" or "log": where the triangular bands' centres lie.
        floor_db: Powers are floored this far below the window's greatest band power.
    """

    rate: int = 2000
    low_hz: float = 20.0
    high_hz: float = 850.0
    bandpass_order: int = 4
    window: int = 20_000
    step: int = 160
    wavelet: str | None = "db4"
    wavelet_level: int = 5
    frame: int = 800
    frame_step: int = 160
    fft: int = 1024
    bands: int = 50
    band_spacing: str = "linear"
    floor_db: float = -80.0

    def __post_init__(self) -> None:
        if self.step % 2**self.wavelet_level:
            raise ValueError(f"wavelet_level {self.wavelet_level}: 2**level must divide step {self.step}")
        if self.window % self.step:
            raise ValueError(f"window {self.window} is not a multiple of step {self.step}")

    @property
    def frames(self) -> int:
        """Columns of the image: 121 of the paper's."""
        return (self.window - self.frame) // self.frame_step + 1

    @property
    def image_shape(self) -> tuple[int, int]:
        """Rows and columns of the image: bands, frames."""
        return self.bands, self.frames

    @property
    def window_s(self) -> float:
        """Window length in seconds."""
        return self.window / self.rate

    def hop_steps(self, hop_s: float) -> int:
        """Grid steps in a hop.

        Args:
            hop_s: Hop in seconds, a positive multiple of 0.08.

        Raises:
            ValueError: The hop is not such a multiple, or longer than a day.
        """
        steps = round(hop_s * self.rate / self.step) if 0 < hop_s <= 86_400 else 0
        if steps < 1 or abs(steps * self.step / self.rate - hop_s) > 1e-9:
            raise ValueError(f"hop {hop_s:g} s is not a positive multiple of {self.step / self.rate:g} s")
        return steps

    def to_dict(self) -> dict[str, object]:
        """The fields as JSON holds them."""
        return asdict(self)


PAPER_FRONT_END = FrontEndConfig()
"""The reference paper's images, 50 x 121: a frame is as long as half a heartbeat."""

FINE_FRONT_END = FrontEndConfig(wavelet=None, frame=128, frame_step=32, fft=256, bands=32, band_spacing="mel")
"""Frames of 64 ms every 16 ms, as on the screen, 32 x 622: S1, systole, S2 and diastole stand apart."""

FRONT_ENDS = (PAPER_FRONT_END, FINE_FRONT_END)
"""Those that models are made for."""
