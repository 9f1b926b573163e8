import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path
from string import ascii_uppercase

import pytest
from PySide6.QtCore import QLibraryInfo, QTranslator

import monitor.dashboard
from monitor import cli
from monitor.dashboard.language import KOREAN_FONT, LANGUAGES, TRANSLATIONS, chosen, tr

ROOT = Path(monitor.dashboard.__file__).parents[2]
SOURCE = TRANSLATIONS / "auscult_ko.ts"
HANGUL = re.compile("[가-힣]")
KEPT = frozenset(
    [
        *("S1", "S2", "S3", "S4", "Hz", "kHz", "dB", "dBFS", "ms", "s", "bpm", "GB", "UTC", "SHA"),
        *("Esc", "Ctrl", "Shift", "Alt", "Space", "Enter", "Tab", "Del", "Home", "End", "Backspace"),
        *("F11", "F12", *ascii_uppercase),
        *("PDF", "HTML", "WAV", "FLAC", "pdf", "html", "edf"),
        *("auscult", "sessions", "prune", "devices", "Python", "EDF", "WFDB", "NAME"),
        *("DICOM", "FHIR", "JSON", "LSL"),
    ]
)
"""Latin words that a Korean reads as they are."""


def messages(path):
    """Source and disambiguation of each text, with its translation and how far that is."""
    found = {}
    for message in ElementTree.parse(path).getroot().iter("message"):
        comment = message.find("comment")
        translation = message.find("translation")
        key = message.find("source").text, "" if comment is None else comment.text
        found[key] = translation.text or "", translation.get("type", "")
    return found


def left_in_english(text):
    """Latin words in a text that are not kept."""
    plain = text.replace("&", "")
    text = re.sub(r"\{\w+\}|[\w*]+\.\w+|\S+@[0-9a-f]{12}|\b[0-9a-f]{12,64}\b|--data", " ", plain)
    return [word for word in re.findall(r"[A-Za-z][A-Za-z0-9]*", text) if word not in KEPT]


def tool(name, *arguments):
    """Run one of Qt's tools for translations, which come with PySide."""
    program = shutil.which(name, path=Path(sys.executable).parent)
    return subprocess.run([program, *map(str, arguments)], capture_output=True, check=True, timeout=120)


