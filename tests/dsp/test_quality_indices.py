import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import periodogram
from scipy.stats import kurtosis

from dsp.quality_indices import QUALITY_INDICES, quality_indices
from tests.dsp.streams import heart

RATE = 2000


def measured(signal):
    found = quality_indices(signal, RATE)
    assert found.dtype == np.float32
    assert found.shape == (len(QUALITY_INDICES),)
    assert np.isfinite(found).all()
    return dict(zip(QUALITY_INDICES, found.tolist(), strict=True))


@given(st.integers(200, 20_000), st.sampled_from(["silence", "impulse", "constant", "noise", "loud"]))
def test_any_signal_has_finite_measures(length, kind):
    signals = {
        "silence": np.zeros(length),
        "impulse": np.eye(1, length, length // 2)[0],
        "constant": np.full(length, 0.3),
        "noise": np.random.default_rng(0).standard_normal(length),
        "loud": 1e9 * np.sin(np.arange(length)),
    }
    measured(signals[kind].astype(np.float32))


@settings(max_examples=20)
@given(st.floats(-40, 40), st.booleans())
def test_level_and_polarity_change_the_loudness_alone(gain_db, turned):
    sound = heart(RATE, 10.0)
    gain = 10 ** (gain_db / 20)
    one, other = measured(sound), measured((-gain if turned else gain) * sound)
    assert other.pop("loudness") == pytest.approx(one.pop("loudness") + gain_db / 20, abs=1e-4)
    assert other == pytest.approx(one, abs=1e-3)


def test_they_are_what_other_libraries_compute():
    signal = np.random.default_rng(1).standard_normal(20_000)
    found = measured(signal)
    assert found["loudness"] == pytest.approx(np.log10(np.sqrt(np.mean(signal**2))), abs=1e-5)
    moments = np.mean(signal**4) / np.mean(signal**2) ** 2
    assert moments == pytest.approx(kurtosis(signal, fisher=False), rel=1e-2)
    assert found["peakedness"] == pytest.approx(np.log10(moments), abs=1e-5)
    hertz, power = periodogram(signal, RATE, "hann", detrend=False)
    inside = power[(hertz >= 20) & (hertz < 850)].sum()
    for low, high in ((20, 60), (60, 150), (150, 400), (400, 850)):
        share = power[(hertz >= low) & (hertz < high)].sum() / inside
        assert found[f"share of {low}-{high} Hz"] == pytest.approx(np.log10(share), abs=0.01)
    assert found["length"] == 10


def test_beats_stand_out_and_come_again_and_noise_does_neither():
    beats, noise = measured(heart(RATE, 10.0)), measured(np.random.default_rng(2).standard_normal(20_000))
    assert beats["periodicity"] > 0.5 > noise["periodicity"]
    assert beats["contrast"] > 0.5 > noise["contrast"]
