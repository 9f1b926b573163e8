"""``auscult examinations``, through real processes."""

import json

import pytest

from monitor.examination_record import SITES, SiteFinding
from monitor.examination_store import ExaminationStore, new_id
from monitor.session_store import SessionStore
from tests.monitor.test_examination_store import FINDINGS, examined
from tests.monitor.test_session_store import HEADER
from tests.monitor.test_sessions import auscult  # noqa: F401


@pytest.fixture
def kept(auscult):  # noqa: F811
    """Two examinations, the second one killed; gives the first one's id and its session's."""
    with SessionStore(auscult.data) as sessions:
        store = ExaminationStore(sessions)
        examination, session = examined(sessions, store)
        store.judge(examination, "disagree", "ein Wort")
        (sessions.sound_folder(session) / "00000000000000.wav").write_bytes(b"sound")
        killed = new_id()
        store.begin(killed, sessions.begin(HEADER))
        store.keep(killed, FINDINGS[:1])
    return examination, session


def test_they_are_listed_shown_and_deleted(auscult, kept):  # noqa: F811
    examination, session = kept
    listed = json.loads(auscult("examinations", "list", "--json").stdout)["examinations"]
    assert [one["id"] for one in listed][1] == examination
    assert [one["interrupted"] for one in listed] == [True, False]
    assert [one["label"] for one in listed] == ["abnormal", "abnormal"]
    table = auscult("examinations", "list").stdout.splitlines()
    assert "interrupted" in table[1]
    assert table[2].split()[0] == examination
    shown = json.loads(auscult("examinations", "show", examination[:6], "--json").stdout)
    assert shown == listed[1]
    assert [finding["site"] for finding in shown["findings"]] == ["aortic", "mitral", "pulmonary"]
    assert shown["findings"][0]["verdict"]["reading"]["timing"] == "systolic"
    assert shown["findings"][2]["verdict"] is None
    assert (shown["opinion"], shown["note"], shown["sound"]) == ("disagree", "ein Wort", True)
    page = auscult("examinations", "show", examination).stdout
    assert "20 s good of 2.4–22.4 s" in page
    assert "skipped" in page
    assert "ein Wort" in page
    auscult("examinations", "delete", examination, stdin=b"n\n", status=1)
    done = auscult("examinations", "delete", examination, "--yes")
    assert f"deleted {examination}" in done.stderr
    assert session not in auscult("sessions", "list").stdout
    assert not (auscult.data / "sessions" / session).exists()
    assert "no examination" in auscult("examinations", "show", examination, status=1).stderr


def test_where_there_are_none_it_says_how_one_is_made(auscult):  # noqa: F811
    done = auscult("examinations", "list")
    assert done.stdout == ""
    assert "auscult monitor" in done.stderr


def test_of_one_in_which_every_site_was_skipped_no_verdict_is_told(auscult):  # noqa: F811
    with SessionStore(auscult.data) as sessions:
        store = ExaminationStore(sessions)
        session, examination = sessions.begin(HEADER), new_id()
        store.begin(examination, session)
        store.end(examination, [SiteFinding(site, None) for site in SITES])
        sessions.end(session, None)
    (one,) = json.loads(auscult("examinations", "list", "--json").stdout)["examinations"]
    assert (one["label"], one["p_abnormal"]) == (None, None)
    assert " skipped " in auscult("examinations", "list").stdout
    shown = auscult("examinations", "show", examination).stdout
    assert "none: every site was skipped" in shown
    assert "poor_signal" not in shown
