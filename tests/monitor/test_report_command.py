"""``auscult report``, through a real process."""

import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import soundfile as sf

from model.loading import check_model
from monitor.dashboard.language import KOREAN_FONT
from monitor.examination_store import ExaminationStore, new_id
from monitor.session_store import SessionStore
from tests.monitor.examinations import RATE, finding, heart
from tests.monitor.test_session_store import HEADER


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "Daten – 심장"


@pytest.fixture
def examination(folder):
    """An examination of one site with its sound."""
    card = check_model().card
    with SessionStore(folder) as sessions:
        header = replace(HEADER, rate=RATE, model=card.tag, model_sha256=card.sha256, patient="bed 7")
        session, examination = sessions.begin(header), new_id()
        store = ExaminationStore(sessions)
        store.begin(examination, session)
        sound = np.concatenate([np.zeros(5 * RATE), heart().samples])
        sf.write(sessions.sound_folder(session) / f"{0:014d}.wav", sound, RATE, "PCM_24")
        store.end(examination, [finding()])
        store.judge(examination, "disagree", "heard otherwise")
        sessions.end(session, None)
    return examination


def auscult(folder, *words):
    environment = {**os.environ, "AUSCULT_DATA": str(folder), "PYTHONUTF8": "1"}
    environment.pop("DISPLAY", None)
    done = subprocess.run(
        [sys.executable, "-m", "monitor.cli", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=100,
        env=environment,
    )
    assert "Traceback" not in done.stderr
    return done


def test_a_report_is_written_from_what_was_kept(folder, examination, tmp_path):
    path = tmp_path / "bed 7.html"
    done = auscult(folder, "report", examination[:6], "--out", path)
    assert (done.returncode, done.stdout) == (0, f"{path}\n"), done.stderr
    text = path.read_text(encoding="utf-8")
    for said in ("bed 7", "Disagrees with the verdict", "heard otherwise", examination, "S2 marked"):
        assert said in text


def test_a_report_is_in_the_language_that_is_asked_for(folder, examination, tmp_path):
    path = tmp_path / "bed 7.html"
    done = auscult(folder, "report", examination, "--out", path, "--language", "ko")
    if KOREAN_FONT in done.stderr:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(KOREAN_FONT)
    assert (done.returncode, done.stdout) == (0, f"{path}\n"), done.stderr
    text = path.read_text(encoding="utf-8")
    for said in ('<html lang="ko">', "연구용, 의료기기 아님", "판정에 동의하지 않음", "heard otherwise"):
        assert said in text
    done = auscult(folder, "report", examination, "--language", "fr")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'fr' is not one of 'en', 'ko'" in done.stderr


def test_without_a_name_it_is_a_pdf_that_is_named_by_the_examination(
    folder, examination, tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.chdir(tmp_path)
    done = auscult(folder, "report", examination, "--paper", "letter")
    assert done.stdout == f"examination-{examination}.pdf\n", done.stderr
    pdf = (tmp_path / f"examination-{examination}.pdf").read_bytes()
    left, top, right, bottom = map(float, re.search(rb"/MediaBox \[([-\d. ]+)\]", pdf)[1].split())
    assert (right - left, bottom - top) == (612, 792)


@pytest.mark.parametrize(("words", "why"), [(["nosuch"], "nosuch"), (["--out", "x.doc"], "x.doc")])
def test_what_cannot_be_is_told_in_one_line(folder, examination, words, why):
    done = auscult(folder, "report", *(words if "--out" not in words else [examination, *words]))
    assert done.returncode == 1
    assert done.stderr.startswith("auscult: ")
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_examination_that_runs_has_no_report_yet(folder, tmp_path):
    with SessionStore(folder) as sessions:
        session, examination = sessions.begin(HEADER), new_id()
        ExaminationStore(sessions).begin(examination, session)
        done = auscult(folder, "report", examination, "--out", tmp_path / "x.pdf")
    assert done.returncode == 1
    assert "still running" in done.stderr
    assert not (tmp_path / "x.pdf").exists()
