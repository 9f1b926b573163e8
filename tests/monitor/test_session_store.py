"""Sessions that nothing can lose: killed, corrupted, full disks, two programs at once."""

import errno
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsp.reading import Reading
from model.verdict import Label, Standing, WindowVerdict
from monitor import session_schema
from monitor.session_log import SessionLog
from monitor.session_store import DATABASE, SOUND, SessionHeader, SessionStore, StoreError
from monitor.snapshot import Judgement, SessionEvent
from tests.full_disk import files_of_at_most
from tests.monitor.killed_writers import killed
from tests.monitor.sound_server import until

HEADER = SessionHeader(
    "USB Audio [ALSA]", 44_100, 0.4, "default@0123456789ab", "0" * 64, {"rate": 2000}, "0.1.0"
)
SUMMARY = {"kind": "summary", "label": "normal", "duration_s": 12.0}


def judgement(end_s=10.0, p_abnormal=0.25, reasons=("padded",)):
    return Judgement(
        WindowVerdict(max(0.0, end_s - 10), end_s, Label.NORMAL, p_abnormal, 0.75, reasons, None),
        Standing(Label.UNCERTAIN, 0.5),
        4.25,
    )


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "Sitzungen – 청진 Ω"


@pytest.fixture
def store(folder):
    with SessionStore(folder) as opened:
        yield opened


def everything(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


real = st.floats(allow_nan=False, allow_infinity=False)
probability = st.none() | st.floats(0, 1)
verdicts = st.builds(
    WindowVerdict,
    real,
    real,
    st.sampled_from(Label),
    probability,
    probability,
    st.lists(st.sampled_from(["gap", "padded", "clipped"]), max_size=3).map(tuple),
    probability,
    probability,
    st.none() | st.booleans(),
    st.sampled_from(
        [
            None,
            Reading("none", None, None, None, None, 9, 0),
            Reading("systolic", "late", "crescendo", 215.25, 24.5, 12, 11),
        ]
    ),
)
judgements = st.builds(Judgement, verdicts, st.builds(Standing, st.sampled_from(Label), probability), real)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.lists(judgements, max_size=5), st.lists(st.builds(SessionEvent, real, words, words), max_size=5), words
)
def test_what_was_kept_is_what_comes_back(store, judged, happened, patient):
    header = SessionHeader(**{**vars(HEADER), "patient": patient})
    session = store.begin(header)
    store.append(session, judged[:2], happened[:2])
    store.append(session, judged[2:], happened[2:])
    store.end(session, SUMMARY)
    found = store.find(session)
    assert found.header == header
    assert found.summary == SUMMARY
    assert not found.interrupted
    assert found.begun <= found.ended
    assert list(store.judgements(session)) == judged
    assert store.events(session) == happened


def test_what_is_kept_is_the_users_own_and_names_nobody(folder, store):
    session = store.begin(SessionHeader(**{**vars(HEADER), "patient": "Frau Müller"}))
    store.append(session, [judgement()], [])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.rglob("*"):
        assert path.name.isascii()
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
        assert "Müller" not in path.name


def test_names_that_are_no_utf_8_are_kept_as_far_as_they_can_be(store):
    session = store.begin(SessionHeader(**{**vars(HEADER), "source": "a\udcff.wav", "patient": "\udc80"}))
    store.append(session, [], [SessionEvent(1.0, "gap", "\udcff")])
    store.note(session, "\udcff")
    assert store.find(session).header.source == "a?.wav"
    assert store.find(session).header.patient == "?"


def test_sessions_come_with_the_newest_first_and_are_found_by_the_beginning_of_their_id(store):
    ids = [store.begin(HEADER) for _ in range(20)]
    assert [one.id for one in store.sessions()] == ids[::-1]
    assert store.find(ids[3]).id == ids[3]
    with pytest.raises(StoreError, match="no session 'zz'"):
        store.find("zz")
    with pytest.raises(StoreError, match="no session ''"):
        store.find("")
    common = {one[0] for one in ids if sum(other[0] == one[0] for other in ids) > 1}
    with pytest.raises(StoreError, match="give more of the id"):
        store.find(common.pop())


def test_notes_are_added_to_and_never_changed(store):
    session = store.begin(HEADER)
    store.note(session, "first")
    store.note(session, "second\nline")
    assert [note.words for note in store.notes(session)] == ["first", "second\nline"]
    with pytest.raises(StoreError):
        store.note("000000000000", "nobody's")


