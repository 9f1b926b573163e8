"""The column of a guided examination: its beginning, its sites, its results."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from monitor.dashboard.control_words import (
    AGAIN,
    AGAIN_IN_SHORT,
    ANOTHER_SITE_HINT,
    ANOTHER_SITE_TIP,
    BEGIN,
    CLOSE,
    CLOSE_RESULTS,
    EARLIER,
    FINISH,
    HINT_NAME,
    NOTE,
    OTHERS,
    OVERALL_NAME,
    PATIENT_NAME,
    PATIENT_REFERENCE,
    PATIENT_TIP,
    PROBABILITY_NAME,
    REMARK_NAME,
    REPORT_BUTTON,
    RESTART,
    SKIP,
    STEP_NAME,
)
from monitor.dashboard.elided_label import ElidedLabel
from monitor.dashboard.examination_words import (
    EXAMINATION,
    INTRODUCTION,
    KEEP_SOUND,
    KEEP_SOUND_TIP,
    OPINION_NAMES,
    OPINION_TIPS,
    SITE_OF_YOUR_OWN,
    highest_words,
    moment_words,
    overall_word,
    site_called,
)
from monitor.dashboard.finding_row import FindingRow, ShapeMark
from monitor.dashboard.named_label import NamedLabel
from monitor.dashboard.own_keys import OwnKeys
from monitor.dashboard.push_button import push_button
from monitor.dashboard.tab_order import reach_before
from monitor.dashboard.theme import DARK, GRID, SMALL, Theme, font
from monitor.dashboard.tick_box import TickBox
from monitor.dashboard.torso import SiteButton, Torso
from monitor.examination import Site
from monitor.examination_record import OPINIONS, SITES, ExaminationRecord, SiteFinding

_WIDTH = 30 * GRID
_HINT_HEIGHT = 9 * GRID
NUMBERED = 9
"""So many sites have a key, their number."""


class ExaminationPanel(QStackedWidget):
    """Three pages: ``start``, ``course`` and ``results``. It shows and asks; what is done others decide."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("examination")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(EXAMINATION)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        keys = OwnKeys(self)
        self.start, self.course, self.results = StartPage(keys), CoursePage(keys), ResultsPage(keys)
        for page in (self.start, self.course, self.results):
            self.addWidget(page)
        self.set_compact(False)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self.start.keep.set_theme(theme)
        self.course.set_theme(theme)
        self.results.set_theme(theme)

    def set_compact(self, compact: bool) -> None:
        """As wide as there is room for, where the plots make room, or a column beside them."""
        self.start.set_compact(compact)
        self.results.set_compact(compact)
        self.setMinimumWidth(_WIDTH)
        self.setMaximumWidth(16_777_215 if compact else _WIDTH)


