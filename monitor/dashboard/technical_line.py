"""What is wrong with devices, disks and outputs, apart from what is said of the heart (IEC 60601-1-8)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from monitor.dashboard.control_words import MESSAGE_NAME, READ, SIGN_NAME
from monitor.dashboard.drawn import Drawn
from monitor.dashboard.elided_label import ElidedLabel
from monitor.dashboard.theme import DARK, GRID, Theme, font
from monitor.dashboard.words import IDLE, TECHNICAL, lost_words, more_words

_SIDE = 2.0 * GRID
_MOST = 20


@dataclass(frozen=True)
class _Message:
    words: str
    alert: bool
    condition: str = ""


class TechnicalLine(QWidget):
    """One line with a sign and a word of its own; silent, and nothing waits for it.

    What was told stays until it is read or something else is started, a condition until it is over. Faults go
    before remarks, of each kind the newest; the others are counted and stand in the tooltip. While there is
    nothing it says how to go on.
    """

    def __init__(self) -> None:
        super().__init__()
        self._messages: list[_Message] = []
        self._lost = ""
        self._compact = False
        self.setObjectName("technical")
        self.setAccessibleName(TECHNICAL)
        self.sign = TechnicalSign()
        self.word = QLabel(TECHNICAL)
        self.word.setFont(font(bold=True))
        self.message = ElidedLabel()
        self.message.setFont(font())
        self.message.setFixedHeight(3 * GRID)
        self.message.setAccessibleName(MESSAGE_NAME)
        self.more = QLabel()
        self.more.setFont(font())
        self.more.setObjectName("faint")
        self.read = QPushButton(READ.text)
        self.read.setFont(font())
        self.read.setFixedHeight(3 * GRID)
        self.read.setAccessibleName(READ.name)
        self.read.setToolTip(READ.tip)
        self.read.clicked.connect(self.put_away)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for part in (self.sign, self.word):
            layout.addWidget(part)
        layout.addWidget(self.message, 1)
        for part in (self.more, self.read):
            layout.addWidget(part)
        self._show()

    @property
    def problem(self) -> str:
        """The newest fault, in one line; empty where there is none."""
        return next((one.words for one in reversed(self._messages) if one.alert), "")

    @property
    def newest(self) -> str:
        """What is shown, a fault before a remark, in one line; empty where there is nothing."""
        return self._ordered[0].words if self._messages else ""

    @property
    def _ordered(self) -> list[_Message]:
        return sorted(self._messages, key=lambda one: one.alert)[::-1]

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self.sign.set_theme(theme)

    def set_compact(self, compact: bool) -> None:
        """Leave the words the room that there is."""
        self._compact = compact
        self._show()

    def tell(self, words: str, alert: bool = True) -> None:
        """Say something that stays until it is read or something else is started.

        Args:
            words: In one line.
            alert: It is a fault.
        """
        kept = [one for one in self._messages if one.words != words or one.condition]
        self._messages = [*kept, _Message(words, alert)][-_MOST:]
        self._show()

    def last(self, condition: str, words: str, alert: bool = True) -> None:
        """Say something that stays while it lasts; the same once more costs nothing.

        Args:
            condition: What it is about; one message for each.
            words: In one line; empty when it is over.
            alert: It is a fault.
        """
        told = [one for one in self._messages if one.condition == condition]
        wanted = [_Message(words, alert, condition)] if words else []
        if told != wanted:
            self._messages = [one for one in self._messages if one.condition != condition] + wanted
            self._show()

    def lost(self, seconds: float) -> None:
        """Sound was lost, so much in all; it stays until it is read, and comes again with more."""
        kept = [one for one in self._messages if one.words != self._lost]
        self._lost = lost_words(seconds)
        self._messages = [*kept, _Message(self._lost, alert=False)]
        self._show()

    def put_away(self) -> None:
        """What was told is read; conditions that last stay."""
        self._messages = [one for one in self._messages if one.condition]
        self._show()

    def clear(self) -> None:
        """Something else begins."""
        self._messages.clear()
        self._show()

    def _show(self) -> None:
        ordered = self._ordered
        for part in (self.sign, self.word):
            part.setVisible(bool(ordered))
        self.read.setVisible(any(not one.condition for one in ordered))
        self.more.setText(more_words(len(ordered) - 1))
        self.more.setVisible(len(ordered) > 1 and not self._compact)
        name = "alert" if ordered and ordered[0].alert else "" if ordered else "faint"
        if self.message.objectName() != name:
            self.message.setObjectName(name)
            self.message.style().polish(self.message)
        self.message.set_words(ordered[0].words if ordered else IDLE)
        told = "\n".join(one.words for one in ordered)
        self.setToolTip(told)
        self.message.setToolTip(told or IDLE)
        self.setAccessibleDescription(told)


class TechnicalSign(Drawn):
    """A nut: no verdict has this shape."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self.setFixedSize(round(_SIDE), round(_SIDE))
        self.setAccessibleName(SIGN_NAME)
        self.tell(TECHNICAL)

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the nut."""
        painter = QPainter(self)
        draw_technical_sign(painter, QRectF(self.rect()), QColor(self._theme.text))


def draw_technical_sign(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a nut, six sides and a hole, into a square."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.5))
    radius, middle = box.width() / 2 - 1, box.center()
    corners = [math.pi / 3 * corner for corner in range(6)]
    painter.drawPolygon(
        QPolygonF([middle + QPointF(radius * math.cos(angle), radius * math.sin(angle)) for angle in corners])
    )
    painter.drawEllipse(middle, 0.42 * radius, 0.42 * radius)
