import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.config import FrontEndConfig
from dsp.front_end import FrontEnd

CONFIG = FrontEndConfig()


@given(st.integers(1, 1_080_000))
def test_every_multiple_of_the_step_is_a_hop(steps):
    assert CONFIG.hop_steps(steps * 0.08) == steps
    assert CONFIG.hop_steps(float(f"{steps * 8 / 100:.2f}")) == steps


@given(st.floats() | st.floats(0, 100))
def test_a_hop_is_a_multiple_or_refused_in_one_line(hop_s):
    steps = hop_s / 0.08
    on_grid = (
        math.isfinite(steps) and abs(round(steps) * 0.08 - hop_s) <= 1e-9 and 1 <= round(steps) <= 1_080_000
    )
    if on_grid:
        assert CONFIG.hop_steps(hop_s) == round(steps)
    else:
        with pytest.raises(ValueError, match=r"^hop [^\n]* s is not a positive multiple of 0\.08 s$"):
            FrontEnd(2000, hop_s)


@pytest.mark.parametrize(
    "hop_s", [0.0, -0.08, 0.04, 0.12, 0.1, 0.4001, math.nan, math.inf, -math.inf, 86_400.08]
)
def test_other_hops_are_wrong(hop_s):
    with pytest.raises(ValueError, match="is not a positive multiple"):
        CONFIG.hop_steps(hop_s)


def test_the_shape_of_things():
    assert (CONFIG.bands, CONFIG.frames, CONFIG.window_s) == (50, 121, 10.0)


def test_a_configuration_survives_json():
    assert FrontEndConfig(**json.loads(json.dumps(CONFIG.to_dict()))) == CONFIG


@pytest.mark.parametrize(("field", "value"), [("wavelet_level", 6), ("step", 48), ("window", 20_001)])
def test_numbers_that_break_the_grid_are_refused(field, value):
    with pytest.raises(ValueError, match=field):
        dataclasses.replace(CONFIG, **{field: value})