class StartPage(QWidget):
    """Whom, and whether the sound is kept.

    Attributes:
        begun: Emitted with the patient's reference and whether to keep the sound.
        earlier: Emitted to see the examinations that there are.
        closed: Emitted to leave.
    """

    begun = Signal(str, bool)
    earlier = Signal()
    closed = Signal()

    def __init__(self, keys: OwnKeys) -> None:
        super().__init__()
        title = _label(EXAMINATION, bold=True)
        self.patient = QLineEdit()
        self.patient.setFont(font())
        self.patient.setMinimumHeight(4 * GRID)
        self.patient.setAccessibleName(PATIENT_REFERENCE)
        self.patient.setToolTip(PATIENT_TIP)
        self.patient.returnPressed.connect(self._begin)
        keys.give_to(self.patient)
        self.keep = TickBox(KEEP_SOUND)
        self.keep.setAccessibleName(KEEP_SOUND)
        self.keep.setToolTip(KEEP_SOUND_TIP)
        self.begin = push_button(*BEGIN)
        self.begin.clicked.connect(self._begin)
        self.remark = _label("", name=REMARK_NAME)
        self.remark.setObjectName("alert")
        earlier = push_button(*EARLIER)
        earlier.clicked.connect(self.earlier)
        close = push_button(*CLOSE)
        close.clicked.connect(self.closed)
        layout = _column(self)
        layout.addWidget(title)
        self._introduction = _label(INTRODUCTION)
        layout.addWidget(self._introduction)
        caption = _label(PATIENT_REFERENCE)
        caption.setObjectName("faint")
        layout.addWidget(caption)
        layout.addWidget(self.patient)
        layout.addWidget(self.keep)
        layout.addWidget(self.begin)
        layout.addWidget(self.remark)
        layout.addStretch(1)
        last = QHBoxLayout()
        last.setSpacing(GRID)
        last.addWidget(earlier, 1)
        last.addWidget(close)
        layout.addLayout(last)

    def set_compact(self, compact: bool) -> None:
        """Leave out what can be missed, or say everything."""
        self._introduction.setVisible(not compact)

    def offer(self, patient: str, keep: bool, keeping: bool, remark: str, possible: bool) -> None:
        """Begin with this.

        Args:
            patient: Suggested.
            keep: Whether the sound is kept unless somebody says otherwise.
            keeping: Whether anything is kept at all.
            remark: What stands in the way; empty for nothing.
            possible: Whether there is something to listen to.
        """
        self.patient.setText(patient)
        self.patient.selectAll()
        self.keep.setChecked(keep and keeping)
        self.keep.setEnabled(keeping)
        self.show_remark(remark, possible)

    def show_remark(self, remark: str, possible: bool) -> None:
        """Say what stands in the way, and whether it does."""
        self.remark.setText(remark)
        self.begin.setEnabled(possible)

    def _begin(self) -> None:
        if self.begin.isEnabled():
            self.begun.emit(self.patient.text().strip(), self.keep.isChecked())


class CoursePage(QWidget):
    """The chest, what to do next, and the ways to do otherwise.

    Attributes:
        chosen: Emitted with the name of a site to listen to.
        step: What to do, or what is being done.
        hint: What helps.
    """

    chosen = Signal(str)

    def __init__(self, keys: OwnKeys) -> None:
        super().__init__()
        self._theme = DARK
        self.patient = _patient_line()
        self.torso = Torso()
        self.torso.chosen.connect(self.chosen)
        self._own: dict[str, SiteButton] = {}
        self._own_sites = _scrolled()
        self._own_rows = _rows_of(self._own_sites)
        self._own_rows.setSpacing(0)
        self._own_sites.hide()
        self.another = QLineEdit()
        self.another.setFont(font(SMALL))
        self.another.setPlaceholderText(ANOTHER_SITE_HINT)
        self.another.setMaxLength(60)
        self.another.setAccessibleName(SITE_OF_YOUR_OWN)
        self.another.setToolTip(ANOTHER_SITE_TIP)
        self.another.returnPressed.connect(self._add)
        keys.give_to(self.another)
        self.step, self.hint = _label("", name=STEP_NAME), _label("", name=HINT_NAME)
        self.step.setFont(font(bold=True))
        self.hint.setFixedHeight(_HINT_HEIGHT)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.restart = push_button(*RESTART)
        self.skip = push_button(*SKIP)
        self.finish = push_button(*FINISH)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        for button in (self.restart, self.skip, self.finish):
            buttons.addWidget(button, 1)
        layout = _column(self)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.patient)
        layout.addWidget(self.torso, 1)
        layout.addWidget(self._own_sites)
        layout.addWidget(self.another)
        layout.addWidget(self.step)
        layout.addWidget(self.hint)
        layout.addStretch(0)
        layout.addLayout(buttons)

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.torso.set_theme(theme)
        for button in self._own.values():
            button.set_theme(theme)

    def show_sites(self, sites: tuple[Site, ...], current: str | None, progress: float) -> None:
        """Show how far each site is.

        Args:
            sites: In their order.
            current: The one that is listened to.
            progress: Of that one, 0 to 1.
        """
        names = {site.name for site in sites}
        for gone in self._own.keys() - names:
            button = self._own.pop(gone)
            button.hide()
            button.deleteLater()
        for site in sites:
            button = self.torso.buttons.get(site.name) or self._own.get(site.name)
            if button is None:
                place = len(SITES) + len(self._own) + 1
                button = SiteButton(site.name, str(place) if place <= NUMBERED else "")
                self._own[site.name] = button
                button.set_theme(self._theme)
                button.clicked.connect(lambda _=False, name=site.name: self.chosen.emit(name))
                self._own_rows.insertWidget(len(self._own) - 1, button)
                reach_before(self.another, [button])
            button.show_site(site, progress if site.name == current else 0.0)
        self._own_sites.setVisible(bool(self._own))
        self._own_sites.setFixedHeight(4 * GRID * min(2, max(1, len(self._own))))

    def own_button(self, name: str) -> SiteButton:
        """The button of a site of the user's own."""
        return self._own[name]

    def say(self, step: str, hint: str, alert: bool = False) -> None:
        """Say what to do and what helps.

        Args:
            step: In a sentence.
            hint: Empty for none.
            alert: The hint asks something, or something is wrong.
        """
        if self.step.text() != step:
            self.step.setText(step)
        if self.hint.text() != hint:
            self.hint.setText(hint)
        name = "alert" if alert else ""
        if self.hint.objectName() != name:
            self.hint.setObjectName(name)
            self.hint.style().polish(self.hint)

    def _add(self) -> None:
        name = self.another.text().strip()
        self.another.clear()
        if name:
            self.chosen.emit(site_called(name))


