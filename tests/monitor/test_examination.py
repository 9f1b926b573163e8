"""The guided examination: what counts for a site, and what ends it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from model.card import Calibration
from model.verdict import Label, RecordingTally, RollingVerdict, Standing, WindowVerdict
from monitor.examination import (
    NEEDED_S,
    PATIENCE_S,
    SETTLED_S,
    STOOD_S,
    Examination,
    SiteState,
    Step,
)
from monitor.examination_record import SITES
from monitor.snapshot import Judgement, SessionEvent

BAND = Calibration(low=0.35, high=0.65)
HOP_S = 0.4
LONG = "left carotid artery, over the bruit"


def judged(end_s, p_abnormal=0.2, quality=0.9, reasons=(), start_s=None):
    label = Label.POOR_SIGNAL if p_abnormal is None else Label.NORMAL
    start_s = end_s - 10.0 if start_s is None else start_s
    verdict = WindowVerdict(round(start_s, 6), round(end_s, 6), label, p_abnormal, quality, tuple(reasons))
    return Judgement(verdict, Standing(label, p_abnormal), 4.0)


def stream(from_s, until_s, **kind):
    """Windows of a stretch without a gap: the first ends 10 s after it begins."""
    count = round((until_s - from_s - 10.0) / HOP_S) + 1
    return [judged(from_s + 10.0 + HOP_S * place, **kind) for place in range(max(0, count))]


def states(examination):
    return [site.state for site in examination.sites]


def test_the_four_sites_come_one_after_the_other_by_themselves():
    examination = Examination(BAND)
    seen = []
    for one in stream(0.0, 100.0):
        examination.take([one], (), one.verdict.end_s)
        if not seen or seen[-1] != (examination.step, examination.current):
            seen.append((examination.step, examination.current))
    assert [site for step, site in seen if step is Step.STAND] == list(SITES)
    assert seen[-1] == (Step.COMPLETE, None)
    assert states(examination) == [SiteState.DONE] * 4
    findings = examination.finish()
    assert [finding.site for finding in findings] == list(SITES)
    assert all(finding.verdict.label is Label.NORMAL for finding in findings)
    assert findings[0].start_s == 0.0
    for before, after in pairwise(findings):
        assert after.start_s >= before.end_s + STOOD_S - 1e-9


def test_progress_counts_seconds_and_the_next_site_is_told_while_the_result_stands():
    examination = Examination(BAND)
    assert (examination.step, examination.progress) == (Step.PLACE, 0.0)
    examination.take(stream(0.0, 12.0), (), 12.0)
    assert examination.step is Step.LISTEN
    assert examination.good_s == pytest.approx(12.0)
    assert examination.progress == pytest.approx(0.6)
    examination.take(stream(0.0, 20.0), (), 20.0)
    assert (examination.step, examination.progress) == (Step.STAND, 1.0)
    assert (examination.current, examination.next_site) == ("aortic", "pulmonary")
    examination.take([], (), 20.0 + STOOD_S)
    assert (examination.step, examination.current, examination.progress) == (Step.PLACE, "pulmonary", 0.0)


def test_nothing_of_the_old_place_counts_for_the_new_one():
    examination = Examination(BAND)
    examination.take(stream(0.0, 20.0, p_abnormal=0.9), (), 20.0)
    examination.take([], (), 23.0)
    # All of these hold sound from before the second site began at 22 s.
    examination.take(stream(12.0, 31.6, p_abnormal=0.9), (), 31.6)
    assert examination.step is Step.PLACE
    assert examination.good_s == 0.0


def test_windows_of_placing_the_chest_piece_do_not_count():
    examination = Examination(BAND)
    rough = stream(0.0, 14.0, p_abnormal=0.9, quality=0.3, reasons=("movement",))
    good = stream(4.4, 40.0)
    examination.take(rough + good, (), 40.0)
    finding = examination.sites[0].finding
    assert finding.start_s == pytest.approx(4.4)
    assert finding.verdict.p_abnormal == pytest.approx(0.2)
    assert finding.good_s >= NEEDED_S


def test_a_chest_piece_that_is_moved_early_begins_the_site_anew_and_later_does_not():
    examination = Examination(BAND)
    examination.take(stream(0.0, 12.0), (), 12.0)
    moved = [judged(12.4, 0.5, 0.3, ("movement",))]
    examination.take(moved, (), 12.4)
    assert (examination.step, examination.good_s) == (Step.PLACE, 0.0)
    examination.take(stream(2.8, 2.8 + SETTLED_S + 1), (), 18.8)
    assert examination.good_s >= SETTLED_S
    examination.take([judged(19.2, 0.5, 0.3, ("movement",))], (), 19.2)
    assert examination.step is Step.LISTEN
    assert examination.reasons == ("movement",)


def test_noise_that_is_no_movement_neither_ends_a_site_nor_begins_it_anew():
    examination = Examination(BAND)
    examination.take(stream(0.0, 12.0), (), 12.0)
    examination.take([judged(12.4, None, 0.1, ("ambient_noise",))], (), 12.4)
    assert (examination.step, examination.good_s) == (Step.LISTEN, pytest.approx(12.0))
    assert examination.reasons == ("ambient_noise",)


def test_nothing_across_a_gap_counts_and_nothing_before_it_is_lost():
    examination = Examination(BAND)
    lost, back = SessionEvent(14.0, "device_lost", "USB"), SessionEvent(50.0, "device_back", "USB")
    examination.take(stream(0.0, 14.0), [lost], 14.0)
    assert examination.device_lost
    examination.take([], (), 49.0)
    examination.take(stream(50.0, 60.0), [back], 60.0)
    assert not examination.device_lost
    assert examination.step is Step.STAND
    (finding, *_) = examination.findings
    assert (finding.start_s, finding.end_s, finding.good_s) == (0.0, 60.0, 24.0)


def test_the_time_that_a_device_was_away_does_not_try_the_patience():
    examination = Examination(BAND)
    examination.take([], [SessionEvent(5.0, "device_lost", "")], 5.0)
    examination.take([], (), 4 + PATIENCE_S)
    assert not examination.out_of_patience
    examination.take([], [SessionEvent(105.0, "device_back", "")], 104.0 + PATIENCE_S - 5)
    assert not examination.out_of_patience
    examination.take([], (), 100.0 + PATIENCE_S)
    assert examination.out_of_patience


def test_out_of_patience_a_site_may_end_as_poor_signal_with_what_was_heard():
    examination = Examination(BAND)
    poor = stream(0.0, 70.0, p_abnormal=None, quality=0.1, reasons=("too_quiet",))
    examination.take(poor[:100], (), 50.0)
    assert not examination.out_of_patience
    examination.take(poor, (), 70.0)
    assert examination.out_of_patience
    examination.skip()
    finding = examination.sites[0].finding
    assert finding.verdict.label is Label.POOR_SIGNAL
    assert finding.verdict.p_abnormal is None
    assert finding.verdict.reasons == ("too_quiet",)
    assert finding.verdict.windows == finding.verdict.poor_windows == len(poor)
    assert finding.good_s == 0.0
    assert examination.current == "pulmonary"


def test_out_of_patience_it_still_listens_and_can_still_be_done():
    examination = Examination(BAND)
    examination.take(stream(0.0, 65.0, p_abnormal=None, quality=0.1), (), 65.0)
    assert examination.out_of_patience
    examination.take(stream(56.0, 80.0), (), 80.0)
    assert states(examination)[0] is SiteState.DONE


def test_skipped_before_that_it_has_no_verdict():
    examination = Examination(BAND)
    examination.take(stream(0.0, 15.0), (), 15.0)
    examination.skip()
    assert states(examination) == [SiteState.SKIPPED, SiteState.LISTENING, *[SiteState.WAITING] * 2]
    for _ in range(3):
        examination.skip()
    assert (examination.step, examination.current) == (Step.COMPLETE, None)
    assert all(finding.verdict is None for finding in examination.finish())


def test_a_site_is_restarted_without_what_was_heard_before():
    examination = Examination(BAND)
    examination.take(stream(0.0, 15.0, p_abnormal=0.9), (), 15.0)
    examination.restart()
    assert (examination.step, examination.good_s) == (Step.PLACE, 0.0)
    examination.take(stream(5.4, 40.0, p_abnormal=0.1), (), 36.0)
    finding = examination.sites[0].finding
    assert finding.verdict.p_abnormal == pytest.approx(0.1)
    assert finding.start_s >= 15.0


def test_a_result_that_stands_can_be_restarted_too():
    examination = Examination(BAND)
    examination.take(stream(0.0, 20.0), (), 20.0)
    examination.restart()
    assert (examination.current, examination.step) == ("aortic", Step.PLACE)
    assert examination.sites[0].finding is None


def test_a_finished_site_is_repeated_and_its_verdict_stands_until_there_is_another():
    examination = Examination(BAND)
    examination.take(stream(0.0, 20.0, p_abnormal=0.9), (), 22.0)
    examination.choose("aortic")
    assert states(examination)[0] is SiteState.LISTENING
    examination.take([], (), 30.0)
    examination.skip()
    assert examination.sites[0].finding.verdict.p_abnormal == pytest.approx(0.9)
    examination.choose("aortic")
    examination.take(stream(30.0, 50.0, p_abnormal=0.1), (), 50.0)
    assert examination.sites[0].finding.verdict.p_abnormal == pytest.approx(0.1)
    assert examination.next_site == "pulmonary"


def test_a_site_of_the_users_own_is_heard_like_the_others():
    examination = Examination(BAND, sites=("aortic",))
    examination.choose(f"  {LONG} ")
    examination.choose("  ")
    assert [site.name for site in examination.sites] == ["aortic", LONG]
    examination.take(stream(0.0, 20.0), (), 20.0)
    assert (examination.current, examination.next_site) == (LONG, "aortic")
    assert [finding.site for finding in examination.finish()] == [LONG, "aortic"]


def test_when_it_has_ended_nothing_changes_it():
    examination = Examination(BAND)
    examination.take(stream(0.0, 20.0), (), 20.0)
    findings = examination.finish()
    examination.take(stream(10.4, 60.0), (), 60.0)
    examination.choose("mitral")
    examination.restart()
    examination.skip()
    assert examination.finish() == findings
    assert examination.step is Step.ENDED


def test_reset_is_as_new():
    examination = Examination(BAND)
    examination.take(stream(0.0, 30.0), [SessionEvent(29.0, "device_lost", "")], 30.0)
    examination.choose(LONG)
    examination.reset()
    assert vars(examination).keys() == vars(Examination(BAND)).keys()
    assert (examination.sites, examination.step, examination.good_s, examination.device_lost) == (
        Examination(BAND).sites,
        Step.PLACE,
        0.0,
        False,
    )


quality = st.sampled_from([None, 0.9, 0.6, 0.3, 0.1])
kinds = st.tuples(
    st.floats(0, 1), quality, st.lists(st.sampled_from(["movement", "ambient_noise"]), max_size=1)
)


@st.composite
def streams(draw):
    """Judgements of a stream with gaps, and when each became known."""
    heard, at_s = [], 0.0
    for length_s, gap_s in draw(st.lists(st.tuples(st.floats(0, 60), st.floats(0.05, 20)), max_size=5)):
        for one in stream(at_s, at_s + length_s):
            # Of neighbours most are alike, as 10 s are.
            heard.append(one.verdict.end_s)
        at_s = round(at_s + length_s + gap_s, 1)
    made, kind = [], (0.2, 0.9, [])
    for end_s in heard:
        if draw(st.integers(0, 9)) == 0:
            kind = draw(kinds)
        probability, value, reasons = kind
        made.append(judged(end_s, None if value == 0.1 else probability, value, reasons))
    return made


@settings(max_examples=60)
@given(streams(), st.data())
def test_neither_chunks_nor_their_order_matter(heard, data):
    whole, cut = Examination(BAND), Examination(BAND)
    whole.take(heard)
    left = list(heard)
    while left:
        size = data.draw(st.integers(1, len(left)))
        piece, left = left[:size], left[size:]
        again = heard[: data.draw(st.integers(0, len(heard) - len(left) - size))]
        cut.take(data.draw(st.permutations(piece)) if size < 20 else piece[::-1])
        cut.take(again)  # what a snapshot still holds is taken once
    assert cut.sites == whole.sites
    assert (cut.step, cut.current, cut.good_s) == (whole.step, whole.current, whole.good_s)
    assert cut.finish() == whole.finish()


class Examined(RuleBasedStateMachine):
    """Any order of sound, gaps, faults and wishes."""

    def __init__(self):
        super().__init__()
        self.examination = Examination(BAND)
        self.heard = []
        self.at_s = self.segment_s = 0.0
        self.ended = False

    @rule(seconds=st.floats(0.4, 30), kind=kinds, all_good=st.booleans())
    def listen(self, seconds, kind, all_good):
        probability, value, reasons = (0.2, 0.9, []) if all_good else kind
        told = []
        for _ in range(int(seconds / HOP_S)):
            self.at_s = round(self.at_s + HOP_S, 6)
            if self.at_s - self.segment_s >= 10:
                known = None if value == 0.1 else probability
                told.append(judged(self.at_s, known, value, reasons))
        self.heard += told
        self.examination.take(told, (), self.at_s)

    @rule(seconds=st.floats(0.1, 90))
    def lose_the_device(self, seconds):
        lost = SessionEvent(self.at_s, "device_lost", "")
        self.at_s = self.segment_s = round(self.at_s + seconds, 6)
        self.examination.take([], [lost, SessionEvent(self.at_s, "device_back", "")], self.at_s)

    @rule(name=st.sampled_from([*SITES, LONG, "neck", ""]))
    def choose(self, name):
        self.examination.choose(name)

    @rule()
    def restart(self):
        self.examination.restart()

    @rule()
    def skip(self):
        self.examination.skip()

    @precondition(lambda self: self.at_s > 100)
    @rule()
    def finish(self):
        self.examination.finish()
        self.ended = True

    @invariant()
    def a_verdict_rests_on_its_own_windows_alone(self):
        found = [finding for finding in self.examination.findings if finding.verdict is not None]
        for before, after in pairwise(found):
            assert before.end_s <= after.start_s
        for finding in found:
            mine = [
                one.verdict
                for one in self.heard
                if one.verdict.start_s >= finding.start_s and one.verdict.end_s <= finding.end_s
            ]
            assert finding.verdict.windows == len(mine)
            seconds = np.zeros(round(self.at_s / HOP_S * 2) + 2, bool)
            for verdict in mine:
                if verdict.scored:
                    seconds[round(verdict.start_s / 0.2) : round(verdict.end_s / 0.2)] = True
            if finding.verdict.label is Label.POOR_SIGNAL and finding.good_s < NEEDED_S:
                assert finding.verdict.p_abnormal is None
                assert finding.end_s - finding.start_s >= PATIENCE_S - 1e-6
            else:
                assert finding.good_s >= NEEDED_S - 1e-5
                assert seconds.sum() * 0.2 == pytest.approx(finding.good_s, abs=0.5)
                tally = RecordingTally(BAND)
                tally.add(mine)
                assert finding.verdict == tally.result()

    @invariant()
    def what_stands_is_of_the_current_site_alone(self):
        examination = self.examination
        if examination.step in (Step.PLACE, Step.LISTEN):
            rolling, standing = RollingVerdict(BAND), Standing(Label.WARMING_UP, None)
            for one in self.heard:
                if one.verdict.start_s >= examination.began_s:
                    standing = rolling.update(one.verdict)
            assert examination.standing == standing
        elif examination.step is Step.STAND:
            (finding,) = [one for one in examination.findings if one.site == examination.current]
            assert examination.standing == Standing(finding.verdict.label, finding.verdict.p_abnormal)
        else:
            assert examination.standing is None

    @invariant()
    def every_site_is_told_once(self):
        names = [site.name for site in self.examination.sites]
        assert len(set(names)) == len(names)
        assert sorted(names) == sorted(finding.site for finding in self.examination.findings)
        listening = [site for site in self.examination.sites if site.state is SiteState.LISTENING]
        assert len(listening) == (self.examination.step in (Step.PLACE, Step.LISTEN))
        assert not (self.ended and listening)
        assert 0 <= self.examination.progress <= 1


Examined.TestCase.settings = settings(max_examples=40, stateful_step_count=25)
TestExamined = Examined.TestCase
