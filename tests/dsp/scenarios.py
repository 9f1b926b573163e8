"""Scenarios for property tests."""

from hypothesis import strategies as st

from dsp.scenario import FAULT_KINDS, Fault, RandomFaults, Scenario
from dsp.synthesis import CONDITIONS, SynthesisConfig

LONGEST_S = 5


def _pairs(low, high):
    return st.tuples(st.floats(low, high), st.floats(low, high)).map(sorted).map(tuple)


@st.composite
def faults(draw, seconds, kinds):
    """Faults of which no two of a kind overlap."""
    drawn = []
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=4)):
        edges = [fault.at_s + fault.length_s for fault in drawn if fault.kind == kind]
        # A sample of the lowest rate apart, whatever rounding does.
        at_s = max(edges, default=-0.001) + 0.001 + draw(st.floats(0, seconds / 2))
        values = {name: draw(st.floats(*bounds)) for name, bounds in FAULT_KINDS[kind].parameters.items()}
        drawn.append(Fault(kind, at_s, draw(st.floats(1e-4, LONGEST_S)), **values))
    return tuple(drawn)


@st.composite
def random_faults(draw, kinds=tuple(FAULT_KINDS), per_hour=600):
    kind = draw(st.sampled_from(kinds))
    values = {name: draw(_pairs(*bounds)) for name, bounds in FAULT_KINDS[kind].parameters.items()}
    return RandomFaults(kind, draw(st.floats(1, per_hour)), draw(_pairs(1e-4, LONGEST_S)), **values)


@st.composite
def scenarios(draw, seconds=20, kinds=tuple(FAULT_KINDS), snr_db=30.0):
    heart = SynthesisConfig(
        condition=draw(st.sampled_from(CONDITIONS)),
        rate=draw(st.sampled_from([1000, 2000, 4000])),
        seed=draw(st.integers(0, 2**63 - 1)),
        snr_db=snr_db,
    )
    return Scenario(
        heart,
        draw(st.floats(0.1, seconds)),
        draw(faults(seconds, kinds)),
        tuple(draw(st.lists(random_faults(kinds), max_size=3))),
    )
