import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt, sosfilt_zi

from dsp import second_order_sections
from dsp.bandpass import CausalBandpass
from dsp.second_order_sections import filter_sections

WHOLE = st.integers(0, 2**32 - 1)


@given(WHOLE, st.integers(1, 4), st.integers(1, 300))
def test_it_is_scipys_public_function_to_the_bit(seed, order, count):
    chance = np.random.default_rng(seed)
    sections = butter(order, [20, 850], "bandpass", output="sos", fs=2000)
    samples, state = chance.standard_normal(2 * count)[::2], chance.standard_normal((order, 2))
    before = samples.tobytes(), state.tobytes()
    expected, after = sosfilt(sections, samples, zi=state)
    for by in (second_order_sections._filter, second_order_sections._public):
        filtered, left = np.array(samples[None]), np.array(state[None])
        by(sections, filtered, left)
        assert (filtered.tobytes(), left.tobytes()) == (expected.tobytes(), after.tobytes())
    filtered, left = filter_sections(sections, samples, state)
    assert (filtered.tobytes(), left.tobytes()) == (expected.tobytes(), after.tobytes())
    assert (samples.tobytes(), state.tobytes()) == before


def test_the_usual_bandpass_is_the_one_that_scipy_designs():
    sections = butter(4, [20.0, 850.0], "bandpass", output="sos", fs=2000.0)
    rest = sosfilt_zi(sections)
    usual = CausalBandpass()
    # Another library of linear algebra may round otherwise.
    assert np.allclose(usual._sections, sections, rtol=1e-12, atol=0)
    assert np.allclose(usual._rest, rest, rtol=1e-10, atol=1e-14)


def test_what_takes_a_second_to_import_is_not_needed_and_can_still_be():
    code = (
        "import sys, numpy as np\n"
        "from dsp.front_end import FrontEnd\n"
        "import model.classifier\n"
        "FrontEnd(4000).push(np.ones(8000))\n"
        "assert 'scipy.signal' not in sys.modules\n"
        "from scipy.signal import butter, sosfilt\n"
        "sosfilt(butter(2, 0.1, output='sos'), np.ones(9))\n"
        "FrontEnd(4000).push(np.ones(8000))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
