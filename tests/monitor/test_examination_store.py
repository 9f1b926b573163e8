"""Examinations that nothing can lose, and that go with their session."""

import sqlite3
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsp.reading import Reading
from model.verdict import Label, RecordingVerdict
from monitor import session_schema
from monitor.examination_archive import ExaminationArchive
from monitor.examination_record import OPINIONS, ExaminationRecord, SiteFinding
from monitor.examination_store import ExaminationStore, new_id
from monitor.session_store import DATABASE, SessionStore, StoreError, utc_now
from tests.monitor.killed_writers import killed
from tests.monitor.sound_server import until
from tests.monitor.test_session_store import HEADER, everything, judgement, kept

VERDICT = RecordingVerdict(
    *(Label.ABNORMAL, 0.9, 0.8, ("movement",), 26, 1, 71.5, 0.9, False),
    Reading("systolic", "late", "crescendo", 215.25, 24.5, 12, 11),
)
FINDINGS = (
    SiteFinding("aortic", VERDICT, 2.4, 22.4, 20.0),
    SiteFinding("mitral", replace(VERDICT, label=Label.POOR_SIGNAL, p_abnormal=None), 24.4, 90.0, 8.0),
    SiteFinding("pulmonary", None),
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "Sitzungen – 청진 Ω"


@pytest.fixture
def sessions(folder):
    with SessionStore(folder) as opened:
        yield opened


@pytest.fixture
def store(sessions):
    return ExaminationStore(sessions)


def examined(sessions, store, findings=FINDINGS, header=HEADER):
    """A finished examination in a finished session."""
    session, examination = sessions.begin(header), new_id()
    store.begin(examination, session)
    store.end(examination, findings)
    sessions.end(session, None)
    return examination, session


finite = st.floats(0, 1e5)
probability = st.none() | st.floats(0, 1)
found_verdicts = st.builds(
    RecordingVerdict,
    st.sampled_from(Label),
    probability,
    probability,
    st.lists(st.sampled_from(["gap", "movement"]), max_size=2).map(tuple),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    probability,
    probability,
    st.none() | st.booleans(),
    st.sampled_from([None, VERDICT.reading, Reading("none", None, None, None, None, 9, 0)]),
)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
found = st.lists(st.builds(SiteFinding, text, st.none() | found_verdicts, finite, finite, finite), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(found, found, text, st.none() | st.sampled_from(OPINIONS), text)
def test_what_was_kept_is_what_comes_back(sessions, store, before, findings, patient, opinion, note):
    session, examination = sessions.begin(replace(HEADER, patient=patient)), new_id()
    store.begin(examination, session)
    store.keep(examination, before)
    running = store.find(examination)
    assert (running.record.ended, running.interrupted) == ("", False)
    assert running.record.findings == tuple(before)
    store.end(examination, findings)
    store.judge(examination, opinion, note)
    sessions.end(session, None)
    stored = store.find(examination)
    assert not stored.interrupted
    assert not stored.sound
    record = stored.record
    assert record == ExaminationRecord(
        *(examination, record.begun, record.ended, patient, HEADER.source, HEADER.rate, HEADER.model),
        *(HEADER.model_sha256, HEADER.program, session, tuple(findings), opinion, note),
    )
    assert running.record.begun == record.begun <= record.ended


def test_examinations_come_with_the_newest_first_and_are_found_by_the_beginning_of_their_id(sessions, store):
    ids = [examined(sessions, store)[0] for _ in range(20)]
    assert [one.record.id for one in store.examinations()] == ids[::-1]
    assert store.find(ids[3]).record.id == ids[3]
    with pytest.raises(StoreError, match="no examination 'zz'"):
        store.find("zz")
    common = {one[0] for one in ids if sum(other[0] == one[0] for other in ids) > 1}
    with pytest.raises(StoreError, match="give more of the id"):
        store.find(common.pop())


def test_the_audit_says_what_was_changed_and_no_words_of_it(sessions, store):
    examination, session = examined(sessions, store)
    store.judge(examination, "agree", "secret")
    store.judge(examination, "agree", "secret")
    store.judge(examination, "disagree", "secret")
    store.delete(examination)
    changes = [change.change for change in sessions.changes() if change.session == session]
    assert changes == [
        *["begun", "examination begun", "examination ended", "ended"],
        *["opinion of the examination changed", "note of the examination changed"],
        "opinion of the examination changed",
        *["examination deleted", "deleted"],
    ]


@pytest.mark.parametrize("by", ["examination", "session"])
def test_deleting_either_deletes_both_and_all_they_held(folder, sessions, store, by):
    other, _ = examined(sessions, store, (SiteFinding("KEEPTHIS", None),))
    examination, session = examined(
        sessions, store, (SiteFinding("FORGETSITE", VERDICT),), replace(HEADER, patient="FORGETME")
    )
    (sessions.sound_folder(session) / "00000000000000.wav").write_bytes(b"FORGETSOUND")
    store.judge(examination, "agree", "FORGETNOTE" * 2000)
    assert store.find(examination).sound
    assert b"FORGET" in everything(folder)
    if by == "session":
        sessions.delete(session)
    else:
        store.delete(examination)
    assert b"FORGET" not in everything(folder)
    assert b"KEEPTHIS" in everything(folder)
    assert [one.record.id for one in store.examinations()] == [other]
    assert len(sessions.sessions()) == 1
    for change in (store.delete, lambda gone: store.judge(gone, None, ""), lambda gone: store.keep(gone, ())):
        with pytest.raises(StoreError, match="there is no examination"):
            change(examination)


def test_a_running_examination_is_not_deleted(folder, sessions, store):
    session, examination = sessions.begin(HEADER), new_id()
    store.begin(examination, session)
    with SessionStore(folder) as other, pytest.raises(StoreError, match="still running"):
        ExaminationStore(other).delete(examination)


def test_there_is_no_examination_without_its_session(store):
    with pytest.raises(StoreError):
        store.begin(new_id(), "000000000000")


def test_sessions_from_before_examinations_are_kept_and_may_have_them(folder, monkeypatch):
    with monkeypatch.context() as older:
        older.setattr(session_schema, "MIGRATIONS", session_schema.MIGRATIONS[:2])
        with SessionStore(folder) as sessions:
            session = sessions.begin(HEADER)
            sessions.append(session, [judgement()] * 50, [])
            sessions.end(session, None)
    with SessionStore(folder) as sessions:
        assert len(list(sessions.judgements(session))) == 50
        store = ExaminationStore(sessions)
        assert store.examinations() == []
        store.begin(new_id(), session)
        assert len(store.examinations()) == 1


@pytest.mark.parametrize("verdict", ['{"label": 7}', "7", '{"reading": null, "label": "normal"}', "{"])
def test_a_finding_that_no_auscult_wrote_is_told(folder, sessions, store, verdict):
    examination, _ = examined(sessions, store)
    database = sqlite3.connect(folder / DATABASE)
    database.execute("UPDATE finding SET verdict = ? WHERE verdict IS NOT NULL", (verdict,))
    database.commit()
    database.close()
    with pytest.raises(StoreError, match="holds what no auscult wrote"):
        store.find(examination)


WRITER = """
import sys, time
from pathlib import Path
from monitor.examination_archive import ExaminationArchive
from monitor.examination_record import SiteFinding
from monitor.session_log import SessionLog
from monitor.session_store import SessionStore
from tests.monitor.test_session_store import HEADER
from tests.monitor.test_examination_store import VERDICT
folder = Path(sys.argv[1])
store = SessionStore(folder)
log = SessionLog(store, store.begin(HEADER))
archive = ExaminationArchive(folder)
examination = archive.begin(log.session)
print(examination, flush=True)
done = []
for index in range(1_000_000):
    done.append(SiteFinding(str(index), VERDICT, float(index), index + 1.0, 20.0))
    archive.keep(examination, done)
    print(index, time.monotonic(), flush=True)
    time.sleep(0.05)
"""


def test_killed_at_any_moment_it_is_found_as_interrupted_with_the_sites_that_were_done(folder):
    told = {}
    for examination, *lines in killed(WRITER, folder, 4, seed=6, span_s=(0.4, 1.1)):
        told[examination] = [float(line.split()[1]) for line in lines]
    with SessionStore(folder) as sessions:
        assert sessions.warning == ""
        stored = {one.record.id: one for one in ExaminationStore(sessions).examinations()}
    for examination, times in told.items():
        one = stored[examination]
        assert one.interrupted
        assert one.record.ended
        sites = [finding.site for finding in one.record.findings]
        assert sites == [str(index) for index in range(len(sites))]
        unkept = times[len(sites) :]
        assert not unkept or unkept[-1] - unkept[0] < 1


# The archive


def test_an_archive_keeps_what_it_was_told_in_order_and_lists_it(folder, sessions):
    session = sessions.begin(HEADER)
    archive = ExaminationArchive(folder)
    examination = archive.begin(session)
    archive.keep(examination, FINDINGS[:1])
    archive.end(examination, FINDINGS)
    archive.judge(examination, "agree", "clear")
    archive.list()
    until(lambda: archive.listed is not None, "the list is there")
    (one,) = archive.listed
    assert one.record.findings == FINDINGS
    assert (one.record.opinion, one.record.note) == ("agree", "clear")
    archive.close()
    assert archive.remarks == ()
    archive.close()


def test_what_an_archive_cannot_keep_it_says_and_goes_on(folder):
    kept(folder)
    archive = ExaminationArchive(folder)
    archive.begin("000000000000")
    archive.list()
    until(lambda: archive.listed is not None, "the list is there")
    archive.close()
    (remark,) = archive.remarks
    assert "\n" not in remark


@pytest.mark.parametrize("said", [False, True])
def test_what_an_archive_could_not_keep_it_keeps_as_soon_as_it_can(folder, said):
    with SessionStore(folder) as sessions:
        first, second = sessions.begin(HEADER), sessions.begin(HEADER)
    away = folder.with_name("away")
    folder.rename(away)
    folder.write_text("in its place")
    archive = ExaminationArchive(folder)
    begun_at = utc_now()
    examination, other = archive.begin(first), archive.begin(second)
    archive.end(examination, FINDINGS)
    ended_at = utc_now()
    until(lambda: len(archive.remarks) == 3, "the failures are noticed")
    assert archive.unkept == {examination, other}
    assert all("not kept" in remark and "choose another folder" in remark for remark in archive.remarks)
    folder.unlink()
    away.rename(folder)
    if said:
        archive.judge(examination, "agree", "clear")
        until(lambda: archive.unkept == {other}, "what was left is kept")
    archive.close()
    assert archive.unkept == frozenset()
    assert len(archive.remarks) == 3
    with SessionStore(folder) as sessions:
        stored = {one.record.id: one for one in ExaminationStore(sessions).examinations()}
    assert stored.keys() == {examination, other}
    record = stored[examination].record
    assert (record.findings, record.opinion) == (FINDINGS, "agree" if said else None)
    assert begun_at <= record.begun <= record.ended <= ended_at
    assert not stored[examination].interrupted
    assert stored[other].interrupted


def test_an_archive_where_there_is_none_lists_nothing_and_says_why(tmp_path):
    (tmp_path / "file").write_text("")
    archive = ExaminationArchive(tmp_path / "file")
    archive.list()
    until(lambda: archive.listed == (), "the failure is noticed")
    archive.close()
    assert "choose another folder" in archive.remarks[0]
