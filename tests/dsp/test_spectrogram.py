import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import ShortTimeFFT
from scipy.signal.windows import hann

from dsp.config import FrontEndConfig
from dsp.front_end import WindowImage
from dsp.spectrogram import ClassifierSpectrogram, ScreenSpectrogram, band_edges, band_matrix
from tests.dsp.streams import cuts, heart, pieces

CONFIG = FrontEndConfig()
spacings = st.sampled_from(["linear", "mel", "log"])
sounds = st.builds(heart, st.just(2000), st.just(10.0), st.integers(0, 5), st.sampled_from(["normal", "ms"]))


def triangles(config):
    """The bands one by one, as their definition reads."""
    low, high = config.low_hz, config.high_hz
    if config.band_spacing == "mel":
        mel = np.linspace(*(2595 * np.log10(1 + np.array([low, high]) / 700)), config.bands + 2)
        edges = 700 * (10 ** (mel / 2595) - 1)
    elif config.band_spacing == "log":
        edges = low * (high / low) ** (np.arange(config.bands + 2) / (config.bands + 1))
    else:
        edges = low + (high - low) * np.arange(config.bands + 2) / (config.bands + 1)
    frequency = np.arange(config.fft // 2 + 1) * config.rate / config.fft
    spacing = config.rate / config.fft
    rows = []
    for lower, centre, upper in zip(edges, edges[1:], edges[2:], strict=False):
        feet = [min(lower, centre - spacing), centre, max(upper, centre + spacing)]
        row = np.interp(frequency, feet, [0, 1, 0])
        row[(frequency < low) | (frequency > high)] = 0
        rows.append(row / row.sum())
    return np.array(rows)


def image_by_scipy(window, config):
    transform = ShortTimeFFT(
        hann(config.frame, sym=False), hop=config.step, fs=config.rate, mfft=config.fft, scale_to=None
    )
    # SciPy centres frame p on sample 160 p; with 80 zeros in front, frame p + 3 begins at sample 160 p.
    padded = np.concatenate([np.zeros(80), window])
    spectrum = transform.stft(padded, p0=3, p1=3 + config.frames)
    power = triangles(config) @ np.abs(spectrum) ** 2
    level = 10 * np.log10(np.maximum(power / power.max(), 10 ** (config.floor_db / 10)))
    return (level - level.mean()) / level.std()


@settings(max_examples=30)
@given(sounds, spacings)
def test_the_image_is_that_of_scipys_short_time_fourier_transform(sound, spacing):
    config = dataclasses.replace(CONFIG, band_spacing=spacing)
    image = ClassifierSpectrogram(config)(sound)
    assert np.abs(image - image_by_scipy(sound, config)).max() < 1e-4


@settings(max_examples=30)
@given(sounds)
def test_an_image_is_50_by_121_with_mean_0_and_variance_1(sound):
    image = WindowImage(CONFIG)(sound)
    assert image.shape == (50, 121)
    assert image.dtype == np.float32
    assert image.flags.c_contiguous
    assert abs(image.mean(dtype=np.float64)) < 1e-5
    assert abs(image.std(dtype=np.float64) - 1) < 1e-5


@given(sounds, st.integers(-40, 31))
def test_a_gain_by_a_power_of_two_changes_no_bit(sound, exponent):
    make = WindowImage(CONFIG)
    assert make(sound * 2.0**exponent).tobytes() == make(sound).tobytes()


@given(sounds, st.floats(1e-12, 1e9))
def test_a_gain_changes_nothing_to_speak_of(sound, gain):
    make = WindowImage(CONFIG)
    assert np.abs(make(sound * gain) - make(sound)).max() < 1e-4


@given(sounds)
def test_an_image_does_not_depend_on_the_one_before(sound):
    make = WindowImage(CONFIG)
    make(np.random.default_rng(0).standard_normal(20_000))
    assert make(sound).tobytes() == WindowImage(CONFIG)(sound).tobytes()


def test_the_image_made_before_is_left_alone():
    make = WindowImage(CONFIG)
    first = make(heart(2000, 10.0))
    before = first.copy()
    make(np.random.default_rng(0).standard_normal(20_000))
    assert np.array_equal(first, before)


@pytest.mark.parametrize("level", [0.0, 1e-150, 5e-324])
def test_silence_is_all_zeros(level):
    silence = np.full(20_000, level) * np.where(np.arange(20_000) % 7 == 0, 1, -1)
    assert not WindowImage(CONFIG)(silence.astype(np.float32)).any()


def test_sound_before_long_digital_silence_makes_a_finite_image():
    window = np.array(heart(2000, 10.0))
    # What an infinite impulse response leaves behind: a tail that falls for 150 decades.
    window[4000:] = np.sin(np.arange(16_000)) * np.exp(-np.arange(16_000) / 42)
    assert np.isfinite(WindowImage(CONFIG)(window)).all()


def test_without_a_wavelet_nothing_is_denoised():
    plain = WindowImage(dataclasses.replace(CONFIG, wavelet=None))
    sound = heart(2000, 10.0).astype(np.float32)
    assert np.allclose(plain(sound), ClassifierSpectrogram(CONFIG)(sound), atol=1e-4)
    assert not np.allclose(plain(sound), WindowImage(CONFIG)(sound), atol=1e-2)


@given(spacings, st.integers(2, 80), st.floats(5, 100), st.floats(300, 990))
def test_bands_average_and_stay_in_the_band(spacing, bands, low, high):
    config = dataclasses.replace(CONFIG, band_spacing=spacing, bands=bands, low_hz=low, high_hz=high)
    matrix = band_matrix(config)
    assert matrix.shape == (bands, 513)
    assert (matrix >= 0).all()
    assert np.allclose(matrix.sum(axis=1), 1, rtol=0, atol=1e-12)
    frequency = np.arange(513) * 2000 / 1024
    assert not matrix[:, (frequency < low) | (frequency > high)].any()
    middle = matrix @ frequency
    assert (np.diff(middle) > -1e-9).all()
    assert np.allclose(matrix, triangles(config), rtol=0, atol=1e-9)


@given(st.text().filter(lambda name: name not in ("linear", "mel", "log")))
def test_an_unknown_spacing_is_named(spacing):
    with pytest.raises(ValueError, match="is not linear, mel or log"):
        band_edges(dataclasses.replace(CONFIG, band_spacing=spacing))


@pytest.mark.parametrize("row", [0, 10, 25, 49])
def test_a_tone_is_brightest_in_its_own_band(row):
    centre = 20 + (850 - 20) * (row + 1) / 51
    image = ClassifierSpectrogram(CONFIG)(np.sin(2 * np.pi * centre * np.arange(20_000) / 2000))
    assert (image.argmax(axis=0) == row).all()


@given(st.integers(0, 120), st.integers(0, 49))
def test_a_burst_is_brightest_in_its_own_column_and_row(column, row):
    centre = 20 + (850 - 20) * (row + 1) / 51
    samples = np.random.default_rng(0).normal(0, 1e-3, 20_000)
    middle = column * 160 + 400
    samples[middle - 80 : middle + 80] += np.sin(2 * np.pi * centre * np.arange(160) / 2000) * hann(160)
    image = ClassifierSpectrogram(CONFIG)(samples)
    at_row, at_column = np.unravel_index(image.argmax(), image.shape)
    assert at_column == column
    assert abs(at_row - row) <= 1


@given(cuts, st.integers(0, 4000))
def test_screen_columns_are_the_same_bits_however_the_sound_is_cut(at, count):
    samples = heart(2000, 3.0)[:count]
    screen = ScreenSpectrogram()
    parts = [screen.push(part) for part in pieces(samples, at)]
    expected = ScreenSpectrogram().push(samples)
    assert np.concatenate(parts).tobytes() == expected.tobytes()
    assert expected.shape == (count // 32, screen.rows)


@given(st.integers(0, 3999))
def test_a_sample_shows_only_in_the_columns_that_hold_it(index):
    samples = np.array(heart(2000, 2.0))
    before = ScreenSpectrogram().push(samples)
    samples[index] += 0.5
    after = ScreenSpectrogram().push(samples)
    changed = np.flatnonzero((before != after).any(axis=1))
    ends = (changed + 1) * 32
    assert changed.size
    assert (ends > index).all()
    assert (ends - 128 <= index).all()


@given(st.floats(70, 800), st.floats(0, 6.28), st.floats(-60, 0))
def test_a_sine_reads_its_level_at_its_row(frequency, phase, level_db):
    screen = ScreenSpectrogram()
    amplitude = 10 ** (level_db / 20)
    column = screen.push(amplitude * np.sin(2 * np.pi * frequency * np.arange(400) / 2000 + phase))[-1]
    assert column.max() == pytest.approx(level_db, abs=0.1)
    assert abs(screen.frequencies[column.argmax()] - frequency) <= 2000 / 512
    assert np.interp(frequency, screen.frequencies, column) == pytest.approx(level_db, abs=0.2)


def test_screen_rows_are_frequencies_of_the_band():
    screen = ScreenSpectrogram()
    assert screen.rows == screen.frequencies.size
    assert (screen.frequencies >= 20).all()
    assert (screen.frequencies <= 850).all()
    assert np.allclose(np.diff(screen.frequencies), 2000 / 512)
    assert screen.frequencies[0] < 20 + 2000 / 512
    assert screen.frequencies[-1] > 850 - 2000 / 512


def test_silence_on_the_screen_is_at_the_floor_and_reset_forgets():
    screen = ScreenSpectrogram()
    screen.push(np.ones(100))
    screen.reset()
    column = screen.push(np.zeros(64))
    assert column.shape == (2, screen.rows)
    assert (column == -120).all()