def test_the_audit_says_what_was_changed_and_no_words_of_it(folder, store):
    session = store.begin(SessionHeader(**{**vars(HEADER), "patient": "secret"}))
    store.note(session, "secret")
    store.end(session, None)
    store.delete(session)
    assert [change.change for change in store.changes()] == [
        *["database begun", "begun", "note added", "ended", "deleted"],
    ]
    assert {change.session for change in store.changes()} == {None, session}
    database = sqlite3.connect(folder / DATABASE)
    for statement in ("DELETE FROM audit", "UPDATE audit SET change = ''"):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            database.execute(statement)
    database.close()


def test_of_a_deleted_session_nothing_is_left_but_its_random_id(folder, store):
    kept = store.begin(SessionHeader(**{**vars(HEADER), "patient": "KEEPTHIS"}))
    session = store.begin(SessionHeader(**{**vars(HEADER), "patient": "FORGETME" * 500}))
    store.append(
        session, [judgement(reasons=("FORGETREASON",))] * 200, [SessionEvent(1.0, "gap", "FORGETGAP")]
    )
    store.note(session, "FORGETNOTE" * 2000)
    store.end(session, {"label": "FORGETLABEL"})
    (store.sound_folder(session) / "0.wav").write_bytes(b"FORGETSOUND")
    assert b"FORGET" in everything(folder)
    store.delete(session)
    assert b"FORGET" not in everything(folder)
    assert b"KEEPTHIS" in everything(folder)
    assert [one.id for one in store.sessions()] == [kept]


def test_a_running_session_is_not_deleted(folder, store):
    session = store.begin(HEADER)
    with SessionStore(folder) as other:
        assert other.find(session).ended is None
        with pytest.raises(StoreError, match="still running"):
            other.delete(session)
        store.end(session, None)
        other.delete(session)
        assert other.sessions() == []


def test_sound_that_cannot_be_deleted_leaves_the_session_to_be_deleted_again(store, monkeypatch):
    session = store.begin(HEADER)
    store.end(session, None)

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", refuse)
        with pytest.raises(StoreError, match=r"cannot be deleted .*; try again"):
            store.delete(session)
    assert store.find(session)
    store.delete(session)


def test_a_session_whose_program_ended_is_interrupted_and_one_that_runs_is_not(folder):
    with SessionStore(folder) as first:
        dead = first.begin(HEADER)
        first.append(dead, [judgement(end_s=14.5)], [])
    with SessionStore(folder) as running:
        alive = running.begin(HEADER)
        with SessionStore(folder) as looking:
            found = {one.id: one for one in looking.sessions()}
    assert found[dead].interrupted
    assert (found[dead].ended - found[dead].begun).total_seconds() == pytest.approx(14.5, abs=0.01)
    assert found[alive].ended is None
    assert not found[alive].interrupted


def test_sound_without_a_session_is_listed_and_can_be_deleted(folder, store):
    orphan = folder / SOUND / "0123456789ab"
    orphan.mkdir(parents=True)
    (orphan / "00000000000000.wav").write_bytes(b"sound")
    (folder / SOUND / "not one").mkdir()
    (found,) = store.sessions()
    assert (found.id, found.header, found.sound_bytes) == ("0123456789ab", None, 5)
    store.delete(found.id)
    assert store.sessions() == []
    assert (folder / SOUND / "not one").exists()


# Damage


def kept(folder):
    """A store with some sessions in it, closed."""
    with SessionStore(folder) as store:
        for _ in range(3):
            session = store.begin(HEADER)
            store.append(session, [judgement()] * 50, [SessionEvent(1.0, "gap", "lost")])
            store.end(session, SUMMARY)
        (store.sound_folder(session) / "00000000000000.wav").write_bytes(b"sound")
    return session


