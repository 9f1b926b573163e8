import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import median_abs_deviation

from dsp.denoise import WaveletDenoiser, noise_scale, sure_threshold
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig

coefficients = arrays(
    np.float64,
    st.integers(1, 4) | st.integers(1, 60),
    # Repeated magnitudes, zeros and outliers.
    elements=st.floats(-1e3, 1e3, width=32) | st.sampled_from([0.0, 1.0, -1.0, 2.5, 30.0]),
)


def risk(threshold, values, scale):
    """Stein's unbiased risk of soft thresholding, by its definition."""
    size, limit = np.abs(values) / scale, threshold / scale
    return values.size - 2 * np.count_nonzero(size <= limit) + np.sum(np.minimum(size, limit) ** 2)


@settings(max_examples=120)
@given(coefficients, st.floats(0.5, 5) | st.floats(0.1, 100))
def test_no_other_threshold_has_less_risk(values, scale):
    threshold = sure_threshold(values, scale)
    size = np.abs(values)
    # A hair above each magnitude, since the division by the scale rounds.
    tried = [0.0, *size, *(size * (1 + 1e-9)), *np.linspace(0, size.max() * 1.1, 500)]
    least = min(risk(other, values, scale) for other in tried)
    mine = min(risk(threshold, values, scale), risk(threshold * (1 + 1e-9), values, scale))
    assert mine <= least + 1e-6 * (1 + abs(least))
    assert threshold == 0 or np.isclose(size, threshold, rtol=1e-12).any()


@given(coefficients)
def test_without_noise_nothing_is_shrunk(values):
    assert sure_threshold(values, 0.0) == 0.0


@given(coefficients)
def test_the_scale_is_the_median_absolute_deviation_about_zero(values):
    expected = median_abs_deviation(values, center=lambda x, axis: np.zeros(()), scale="normal")
    assert noise_scale(values) == pytest.approx(float(expected), rel=1e-12)


def test_the_scale_of_noise_is_its_standard_deviation():
    assert noise_scale(np.random.default_rng(0).normal(0, 0.25, 100_000)) == pytest.approx(0.25, rel=0.01)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(-3, 10), st.sampled_from(["normal", "as", "ms"]))
def test_noise_on_a_heart_sound_becomes_less(seed, snr_db, condition):
    clean = HeartSoundSynthesizer(SynthesisConfig(condition, rate=2000, snr_db=None, seed=seed)).read(20_000)
    sigma = clean.std() / 10 ** (snr_db / 20)
    noisy = clean + np.random.default_rng(seed).normal(0, sigma, clean.size)
    denoised = WaveletDenoiser()(noisy)
    assert np.mean((denoised - clean) ** 2) < 0.5 * np.mean((noisy - clean) ** 2)


@settings(max_examples=30)
@given(arrays(np.float64, 20_000, elements=st.floats(-1, 1), fill=st.just(0.0)))
def test_clicks_in_silence_have_no_noise_to_remove(samples):
    samples[640:] = np.where(np.arange(19_360) % 3000 == 0, samples[640:], 0.0)
    assert np.abs(WaveletDenoiser()(samples) - samples).max() < 1e-12


@given(st.integers(-60, 60))
def test_a_gain_passes_through(exponent):
    samples = np.random.default_rng(1).standard_normal(20_000)
    denoiser = WaveletDenoiser()
    assert np.array_equal(denoiser(samples * 2.0**exponent), denoiser(samples) * 2.0**exponent)


def test_the_window_is_only_read():
    samples = np.random.default_rng(1).standard_normal(20_000)
    before = samples.copy()
    samples.flags.writeable = False
    denoised = WaveletDenoiser()(samples)
    assert np.array_equal(samples, before)
    assert denoised.shape == samples.shape


@settings(max_examples=25)
@given(st.integers(1, 25), st.integers(0, 100))
def test_windows_on_the_grid_share_the_transforms_grid(steps, seed):
    """A sound inside both windows is denoised alike in both; off the grid it is not."""
    sound = np.random.default_rng(seed).standard_normal(14_500)
    samples = np.concatenate([np.zeros(4500), sound, np.zeros(6000)])
    denoiser = WaveletDenoiser()
    first = denoiser(samples[:20_000])

    def difference(start):
        later = denoiser(samples[start : start + 20_000])
        return np.abs(first[start:] - later[: 20_000 - start]).max()

    assert difference(160 * steps) < 1e-12
    assert difference(160 * steps - 16) > 1e-3


@given(st.integers(0, 1000))
def test_it_shrinks_each_detail_level_by_its_own_threshold_and_keeps_the_rest(seed):
    rng = np.random.default_rng(seed)
    samples = np.cumsum(rng.standard_normal(20_000)) + rng.standard_normal(20_000)
    approximation, *details = pywt.wavedec(samples, "db4", mode="symmetric", level=5)
    limits = [sure_threshold(detail, noise_scale(detail)) for detail in details]
    assert max(limits) > 0
    kept = [
        np.sign(detail) * np.maximum(np.abs(detail) - limit, 0)
        for detail, limit in zip(details, limits, strict=True)
    ]
    expected = pywt.waverec([approximation, *kept], "db4", mode="symmetric")
    assert np.allclose(WaveletDenoiser()(samples), expected, rtol=0, atol=1e-9)
