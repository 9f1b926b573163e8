"""An examination that a session leads, as the archive has it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from model.verdict import Label, Standing, WindowVerdict
from monitor.examination import Examination
from monitor.examination_archive import ExaminationArchive
from monitor.examination_course import ExaminationCourse
from monitor.examination_store import ExaminationStore
from monitor.session_store import SessionStore
from monitor.snapshot import Judgement, SessionEvent, Snapshot
from tests.monitor.test_examination import BAND, stream
from tests.monitor.test_session_store import HEADER

HELD = 40


def session():
    return SimpleNamespace(
        snapshot=Snapshot(
            "Stethoscope", 4000, model="made@0", model_sha256="0" * 64, band=(BAND.low, BAND.high)
        ),
        source=SimpleNamespace(identity="Stethoscope [USB]", rate=4000),
        log=None,
        recorded=False,
    )


def hear(course, heard, events=(), every=1):
    """Snapshots that each hold the last windows and events, as a worker's do."""
    for place in range(every, len(heard) + 1, every):
        now_s = heard[place - 1].verdict.end_s
        course.session.snapshot = Snapshot(
            *("Stethoscope", 4000),
            now_s=now_s,
            history=tuple(heard[max(0, place - HELD) : place]),
            events=tuple(event for event in events if event.t_s <= now_s)[-3:],
        )
        for _ in range(2):
            course.take()


@pytest.mark.parametrize("every", [1, 7, HELD])
def test_what_snapshots_tell_again_and_again_is_taken_once(every):
    heard = stream(0.0, 30.0) + stream(70.0, 120.0)
    events = [SessionEvent(30.0, "device_lost", ""), SessionEvent(70.0, "device_back", "")]
    course, told = ExaminationCourse(session(), "", None), Examination(BAND)
    hear(course, heard, events, every)
    taken = len(heard) // every * every
    told.take(heard[:taken], events, heard[taken - 1].verdict.end_s)
    assert course.examination.sites == told.sites
    assert not course.examination.device_lost
    assert course.examination.out_of_patience == told.out_of_patience


def test_it_is_kept_from_when_its_session_is_and_after_every_site(tmp_path):
    archive = ExaminationArchive(tmp_path)
    course = ExaminationCourse(session(), "bed 7", archive)
    heard = stream(0.0, 50.0)
    hear(course, heard[:30])
    with SessionStore(tmp_path) as sessions:
        kept = sessions.begin(HEADER)
        course.session.log, course.session.recorded = SimpleNamespace(session=kept), True
        hear(course, heard)
        course.session.recorded = False
        record = course.finish()
        archive.close()
        (one,) = ExaminationStore(sessions).examinations()
    assert archive.remarks == ()
    assert course.recorded
    assert (record.id, record.session, record.patient) == (one.record.id, kept, "bed 7")
    assert one.record.findings == record.findings
    assert [finding.verdict is not None for finding in record.findings] == [True, True, False, False]


def test_where_nothing_is_kept_its_record_has_no_id():
    record = ExaminationCourse(session(), "", None).finish()
    assert (record.id, record.session) == ("", None)
    assert (record.device, record.rate) == ("Stethoscope [USB]", 4000)


def test_what_is_said_is_of_the_site_alone_that_is_listened_to():
    course = ExaminationCourse(session(), "", None)

    def said(heard):
        hear(course, heard)
        shown = replace(course.session.snapshot, judgement=heard[-1])
        return course.of_site(shown).judgement

    first = stream(0.0, 20.0, p_abnormal=0.1)
    assert said(first[:20]).rolling == Standing(Label.NORMAL, pytest.approx(0.1))
    assert said(first).rolling == Standing(Label.NORMAL, pytest.approx(0.1))
    # The second site begins at 22 s: what was heard at the first is no longer said, though it stands still.
    for until_s, warmed_s in ((24.0, 2.0), (31.6, 9.6)):
        shown = said(stream(0.0, until_s, p_abnormal=0.1))
        assert shown.rolling == Standing(Label.WARMING_UP, None)
        assert shown.verdict.end_s - shown.verdict.start_s == pytest.approx(warmed_s)
        assert shown.verdict.reading is None
    second = stream(0.0, 31.6, p_abnormal=0.1) + stream(22.0, 34.0, p_abnormal=0.9)
    assert said(second).rolling == Standing(Label.ABNORMAL, pytest.approx(0.9))
    # While the stream itself warms up, after a gap, that is said; where no site is left, what stands.
    warming = WindowVerdict(40.0, 43.0, Label.WARMING_UP, None)
    gap = replace(
        course.session.snapshot, judgement=Judgement(warming, Standing(Label.WARMING_UP, None), 0.0)
    )
    assert course.of_site(gap) is gap
    course.examination.finish()
    shown = replace(course.session.snapshot, judgement=second[-1])
    assert course.of_site(shown) is shown
