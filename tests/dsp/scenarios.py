"""Scenarios for property tests."""

from hypothesis import strategies as st

from dsp.course import Change
from dsp.murmur import PITCHES, SHAPES, TIMINGS, Murmur
from dsp.noise_kinds import NOISE_KINDS, Noise
from dsp.rhythm import RHYTHMS
from dsp.scenario import FAULT_KINDS, Fault, RandomFaults, Scenario
from dsp.synthesis import CONDITIONS, HeartSoundSynthesizer, SynthesisConfig
from dsp.valve_sounds import EXTRA_SOUNDS

LONGEST_S = 5

murmurs = st.builds(
    Murmur,
    st.sampled_from(TIMINGS),
    st.sampled_from(SHAPES),
    st.integers(1, 6),
    st.sampled_from(list(PITCHES)) | st.tuples(st.floats(20, 400), st.floats(401, 2000)),
)
further_fields = st.fixed_dictionaries(
    {
        "murmurs": st.lists(murmurs, max_size=2).map(tuple),
        "sounds": st.lists(st.sampled_from(EXTRA_SOUNDS), unique=True, max_size=3).map(tuple),
        "rhythm": st.sampled_from(RHYTHMS),
        "ectopic_chance": st.floats(0, 1),
        "split_ms": st.floats(-100, 100),
        "split_variation_ms": st.floats(0, 50),
        "breath_depth": st.floats(0, 3),
    }
).filter(lambda fields: fields["rhythm"] != "fibrillation" or "S4" not in fields["sounds"])
changes = st.builds(
    Change,
    st.floats(0, LONGEST_S),
    st.fixed_dictionaries(
        {},
        optional={
            "heart_rate_bpm": st.floats(35, 200),
            "murmurs": st.lists(murmurs, max_size=2).map(tuple),
            "heard": st.booleans(),
            "amplitude": st.floats(0.01, 1),
            "rhythm": st.sampled_from(("sinus", "bigeminy")),
        },
    ).filter(bool),
    st.none() | st.floats(0.001, LONGEST_S),
)


@st.composite
def noises(draw, kinds=tuple(NOISE_KINDS)):
    kind = draw(st.sampled_from(kinds))
    loudness = draw(st.sampled_from([{"snr_db": -10.0}, {"snr_db": 20.0}, {"level_db": -30.0}]))
    length_s = draw(st.none() | st.floats(0.1, LONGEST_S))
    return Noise(kind, draw(st.floats(0, LONGEST_S)), length_s, **loudness)


def heart_of(scenario):
    """What a scenario's stream is while nothing goes wrong."""
    return HeartSoundSynthesizer(scenario.heart, scenario.changes, scenario.noises)


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
        murmurs=draw(st.sampled_from([(), (Murmur("continuous"),)])),
        rate=draw(st.sampled_from([1000, 2000, 4000])),
        seed=draw(st.integers(0, 2**63 - 1)),
        snr_db=snr_db,
    )
    return Scenario(
        heart,
        draw(st.floats(0.1, seconds)),
        draw(faults(seconds, kinds)),
        tuple(draw(st.lists(random_faults(kinds), max_size=3))),
        tuple(draw(st.lists(changes, max_size=2))),
        tuple(draw(st.lists(noises(), max_size=2))),
    )
