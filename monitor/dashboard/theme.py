"""Colours, type sizes and distances of the window."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QPalette

from model.verdict import Label
from monitor.dashboard.language import KOREAN, installed

GRID = 8
"""Every distance is a multiple of this many logical pixels."""

SMALL, NORMAL, LARGE = 12, 14, 30
"""Type sizes in logical pixels."""

_FAMILIES = ["DejaVu Sans", "Noto Sans", "Segoe UI", "Helvetica Neue", "Arial"]
_KOREAN_FAMILIES = ["Noto Sans CJK KR", "Noto Sans KR", "Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic"]


@dataclass(frozen=True)
class Theme:
    """A set of colours, as #rrggbb; the four that carry a meaning are Okabe and Ito's, darkened where light.

    Attributes:
        name: "dark" or "light".
        ground: Behind everything.
        panel: Behind groups.
        plot: Behind curves.
        control: Behind buttons.
        line: Edges and grid lines.
        text: Most text.
        faint: Less important text.
        focus: Edge of the focused control, and the level meter.
        signal: The waveform.
        normal: Verdict normal.
        abnormal: Verdict abnormal, and warnings.
        uncertain: Verdict uncertain.
        none: No verdict: poor signal, warming up.
    """

    name: str
    ground: str
    panel: str
    plot: str
    control: str
    line: str
    text: str
    faint: str
    focus: str
    signal: str
    normal: str
    abnormal: str
    uncertain: str
    none: str

    def of(self, label: Label | None) -> str:
        """The colour of a verdict."""
        known = {Label.NORMAL: self.normal, Label.ABNORMAL: self.abnormal, Label.UNCERTAIN: self.uncertain}
        return known.get(label, self.none) if label else self.none

    def text_pairs(self) -> list[tuple[str, str]]:
        """Every text colour with every ground that it is written on."""
        grounds = (self.ground, self.panel, self.plot, self.control)
        inks = (self.text, self.faint, self.normal, self.abnormal, self.uncertain, self.none)
        return [(ink, ground) for ink in inks for ground in grounds]

    def part_pairs(self) -> list[tuple[str, str]]:
        """Every colour of what is drawn and means something, with every ground that it is drawn on."""
        shapes = (self.normal, self.abnormal, self.uncertain, self.none)
        return [
            *((ink, self.panel) for ink in (*shapes, self.text, self.faint)),
            *((ink, self.plot) for ink in (*shapes, self.signal, self.text, self.faint, self.focus)),
            # The gauge's band and the level meter.
            *((ink, self.control) for ink in (self.uncertain, self.focus, self.abnormal, self.text)),
            *((self.focus, ground) for ground in (self.ground, self.panel, self.control)),
        ]

    def palette(self) -> QPalette:
        """The colours of everything that the style sheet does not name, file dialogs among it."""
        palette = QPalette()
        role = QPalette.ColorRole
        for part, colour in (
            (role.Window, self.ground),
            (role.WindowText, self.text),
            (role.Base, self.plot),
            (role.AlternateBase, self.panel),
            (role.Text, self.text),
            (role.PlaceholderText, self.faint),
            (role.Button, self.control),
            (role.ButtonText, self.text),
            (role.ToolTipBase, self.panel),
            (role.ToolTipText, self.text),
            (role.Highlight, self.focus),
            (role.HighlightedText, self.ground),
            (role.Link, self.focus),
        ):
            palette.setColor(part, QColor(colour))
        return palette

    def style_sheet(self) -> str:
        """The look of the controls."""
        return f"""
            #panel {{ background: {self.panel}; }}
            QLabel {{ color: {self.text}; }}
            #stage {{ background: {self.ground}; }}
            #black {{ background: #000000; }}
            #faint {{ color: {self.faint}; }}
            #alert {{ color: {self.abnormal}; }}
            #keys, #examinations {{
                background: {self.panel}; border: 1px solid {self.faint}; border-radius: 8px;
            }}
            #technical QPushButton, #keys QPushButton {{
                background: {self.control}; border: 2px solid {self.control}; border-radius: 4px;
                padding: 0 8px; color: {self.text};
            }}
            #technical QPushButton:hover, #keys QPushButton:hover {{ border-color: {self.faint}; }}
            #technical QPushButton:focus, #keys QPushButton:focus {{ border-color: {self.focus}; }}
            #controls QPushButton, #controls QToolButton {{
                background: {self.control}; border: 2px solid {self.control}; border-radius: 4px;
                padding: 4px 12px; color: {self.text};
            }}
            #controls QToolButton {{ padding-right: 20px; }}
            #controls[compact="true"] QPushButton {{ padding: 4px 4px; }}
            #controls[compact="true"] QToolButton {{ padding: 4px 16px 4px 4px; }}
            #controls QToolButton::menu-indicator {{ subcontrol-position: right center; right: 6px; }}
            #controls QPushButton:hover, #controls QToolButton:hover {{ border-color: {self.faint}; }}
            #controls QPushButton:focus, #controls QToolButton:focus {{ border-color: {self.focus}; }}
            #controls QPushButton:disabled {{ color: {self.faint}; background: {self.ground}; }}
            #examination {{ background: {self.panel}; }}
            #examination QScrollArea, #examination #rows {{ background: transparent; }}
            #examination QPushButton, #examinations QPushButton {{
                background: {self.control}; border: 2px solid {self.control}; border-radius: 4px;
                padding: 2px 8px; color: {self.text};
            }}
            #examination QPushButton:hover, #examinations QPushButton:hover {{ border-color: {self.faint}; }}
            #examination QPushButton:checked {{ border-color: {self.text}; }}
            #examination QPushButton:focus, #examinations QPushButton:focus {{ border-color: {self.focus}; }}
            #examination QPushButton:disabled, #examinations QPushButton:disabled {{
                color: {self.faint}; background: {self.ground}; border-color: {self.ground};
            }}
            #examination QLineEdit, #examination QPlainTextEdit, #examinations QTreeWidget {{
                background: {self.plot}; color: {self.text}; border: 1px solid {self.faint};
                border-radius: 4px; padding: 3px; placeholder-text-color: {self.faint};
            }}
            #examination QLineEdit:focus, #examination QPlainTextEdit:focus,
            #examinations QTreeWidget:focus {{
                border: 3px solid {self.focus}; padding: 1px;
            }}
            #examinations QTreeWidget::item {{ padding: 4px; }}
            #examinations QTreeWidget::item:selected {{ background: {self.control}; color: {self.text}; }}
            #examinations QHeaderView::section {{
                background: {self.panel}; color: {self.faint}; border: none; padding: 4px;
            }}
            #examination QScrollBar:vertical, #examinations QScrollBar:vertical {{
                background: transparent; width: 8px;
            }}
            #examination QScrollBar::handle:vertical, #examinations QScrollBar::handle:vertical {{
                background: {self.faint}; border-radius: 3px; min-height: 16px;
            }}
            #examination QScrollBar::add-line, #examination QScrollBar::sub-line,
            #examinations QScrollBar::add-line, #examinations QScrollBar::sub-line {{ height: 0; }}
            #keys QPlainTextEdit {{
                background: {self.plot}; color: {self.text}; border: 2px solid {self.plot};
            }}
            #keys QPlainTextEdit:focus {{ border-color: {self.focus}; }}
            QMenu {{
                background: {self.panel}; color: {self.text}; border: 1px solid {self.line}; padding: 4px;
            }}
            QMenu::item {{ padding: 6px 24px 6px 16px; background: transparent; }}
            QMenu::item:selected {{ background: {self.control}; border-left: 3px solid {self.focus}; }}
            QMenu::item:disabled {{ color: {self.faint}; }}
            QMenu::separator {{ height: 1px; background: {self.line}; margin: 4px 8px; }}
            QToolTip {{ background: {self.panel}; color: {self.text}; border: 1px solid {self.faint}; }}
        """


DARK = Theme(
    name="dark",
    ground="#0f1419",
    panel="#182028",
    plot="#0a0e12",
    control="#24303b",
    line="#2c3945",
    text="#e8edf2",
    faint="#a3b3c2",
    focus="#56b4e9",
    signal="#c7d5e2",
    normal="#17b484",
    abnormal="#e69f00",
    uncertain="#56b4e9",
    none="#a3b3c2",
)

LIGHT = Theme(
    name="light",
    ground="#f4f6f8",
    panel="#e9edf1",
    plot="#ffffff",
    control="#dbe2e9",
    line="#c3ccd5",
    text="#141b22",
    faint="#47545f",
    focus="#0072b2",
    signal="#24313d",
    normal="#00694c",
    abnormal="#a04200",
    uncertain="#005f96",
    none="#47545f",
)

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def families() -> list[str]:
    """Typefaces, the dearest first: a letter is from the first that has it, so that digits look alike."""
    return _FAMILIES + (_KOREAN_FAMILIES if installed() == KOREAN else [])


def font(size: int = NORMAL, bold: bool = False) -> QFont:
    """The window's typeface, its digits all of one width.

    Args:
        size: Logical pixels.
        bold: Heavier.
    """
    face = QFont()
    face.setFamilies(families())
    face.setPixelSize(size)
    face.setBold(bold)
    face.setFeature(QFont.Tag("tnum"), 1)
    return face