def run(code, *arguments, **environment):
    """Run Python in a process of its own, from the repository's root, where no word was read yet."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        cwd=ROOT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "TZ": "UTC",
            "PYTHONPATH": str(ROOT),
            **environment,
        },
    )


@pytest.mark.parametrize(
    ("asked", "preferred", "language"),
    [
        (None, [], "en"),
        (None, ["C"], "en"),
        (None, ["ko-Kore-KR", "ko-KR", "ko"], "ko"),
        (None, ["fr-FR", "fr"], "en"),
        (None, ["fr-FR", "ko-KR", "en-US"], "ko"),
        (None, ["en-US", "en", "ko-KR"], "en"),
        ("ko", ["en-US"], "ko"),
        ("en", ["ko-KR"], "en"),
    ],
)
def test_the_language_is_what_was_asked_for_or_else_the_platforms(asked, preferred, language):
    assert chosen(asked, preferred) == language


def test_the_command_line_offers_the_languages_that_there_are():
    assert cli.LANGUAGES == LANGUAGES


def test_english_is_what_is_written_in_the_program():
    assert all(tr(*key) == key[0] for key in messages(SOURCE))


def test_no_text_was_forgotten_in_the_translation(tmp_path):
    copy = tmp_path / SOURCE.name
    shutil.copy(SOURCE, copy)
    files = sorted(Path(monitor.dashboard.__file__).parent.glob("*.py"))
    aliases = ("-tr-function-alias", "QT_TR_NOOP+=marked", "-locations", "none")
    tool("pyside6-lupdate", *files, *aliases, "-ts", copy)
    renewed, kept = messages(copy), messages(SOURCE)
    assert sorted(renewed.keys() - kept.keys()) == []
    assert [key for key, (_, state) in renewed.items() if state] == []
    assert renewed == kept


def test_the_compiled_translation_is_of_the_written_one(tmp_path):
    tool("pyside6-lrelease", SOURCE, "-qm", tmp_path / "auscult_ko.qm")
    made, packaged = QTranslator(), QTranslator()
    assert made.load("auscult_ko", str(tmp_path))
    assert packaged.load("auscult_ko", str(TRANSLATIONS))
    for (text, which), (korean, _) in messages(SOURCE).items():
        assert made.translate("", text, which or None) == korean
        assert packaged.translate("", text, which or None) == korean


def test_every_translation_is_korean_and_has_the_values_of_its_text():
    for (text, _), (korean, _) in messages(SOURCE).items():
        names = re.compile(r"\{\w+\}")
        assert sorted(names.findall(korean)) == sorted(names.findall(text)), text
        assert left_in_english(korean) == [], text
        # Letters that press a button with Alt stand in brackets, as is usual in Korean.
        assert re.sub(r"\(&[A-Z]\)", "", korean).count("&") == 0, text


def test_qts_own_buttons_are_translated():
    assert (Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / "qtbase_ko.qm").is_file()


def test_a_language_comes_before_the_first_word():
    late = run(
        "import monitor.dashboard.words\n"
        "from monitor.dashboard.application import application\n"
        "application(window_system=False, language='ko')"
    )
    assert late.returncode == 1
    assert "too late" in late.stderr or KOREAN_FONT in late.stderr


def test_without_korean_letters_the_window_is_english_or_says_what_is_missing(tmp_path):
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>")
    code = (
        "import sys\n"
        "from monitor.dashboard.application import application\n"
        "from monitor.dashboard.display import DashboardError\n"
        "try:\n"
        "    application(window_system=False, language=sys.argv[1] or None)\n"
        "except DashboardError as error:\n"
        "    sys.exit(f'refused: {error}')\n"
        "from monitor.dashboard.words import RESEARCH_ONLY\n"
        "print(RESEARCH_ONLY)"
    )
    korean = {"FONTCONFIG_FILE": str(fonts), "LANG": "ko_KR.UTF-8", "LC_ALL": "ko_KR.UTF-8", "LANGUAGE": "ko"}
    asked = run(code, "ko", **korean)
    assert (asked.returncode, asked.stdout) == (1, "")
    assert f"refused: {KOREAN_FONT}" in asked.stderr
    platforms = run(code, "", **korean)
    assert platforms.stdout == "Research use only, not a medical device\n"
    assert KOREAN_FONT in platforms.stderr


@pytest.fixture(scope="module")
def korean(tmp_path_factory):
    """What the window says in Korean, in its main states, and the report of an examination."""
    shown = run(
        "import json, sys\n"
        "from monitor.dashboard.application import application\n"
        "application(window_system=False, language='ko')\n"
        "from tests.monitor.dashboard.korean_window import show\n"
        "print(json.dumps(show(sys.argv[1])))",
        tmp_path_factory.mktemp("data"),
    )
    if KOREAN_FONT in shown.stderr:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(KOREAN_FONT)
    assert shown.returncode == 0, shown.stderr[-3000:]
    return json.loads(shown.stdout)


def test_nothing_in_the_window_is_left_in_english(korean):
    left = {
        (state, text) for state, texts in korean["read"].items() for text in texts if left_in_english(text)
    }
    assert sorted(left) == []
    assert all(any(map(HANGUL.search, texts)) for texts in korean["read"].values())


def test_nothing_in_the_window_is_cut_off_in_korean(korean):
    assert korean["cut"] == []


class _Texts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.texts, self._style, self.language = [], False, ""

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self._style = tag == "style"
        self.texts += [named[name] for name in ("alt", "aria-label") if name in named]
        self.language = named.get("lang") or self.language

    def handle_data(self, data):
        if not self._style:
            self.texts.append(data)


def test_the_report_is_korean(korean):
    page = _Texts()
    page.feed(korean["html"])
    assert page.language == "ko"
    assert "연구용, 의료기기 아님" in page.texts
    assert [text for text in page.texts if left_in_english(text)] == []
