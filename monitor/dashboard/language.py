"""The language of the window and the report: chosen once, at the start, before the first word is read.

Words for people are marked by ``tr`` where they stand, in English. After a change, in the repository's root:

    pyside6-lupdate monitor/dashboard/*.py -tr-function-alias QT_TR_NOOP+=marked -locations none -no-obsolete
        -ts monitor/dashboard/translations/auscult_ko.ts
    pyside6-lrelease monitor/dashboard/translations/auscult_ko.ts

Between the two translate what the first marked as unfinished, by hand or with ``pyside6-linguist``. A test
fails where that was forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from monitor.dashboard.display import DashboardError

ENGLISH, KOREAN = LANGUAGES = ("en", "ko")
"""The first is the one that words are written in."""

TRANSLATIONS = Path(__file__).parent / "translations"

KOREAN_FONT = "no Korean font is found: apt-get install fonts-noto-cjk"

_installed = ENGLISH
_translate: Callable[[str, str, str | None], str] | None = None
_read = False


def tr(text: str, which: str = "") -> str:
    """A text for people in the language that is installed, or in English; on any thread.

    After the first one the language stays as it is, as many are read when their module is imported.

    Args:
        text: In English, as a literal. Values stand in it by name, in braces, as translations may have them
            in another order; what English counts is two texts.
        which: Tells apart what English calls by one word, likewise a literal.
    """
    global _read
    _read = True
    return text if _translate is None else _translate("", text, which or None)


def marked(text: str) -> str:
    """The text as it is, which ``tr`` is to be given later."""
    return text


def installed() -> str:
    """The language that words are read in."""
    return _installed


def chosen(asked: str | None, preferred: Sequence[str]) -> str:
    """Which language is to be installed.

    Args:
        asked: One of ``LANGUAGES``, which then it is; None where nobody said.
        preferred: Languages of the platform, the dearest first, as BCP 47 has them; English where none of
            them is known.
    """
    known = (name.split("-")[0] for name in preferred)
    return asked or next((name for name in known if name in LANGUAGES), ENGLISH)


def install(asked: str | None) -> str:
    """Choose the language of the Qt application that there is, with Qt's own words on the buttons of dialogs.

    Args:
        asked: One of ``LANGUAGES``; None for the platform's, or English where that has no letters here.

    Returns:
        What there is to tell about it, in one line; empty mostly.

    Raises:
        DashboardError: There are no letters for what was asked for, or its words are missing.
        RuntimeError: Words were already read in another language.
    """
    global _installed, _translate
    # Imported here: English words need no Qt.
    from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale
    from PySide6.QtGui import QFontDatabase

    language, remark = chosen(asked, QLocale.system().uiLanguages()), ""
    if language == KOREAN and not QFontDatabase.families(QFontDatabase.WritingSystem.Korean):
        if asked:
            raise DashboardError(KOREAN_FONT)
        language, remark = ENGLISH, KOREAN_FONT
    if language == _installed:
        return remark
    if _read:
        raise RuntimeError(f"words were already read in {_installed!r}: {language!r} is too late")
    # Where a distribution has left out Qt's own, the buttons of dialogs stay English.
    _load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    if not _load(f"auscult_{language}", str(TRANSLATIONS)):
        raise DashboardError(f"the words in {language!r} cannot be read: install auscult anew")
    _installed, _translate = language, QCoreApplication.translate
    return remark


def _load(name: str, folder: str) -> bool:
    from PySide6.QtCore import QCoreApplication, QTranslator

    translator = QTranslator(QCoreApplication.instance())
    return translator.load(name, folder) and QCoreApplication.installTranslator(translator)