class ResultsPage(QWidget):
    """What each site and the whole came to, and what the clinician says of it.

    Attributes:
        heard: Emitted with a ``SiteFinding`` to be heard again.
        opinion_given: Emitted with one of ``OPINIONS``, or None.
        note_changed: Emitted with the note.
        rows: One for each site, in their order.
    """

    heard = Signal(object)
    opinion_given = Signal(object)
    note_changed = Signal(str)

    def __init__(self, keys: OwnKeys) -> None:
        super().__init__()
        self._theme = DARK
        self._record: ExaminationRecord | None = None
        self.patient = _patient_line()
        self._shape = ShapeMark(4 * GRID)
        self.overall = _label("", name=OVERALL_NAME, bold=True)
        self.overall.setWordWrap(False)
        self.probability = _label("", name=PROBABILITY_NAME)
        self.probability.setFont(font(SMALL))
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._shape)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.overall)
        words.addWidget(self.probability)
        head.addLayout(words, 1)
        self.rows: list[FindingRow] = []
        self._scroll = _scrolled()
        self._scroll.setMinimumHeight(8 * GRID)
        self._rows = _rows_of(self._scroll)
        self._rows.setSpacing(GRID // 2)
        self.remark = _label("", name=REMARK_NAME)
        self.remark.setFont(font(SMALL))
        self.remark.setObjectName("faint")
        self.opinions = {
            opinion: push_button(OPINION_NAMES[opinion], *OPINION_TIPS[opinion]) for opinion in OPINIONS
        }
        said = QHBoxLayout()
        said.setSpacing(GRID)
        for opinion, button in self.opinions.items():
            button.setCheckable(True)
            button.clicked.connect(lambda on, opinion=opinion: self._give(opinion if on else None))
            said.addWidget(button)
        self.note = QPlainTextEdit()
        self.note.setFont(font(SMALL))
        self.note.setPlaceholderText(NOTE)
        self.note.setAccessibleName(NOTE)
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(7 * GRID)
        self.note.textChanged.connect(lambda: self.note_changed.emit(self.note.toPlainText()))
        keys.give_to(self.note)
        self.report = push_button(*REPORT_BUTTON)
        self.earlier = push_button(*OTHERS)
        self.again = push_button(*AGAIN)
        self.close_button = push_button(*CLOSE_RESULTS)
        self._buttons = QGridLayout()
        self._buttons.setSpacing(GRID)
        layout = _column(self)
        layout.addWidget(self.patient)
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.remark)
        layout.addLayout(said)
        layout.addWidget(self.note)
        layout.addLayout(self._buttons)

    def set_compact(self, compact: bool) -> None:
        """All buttons in one row and a lower note, or as there is room for."""
        self.note.setFixedHeight((4 if compact else 7) * GRID)
        self.again.setText(AGAIN_IN_SHORT if compact else AGAIN.text)
        self.layout().setSpacing(GRID // 2 if compact else GRID)
        for place, button in enumerate((self.report, self.earlier, self.again, self.close_button)):
            if compact:
                self._buttons.addWidget(button, 0, place)
            else:
                self._buttons.addWidget(button, *((0, place) if place < 2 else (place - 1, 0, 1, 2)))

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self._shape.set_theme(theme)
        if self._record is not None:
            self._colour(self._record)
            self._show_rows(self._record, self._sound)

    def show_record(self, record: ExaminationRecord, sound: bool, remark: str) -> None:
        """Show an examination.

        Args:
            record: What it came to.
            sound: Whether its sound can be heard again.
            remark: Empty for none.
        """
        self._record, self._sound = record, sound
        self.patient.set_words(" · ".join(filter(None, (record.patient, moment_words(record.begun)))))
        self.overall.setText(overall_word(record))
        self.probability.setText(highest_words(record))
        self._colour(record)
        self._show_rows(record, sound)
        self.show_remark(remark)
        self.show_opinion(record.opinion)
        self.note.blockSignals(True)
        self.note.setPlainText(record.note)
        self.note.blockSignals(False)

    def show_remark(self, remark: str) -> None:
        """Say what else there is to know of it; empty for nothing."""
        if self.remark.text() != remark:
            self.remark.setText(remark)
        self.remark.setVisible(bool(remark))

    def show_opinion(self, opinion: str | None) -> None:
        """Say which opinion was given, by word and not by look alone."""
        for name, button in self.opinions.items():
            given = name == opinion
            button.setChecked(given)
            button.setText(f"✓ {OPINION_NAMES[name]}" if given else OPINION_NAMES[name])

    def _give(self, opinion: str | None) -> None:
        self.show_opinion(opinion)
        self.opinion_given.emit(opinion)

    def _colour(self, record: ExaminationRecord) -> None:
        label = record.overall.label if record.overall else None
        self._shape.show_label(label)
        self.overall.setStyleSheet(f"color: {self._theme.of(label)};")

    def _show_rows(self, record: ExaminationRecord, sound: bool) -> None:
        for row in self.rows:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [self._row(place, finding, sound) for place, finding in enumerate(record.findings, 1)]
        for place, row in enumerate(self.rows):
            self._rows.insertWidget(place, row)
        # Above the opinions, as they are seen.
        reach_before(self.opinions[OPINIONS[0]], [row.listen for row in self.rows])

    def _row(self, place: int, finding: SiteFinding, sound: bool) -> FindingRow:
        row = FindingRow(finding, self._theme, sound, str(place) if place <= NUMBERED else "")
        row.listen.clicked.connect(lambda _=False: self.heard.emit(finding))
        return row


def _scrolled() -> QScrollArea:
    """Rows that scroll where there is no room for them."""
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    inside = QWidget()
    inside.setObjectName("rows")
    rows = QVBoxLayout(inside)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addStretch(1)
    scroll.setWidget(inside)
    return scroll


def _rows_of(scroll: QScrollArea) -> QVBoxLayout:
    rows = scroll.widget().layout()
    assert isinstance(rows, QVBoxLayout)
    return rows


def _column(page: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(page)
    layout.setContentsMargins(GRID, GRID, GRID, GRID)
    layout.setSpacing(GRID)
    return layout


def _patient_line() -> ElidedLabel:
    line = ElidedLabel()
    line.setFont(font(SMALL))
    line.setObjectName("faint")
    line.setAccessibleName(PATIENT_NAME)
    return line


def _label(words: str, name: str = "", bold: bool = False) -> QLabel:
    label = NamedLabel(words)
    label.setFont(font(bold=bold))
    label.setWordWrap(True)
    label.setAccessibleName(name or words)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
