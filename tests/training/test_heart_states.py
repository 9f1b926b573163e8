from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import savemat

from training.corpora import load_corpus
from training.heart_states import STATES, UNMARKED, StateSpan, read_heart_states, states_at
from training.records import CorpusError


def cell(value, depth):
    for _ in range(depth):
        outer = np.empty((1, 1), object)
        outer[0, 0] = value
        value = outer
    return value


def write_mat(path, events, depth=1):
    cells = np.empty((len(events), 2), object)
    for row, (sample, name) in enumerate(events):
        cells[row] = [np.array([[sample]]), cell(np.array([name]), depth)]
    savemat(path, {"state_ans": cells})
    return path


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_state_lasts_until_the_next_and_noise_is_unmarked(tmp_path, depth):
    events = [(1, "S1"), (201, "systole"), (801, "(N"), (1001, "S2"), (1401, "N)"), (2001, "diastole")]
    path = write_mat(tmp_path / "a0001_StateAns.mat", [*events, (3001, "S1")], depth)
    assert read_heart_states(path) == [
        StateSpan(0.0, 0.1, 0),
        StateSpan(0.1, 0.4, 1),
        StateSpan(1.0, 1.5, 3),
    ]


def test_circor_leaves_what_it_calls_nought_unmarked(tmp_path):
    path = tmp_path / "1_AV.tsv"
    path.write_text("0\t0.5\t0\n0.5\t0.62\t1\n0.62\t0.9\t2\n0.9\t1.0\t3\n1\t1.5\t4\n1.5\t3\t0\n")
    assert [(span.start_s, STATES[span.state]) for span in read_heart_states(path)] == [
        (0.5, "S1"),
        (0.62, "systole"),
        (0.9, "S2"),
        (1.0, "diastole"),
    ]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3), st.booleans()), max_size=20))
def test_the_state_at_a_time_is_that_of_the_span_around_it(pieces):
    spans, expected, at = [], [], 0
    for length, state, marked in pieces:
        if marked:
            spans.append(StateSpan(at, at + length, state))
        expected += [state if marked else UNMARKED] * length
        at += length
    found = states_at(spans, np.arange(-1, at + 1) + 0.5)
    assert found.tolist() == [UNMARKED, *expected, UNMARKED]


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("a.tsv", b"0 1 2\n"),
        ("a.tsv", b"0\t1\t7\n"),
        ("a.tsv", b"0\t1\n"),
        ("a.mat", b"rubbish"),
        ("a.mat", b""),
        ("a.mat", b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"),
    ],
)
def test_rubbish_is_refused_in_one_line(tmp_path, name, held):
    (tmp_path / name).write_bytes(held)
    with pytest.raises(CorpusError, match="holds no heart states; fetch it again") as caught:
        read_heart_states(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_real_annotations_alternate(corpora):
    """What is marked comes in the heart's order, with few slips; nothing is marked where all is noise."""
    marked = disordered = 0
    for corpus in ("cinc2016", "circor2022"):
        records, _ = load_corpus(corpus, corpora / corpus)
        for record in records[::97]:
            if record.states is None:
                continue
            marked += 1
            spans = read_heart_states(record.states)
            joined = [
                (one.state, other.state)
                for one, other in pairwise(spans)
                if abs(other.start_s - one.end_s) < 0.002
            ]
            disordered += any((one + 1) % 4 != other for one, other in joined)
            if not spans:
                assert record.good_quality is False, record.name
                continue
            lasting = [np.median([s.end_s - s.start_s for s in spans if s.state == k]) for k in (0, 1, 2, 3)]
            assert 0.04 < lasting[0] < 0.25
            assert 0.03 < lasting[2] < 0.25
    assert marked > 30
    assert disordered <= marked // 20
