import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.window_quality import DOUBTED_BELOW, FINDINGS, REFUSED_BELOW, WindowQuality, quality_of

CODES = {"no_heart_sound", "ambient_noise", "movement", "mains_hum"}
share = st.floats(0, 1)


@given(st.lists(share, min_size=5, max_size=5))
def test_what_is_not_good_has_a_reason_and_what_is_has_none(findings):
    quality = quality_of(np.array(findings))
    assert quality.value == min(*findings[:2], *(1 - found for found in findings[2:]))
    assert quality.refused == (quality.value < REFUSED_BELOW)
    assert quality.doubted == (quality.value < DOUBTED_BELOW)
    assert bool(quality.reasons) == quality.doubted
    assert set(quality.reasons) <= CODES


def test_each_finding_is_told_by_its_code():
    codes = {"ambient": "ambient_noise", "movement": "movement", "hum": "mains_hum"}
    for finding, code in codes.items():
        found = dict.fromkeys(FINDINGS, 0.0) | {"heart": 1.0, finding: 0.9}
        assert quality_of(np.array(list(found.values()))).reasons == (code,)
    assert quality_of(np.array([0.0, 0.1, 0.0, 0.0, 0.0])).reasons == ("no_heart_sound",)


def test_the_likeliest_reason_is_told_where_none_is_likely():
    assert quality_of(np.array([0.3, 0.9, 0.2, 0.4, 0.1])).reasons == ("movement",)


def test_a_good_window_is_neither_refused_nor_doubted():
    assert not WindowQuality(0.9).refused
    assert not WindowQuality(0.9).doubted
