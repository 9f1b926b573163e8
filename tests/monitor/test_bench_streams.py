"""Many streams at once, on a clock of the test's own but for one that is short."""

import pytest

from monitor.bench.streams import StreamGroup, measure_streams, packaged_sounds
from monitor.sources.paced import Clock

HOP_S = 0.4


class TestClock(Clock):
    """Time that passes while it is waited for, and when it is told to."""

    __test__ = False

    def __init__(self):
        self.time = 100.0

    def now(self):
        return self.time

    def wait(self, seconds, over):
        self.time += seconds
        return False


def heard(classifier, streams, seconds=2.0, late_s=0.0):
    """What is said of these streams, each in company of the others, and what was counted."""
    sounds, clock = packaged_sounds(), TestClock()
    said = {stream: [] for stream in streams}

    def listener(at, judgement):
        said[streams[at]].append(judgement)
        clock.time += late_s

    group = StreamGroup(
        classifier,
        [sounds[stream] for stream in streams],
        [0.13 * stream for stream in streams],
        HOP_S,
        clock,
        listener,
    )
    return said, group.play(seconds)


def test_a_stream_is_judged_the_same_alone_and_among_others(classifier):
    together, played = heard(classifier, [0, 1, 2, 3, 4])
    assert played.worst_lag_s == 0
    assert played.judged == played.due == 5 * 5
    for stream in together:
        alone, _ = heard(classifier, [stream])
        assert [one.verdict for one in together[stream]] == [one.verdict for one in alone[stream]]
    assert len({str([one.verdict for one in said]) for said in together.values()}) == 5


@pytest.mark.parametrize(("late_s", "behind"), [(0.001, False), (0.3, True)])
def test_who_is_too_slow_is_seen_to_be_behind(classifier, late_s, behind):
    _, played = heard(classifier, [0, 1, 2], late_s=late_s)
    assert (played.worst_lag_s > HOP_S) == behind
    # Each window waits for all before it: they take 0.9 s a hop of 0.4.
    assert not behind or played.worst_lag_s > 2 * HOP_S


def test_real_streams_in_processes_are_all_judged(model_name):
    figures = {figure.name: figure for figure in measure_streams(model_name, 3, HOP_S, cores=2, seconds=2.0)}
    name = "3 streams, hop 0.4 s, 2 processes"
    assert figures[f"{name}: windows not judged"].value == 0
    assert figures[f"{name}: windows judged"].value == 3 * 5
    assert figures[f"{name}: worst lag"].value > 0
    assert figures[f"{name}: CPU in all"].value == pytest.approx(3 * figures[f"{name}: CPU of each"].value)
    assert figures["1 stream, hop 0.4 s: CPU"].value > 0