def test_a_damaged_database_is_set_aside_and_sound_stays_where_it_was(folder):
    session = kept(folder)
    path = folder / DATABASE
    damaged = b"no database at all" * 1000
    path.write_bytes(damaged)
    with SessionStore(folder) as store:
        assert "was damaged" in store.warning
        assert "\n" not in store.warning
        (aside,) = folder.glob("sessions-damaged-*.sqlite")
        assert str(aside) in store.warning
        assert aside.read_bytes() == damaged
        found = {one.id: one for one in store.sessions()}
        assert found[session].header is None
        assert found[session].sound_bytes == 5
        store.begin(HEADER)
    with SessionStore(folder) as again:
        assert again.warning == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_whatever_a_database_holds_it_opens_or_is_set_aside_or_is_told(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    kept(folder)
    path = folder / DATABASE
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(min_size=1, max_size=64))
        content[at : at + len(piece)] = piece
    cut = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    path.write_bytes(bytes(content[:cut]))
    before = {one.relative_to(folder) for one in folder.rglob("*")}
    try:
        with SessionStore(folder) as store:
            for one in store.sessions():
                list(store.judgements(one.id))
                store.events(one.id)
                store.notes(one.id)
            store.end(store.begin(HEADER), None)
    except StoreError as error:
        assert "\n" not in str(error)
    asides = {one.name for one in folder.glob("sessions-damaged-*")}
    assert not asides or path.exists()
    assert {Path(SOUND), Path(DATABASE)} <= before


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ("CREATE TABLE recipe (name TEXT)", "another program's database"),
        ("PRAGMA application_id = 7", "another program's database"),
        ("PRAGMA application_id = 1635087203; PRAGMA user_version = 99", "newer version"),
    ],
)
def test_a_database_of_somebody_else_is_left_alone(folder, statements, said):
    folder.mkdir()
    database = sqlite3.connect(folder / DATABASE)
    database.executescript(statements)
    database.close()
    with pytest.raises(StoreError, match=said):
        SessionStore(folder)
    database = sqlite3.connect(folder / DATABASE)
    assert not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'session'").fetchone()
    database.close()
    assert not list(folder.glob("sessions-damaged-*"))


def test_a_folder_that_is_none_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="choose another folder"):
        SessionStore(tmp_path / "file")


def test_a_full_disk_is_told_and_what_was_kept_stays(folder):
    session = kept(folder)
    with SessionStore(folder) as store:
        running = store.begin(HEADER)
        with files_of_at_most(200_000), pytest.raises(StoreError, match="free space"):
            for _ in range(1000):
                store.append(running, [judgement()] * 100, [])
        assert len(list(store.judgements(session))) == 50
        assert len(list(store.judgements(running))) % 100 == 0
        store.end(running, None)


# Versions


def test_a_session_that_cannot_be_locked_is_told(store, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(FileLock, "acquire", full)
        with pytest.raises(StoreError, match="No space left on device"):
            store.begin(HEADER)
    assert store.sessions() == []
    assert store.begin(HEADER)


def test_sound_that_goes_while_it_is_looked_at_holds_nobody_up(store):
    session = store.begin(HEADER)
    (store.sound_folder(session) / "00000000000000.wav").symlink_to("gone")
    assert store.over_quota(0) == ""
    assert [one.sound_bytes for one in store.sessions()] == [0]


def test_an_older_database_becomes_a_newer_one_with_all_that_it_held(folder, monkeypatch):
    session = kept(folder)
    newer = "ALTER TABLE session ADD COLUMN site TEXT; UPDATE session SET site = 'mitral'"
    monkeypatch.setattr(session_schema, "MIGRATIONS", (*session_schema.MIGRATIONS, newer))
    with SessionStore(folder) as store:
        assert len(list(store.judgements(session))) == 50
        assert store.warning == ""
    database = sqlite3.connect(folder / DATABASE)
    assert database.execute("PRAGMA user_version").fetchone() == (len(session_schema.MIGRATIONS),)
    assert {row[0] for row in database.execute("SELECT site FROM session")} == {"mitral"}
    database.close()


def test_a_session_from_before_the_reading_has_none(folder, monkeypatch):
    with monkeypatch.context() as older:
        older.setattr(session_schema, "MIGRATIONS", session_schema.MIGRATIONS[:1])
        SessionStore(folder).close()
    database = sqlite3.connect(folder / DATABASE)
    header = (
        "old",
        "2025-01-01T00:00:00+00:00",
        None,
        0,
        "mic",
        4000,
        0.4,
        "m",
        "0",
        "{}",
        "0.1.0",
        None,
        None,
    )
    database.execute(f"INSERT INTO session VALUES ({', '.join('?' * len(header))})", header)
    verdict = ("old", 0, 0.0, 10.0, "normal", 0.2, None, "[]", 71.5, "normal", 0.2, 4.0)
    database.execute(f"INSERT INTO verdict VALUES ({', '.join('?' * len(verdict))})", verdict)
    database.commit()
    database.close()
    with SessionStore(folder) as store:
        (found,) = store.judgements("old")
        assert (found.verdict.heart_rate_bpm, found.verdict.reading, found.verdict.irregular) == (
            71.5,
            None,
            None,
        )
        store.append("old", [judgement()], [])
        assert len(list(store.judgements("old"))) == 2


def test_a_version_that_cannot_be_reached_changes_nothing(folder, monkeypatch):
    kept(folder)
    broken = "ALTER TABLE session ADD COLUMN site TEXT; UPDATE nothing SET site = 1"
    with monkeypatch.context() as patched:
        patched.setattr(session_schema, "MIGRATIONS", (*session_schema.MIGRATIONS, broken))
        with pytest.raises(StoreError, match="nothing"):
            SessionStore(folder)
    with SessionStore(folder) as store:
        assert len(store.sessions()) == 3
    database = sqlite3.connect(folder / DATABASE)
    assert "site" not in {row[1] for row in database.execute("PRAGMA table_info(session)")}
    database.close()


# Several programs


def test_two_stores_at_once_keep_everything(folder):
    failures = []

    def examine():
        try:
            with SessionStore(folder) as store:
                for _ in range(5):
                    session = store.begin(HEADER)
                    for _ in range(10):
                        store.append(session, [judgement()], [SessionEvent(1.0, "gap", "lost")])
                    store.end(session, SUMMARY)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=examine) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with SessionStore(folder) as store:
        assert len(store.sessions()) == 20
        assert all(len(list(store.judgements(one.id))) == 10 for one in store.sessions())
        assert not any(one.interrupted for one in store.sessions())


