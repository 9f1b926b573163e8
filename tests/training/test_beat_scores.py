"""Beats against marks that are known: those of the packaged synthetic hearts."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.beats import STATES, HeartSound
from model.loading import load_model
from recordings import demo_recordings
from training.beat_scores import TOLERANCE_S, BeatScores, _matched, beat_figures, score_beats
from training.columns import joined
from training.heart_states import StateSpan
from training.records import Record


def spans_of(sounds):
    """Marks of S1 and S2 with what lies between them, as annotators give them."""
    spans = []
    for one, after in pairwise(sounds):
        state = STATES.index(one["sound"])
        spans.append(StateSpan(one["start_s"], one["end_s"], state))
        spans.append(StateSpan(one["end_s"], after["start_s"], state + 1))
    return spans


def marked(demo, folder, database="cinc2016-a", good_quality=True):
    """A record of a packaged heart, marked by its truth."""
    sounds = [sound for sound in demo.truth["sounds"] if sound["sound"] in ("S1", "S2")]
    path = folder / f"{demo.path.stem}.tsv"
    rows = [f"{span.start_s}\t{span.end_s}\t{span.state + 1}" for span in spans_of(sounds)]
    path.write_text("\n".join(rows) + "\n")
    return Record(
        demo.path.stem, database, demo.path, False, demo.path.stem, good_quality=good_quality, states=path
    )


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("marks")
    network, _, config = load_model("default")
    first, second, third, *_ = demo_recordings()
    records = [
        marked(first, folder),
        marked(second, folder, "cinc2016-b", good_quality=False),
        marked(third, folder),
        Record("unmarked", "cinc2016-a", first.path, False, "unmarked"),
    ]
    return score_beats(network, records, config, 2.0)


def test_hearts_that_are_known_are_found_and_their_rates_right(scored):
    assert scored.database.tolist() == ["cinc2016-a", "cinc2016-b", "cinc2016-a"]
    assert scored.sounds.shape == (3, 2, 3)
    told = beat_figures(scored)
    assert told["records"] == 3
    assert min(told["f1"], told["f1_s1"], told["f1_s2"]) > 0.97
    assert told["rate_answered"] == 1
    assert told["rate_close"] == 1
    assert told["rate_error_bpm"] < 1


def test_rates_count_where_the_signal_is_good(scored):
    assert set(scored.rate_database) == {"cinc2016-a"}
    assert beat_figures(scored.of("cinc2016-b"))["records"] == 1
    assert beat_figures(scored.of("cinc2016-b"))["rate_windows"] == 0
    assert beat_figures(scored.of("cinc2016-b"))["rate_answered"] is None


def test_databases_add_up_to_all(scored):
    whole = joined([scored.of(name) for name in ("cinc2016-a", "cinc2016-b")])
    assert sorted(whole.database) == sorted(scored.database)
    assert beat_figures(whole) == pytest.approx(beat_figures(scored))


def test_what_has_no_rate_is_not_answered(scored):
    rate_found = scored.rate_found.copy()
    rate_found[0] = np.nan
    rate_found[1] = scored.rate_marked[1] + 7
    told = beat_figures(BeatScores(**{**vars(scored), "rate_found": rate_found}))
    assert told["rate_answered"] == 1 - 1 / told["rate_windows"]
    assert told["rate_close"] == pytest.approx(1 - 1 / (told["rate_windows"] - 1))


def test_where_nothing_is_marked_nothing_is_scored():
    network, _, config = load_model("default")
    told = beat_figures(score_beats(network, [], config, 2.0))
    assert told["records"] == told["rate_windows"] == 0
    assert {told[name] for name in ("f1", "f1_s1", "f1_s2", "rate_answered", "rate_error_bpm")} == {None}


beats = st.lists(st.floats(0.5, 1.2), min_size=2, max_size=20).map(np.cumsum)


def heart(starts):
    sounds = []
    for start in starts:
        sounds.append({"sound": "S1", "start_s": start, "end_s": start + 0.1})
        sounds.append({"sound": "S2", "start_s": start + 0.3, "end_s": start + 0.4})
    return sounds


def found_at(sounds, shift):
    return [HeartSound(one["sound"], one["start_s"] + shift, one["end_s"] + shift) for one in sounds]


@given(beats, st.floats(-TOLERANCE_S + 0.001, TOLERANCE_S - 0.001))
def test_a_sound_within_the_tolerance_is_the_marked_one(starts, shift):
    sounds = heart(starts)[:-1]
    matched, marks, found = _matched(spans_of(heart(starts)), found_at(sounds, shift), "S1")
    assert matched == marks == found == len(starts)


@given(beats, st.floats(TOLERANCE_S + 0.001, 0.09))
def test_a_sound_beyond_the_tolerance_is_another(starts, shift):
    matched, marks, found = _matched(spans_of(heart(starts)), found_at(heart(starts)[:-1], shift), "S1")
    assert (matched, marks, found) == (0, len(starts), len(starts))


def test_what_is_found_where_nothing_is_marked_does_not_count():
    spans = spans_of(heart([1.0, 2.0, 3.0]))
    outside = [HeartSound("S1", 0.2, 0.3), HeartSound("S1", 9.0, 9.1)]
    assert _matched(spans, outside, "S1") == (0, 3, 0)


def test_one_found_sound_is_not_two_marks():
    spans = [
        StateSpan(1.0, 1.02, 0),
        StateSpan(1.02, 1.04, 1),
        StateSpan(1.04, 1.06, 0),
        StateSpan(1.06, 2.0, 1),
    ]
    assert _matched(spans, [HeartSound("S1", 1.02, 1.04)], "S1") == (1, 2, 1)
