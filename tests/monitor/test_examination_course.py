"""An examination that a session leads, as the archive has it."""

from types import SimpleNamespace

import pytest

from monitor.examination import Examination
from monitor.examination_archive import ExaminationArchive
from monitor.examination_course import ExaminationCourse
from monitor.examination_store import ExaminationStore
from monitor.session_store import SessionStore
from monitor.snapshot import SessionEvent, Snapshot
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