LOOKER = """
import sys
from pathlib import Path
from monitor.session_store import SessionStore
with SessionStore(Path(sys.argv[1])) as store:
    print(sum(1 for one in store.sessions() for _ in store.judgements(one.id)))
"""


def test_another_program_that_looks_takes_nothing_away(folder):
    """By POSIX whoever closes a file loses all of its locks on it, and SQLite deletes what nobody locks."""

    def looked():
        command = [sys.executable, "-c", LOOKER, str(folder)]
        return int(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)

    with SessionStore(folder) as store, SessionStore(folder):
        session = store.begin(HEADER)
        for count in range(3):
            assert looked() == count
            store.append(session, [judgement()], [])
    assert looked() == 3


WRITER = """
import sys, time
from pathlib import Path
from monitor.session_log import SessionLog
from monitor.session_store import SessionStore
from tests.monitor.test_session_store import HEADER, judgement
store = SessionStore(Path(sys.argv[1]))
log = SessionLog(store, store.begin(HEADER))
for index in range(1_000_000):
    log.judgement(judgement(end_s=float(index)))
    print(index, time.monotonic(), flush=True)
    time.sleep(0.01)
"""


def test_killed_at_any_moment_it_loses_less_than_a_second_of_verdicts(folder):
    told = [
        [float(line.split()[1]) for line in lines]
        for lines in killed(WRITER, folder, 10, seed=5, span_s=(0, 0.3))
    ]
    with SessionStore(folder) as store:
        assert store.warning == ""
        found = store.sessions()
        assert len(found) == 10
        assert all(one.interrupted for one in found)
        counts = [[judged.verdict.end_s for judged in store.judgements(one.id)] for one in found]
    for ends in counts:
        assert ends == [float(index) for index in range(len(ends))]
    # Which process had which session is not known: the most told are matched with the most kept.
    for times, ends in zip(sorted(told, key=len), sorted(counts, key=len), strict=True):
        unkept = times[len(ends) :]
        assert not unkept or unkept[-1] - unkept[0] < 1


# The log


def test_a_log_keeps_what_it_was_told_and_closes_its_store(folder):
    store = SessionStore(folder)
    log = SessionLog(store, store.begin(HEADER))
    for index in range(100):
        log.judgement(judgement(end_s=float(index)))
    log.event(SessionEvent(1.0, "gap", "lost"))
    log.finish(SUMMARY)
    assert log.failure == ""
    with SessionStore(folder) as again:
        (one,) = again.sessions()
        assert one.summary == SUMMARY
        assert len(list(again.judgements(one.id))) == 100


def test_a_log_that_cannot_write_says_so_once_and_holds_up_nobody(folder):
    store = SessionStore(folder)
    log = SessionLog(store, store.begin(HEADER))
    with files_of_at_most(50_000):
        for _ in range(5000):
            log.judgement(judgement())
        until(lambda: log.failure, "the full disk is noticed")
    assert "not kept any more" in log.failure
    assert "\n" not in log.failure
    log.judgement(judgement())
    log.finish(SUMMARY)
    with SessionStore(folder) as again:
        assert again.sessions()[0].interrupted
