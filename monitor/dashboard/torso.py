"""A drawn chest with the sites of auscultation, each a button that shows how far it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from monitor.dashboard.access_words import tenths_words
from monitor.dashboard.control_words import CHEST_NAME
from monitor.dashboard.examination_words import site_button_words, site_title, state_words
from monitor.dashboard.theme import DARK, GRID, SMALL, Theme, font
from monitor.dashboard.verdict_shape import draw_shape
from monitor.examination import Site, SiteState
from monitor.examination_record import SITES

_MARK = 2.75 * GRID
_RADIUS = _MARK / 2 + 2
"""Of a mark with its ground, in logical pixels."""

_LINE = 15
_PEN = 2.0

# Of a square of side 100 as wide as the chest, seen from in front: the patient's right is at the left.
# Second intercostal space at the right and the left edge of the breastbone, fourth at its left, fifth on
# the line through the middle of the left collar bone. The words stand on the side where there is room.
_PLACES = {
    "aortic": (42.5, 34.0, "left"),
    "pulmonary": (57.5, 34.0, "right"),
    "tricuspid": (57.0, 57.0, "left"),
    "mitral": (71.0, 68.0, "below"),
}
_HEIGHT = 96.0
_LEAST, _GREATEST = 18 * GRID, 28 * GRID


class SiteButton(QAbstractButton):
    """A site's mark with its name and its state beside it.

    A dot while it waits, a triangle in a ring that fills while it is listened to, the shape of its verdict
    when it is done, a dash where it was skipped.

    Args:
        name: Of the site.
        key: That chooses it; empty for none.
        side: Where the words stand: "left" or "right" of the mark, or "below" it, ending where it does.
    """

    def __init__(self, name: str, key: str = "", side: str = "right") -> None:
        super().__init__()
        self._side, self._key = side, key
        self._theme = DARK
        self._progress = 0.0
        self.site = Site(name, SiteState.WAITING, None)
        self.setFont(font(SMALL))
        called, tip = site_button_words(name, key)
        self.setAccessibleName(called)
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleDescription(state_words(self.site))

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        self.update()

    def show_site(self, site: Site, progress: float) -> None:
        """Show how far the site is.

        Args:
            site: As it stands.
            progress: Of what is needed, 0 to 1; shown while it is listened to.
        """
        if (site, progress) != (self.site, self._progress):
            self.site, self._progress = site, progress
            heard = f", {tenths_words(progress)}" if site.state is SiteState.LISTENING else ""
            words = state_words(site) + heard
            if words != self.accessibleDescription():
                self.setAccessibleDescription(words)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the mark and two lines beside or below it."""
        return QSize(16 * GRID, 7 * GRID if self._side == "below" else 4 * GRID)

    def mark_centre(self) -> QPointF:
        """The middle of the mark, in its own coordinates."""
        across = _RADIUS if self._side == "right" else self.width() - _RADIUS
        return QPointF(across, _RADIUS if self._side == "below" else self.height() / 2)

    def words_rect(self) -> QRect:
        """Where its words stand, in its own coordinates."""
        rect = QRect()
        for room, flags, words, _ in self._lines():
            rect |= self.fontMetrics().boundingRect(room, int(flags), words)
        return rect.adjusted(-2, 0, 2, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw mark and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.mark_centre()
        mark = QRectF(0, 0, _MARK, _MARK)
        mark.moveCenter(middle)
        self._draw_mark(painter, mark)
        if self.hasFocus() or self.underMouse():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.focus if self.hasFocus() else self._theme.faint), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        for room, flags, words, ink in self._lines():
            painter.setPen(QColor(ink))
            painter.drawText(room, flags, words)

    def _draw_mark(self, painter: QPainter, mark: QRectF) -> None:
        theme, site = self._theme, self.site
        ground = QColor(theme.panel)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(mark.adjusted(-1, -1, 1, 1))
        if site.verdict is not None:
            draw_shape(painter, mark, site.verdict.label, theme, _PEN)
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.faint), 1.5))
        ring = mark.adjusted(2, 2, -2, -2)
        middle = mark.center()
        if site.state is SiteState.SKIPPED:
            painter.setPen(QPen(QColor(theme.faint), 3))
            painter.drawLine(QPointF(middle.x() - 6, middle.y()), QPointF(middle.x() + 6, middle.y()))
            return
        painter.drawEllipse(ring)
        if site.state is SiteState.WAITING:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.faint))
            painter.drawEllipse(middle, 2.5, 2.5)
            return
        painter.setPen(QPen(QColor(theme.focus), 3.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(ring, 90 * 16, -round(self._progress * 360 * 16))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text))
        painter.drawPolygon(
            QPolygonF([middle + QPointF(-3, -4.5), middle + QPointF(5, 0), middle + QPointF(-3, 4.5)])
        )

    def _lines(self) -> list[tuple[QRect, Qt.AlignmentFlag, str, str]]:
        """Name and state: the room for each, where it stands in that, its words and their colour."""
        middle, half = self.mark_centre(), self.height() // 2
        room, flags = self.rect(), Qt.AlignmentFlag.AlignRight
        if self._side == "below":
            room.setTop(round(middle.y() + _MARK / 2) + 1)
            half = _LINE
        elif self._side == "left":
            room.setRight(round(middle.x() - _MARK / 2) - GRID // 2)
        else:
            room.setLeft(round(middle.x() + _MARK / 2) + GRID // 2)
            flags = Qt.AlignmentFlag.AlignLeft
        flags |= Qt.AlignmentFlag.AlignTop if self._side == "below" else Qt.AlignmentFlag.AlignVCenter
        title = f"{self._key} {site_title(self.site.name)}".strip()
        title = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        upper, lower = QRect(room), QRect(room)
        upper.setHeight(half)
        lower.setTop(room.top() + half)
        return [
            (upper, flags, title, self._theme.text),
            (lower, flags, state_words(self.site), self._state_colour()),
        ]

    def _state_colour(self) -> str:
        if self.site.verdict is not None:
            return self._theme.of(self.site.verdict.label)
        return self._theme.text if self.site.state is SiteState.LISTENING else self._theme.faint


class Torso(QWidget):
    """The chest, with the four customary sites in their places.

    Attributes:
        chosen: Emitted with a site's name.
        buttons: Of the sites, by name.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self.setAccessibleName(CHEST_NAME)
        self.setMinimumHeight(_LEAST)
        self.setMaximumHeight(_GREATEST)
        self.buttons: dict[str, SiteButton] = {}
        for number, name in enumerate(SITES, 1):
            button = SiteButton(name, str(number), _PLACES[name][2])
            button.setParent(self)
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            self.buttons[name] = button

    def set_theme(self, theme: Theme) -> None:
        """Choose the colours."""
        self._theme = theme
        for button in self.buttons.values():
            button.set_theme(theme)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As large as allowed."""
        return QSize(28 * GRID, _GREATEST)

    def at(self, x: float, y: float) -> QPointF:
        """Where a place of the drawing lies in the widget.

        Args:
            x: From the patient's right to the left, 0 to 100.
            y: From the neck down, in the same measure.
        """
        scale = self.height() / _HEIGHT
        return QPointF(self.width() / 2 + (x - 50) * scale, y * scale)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Put the sites in their places."""
        super().resizeEvent(event)
        for name, button in self.buttons.items():
            x, y, side = _PLACES[name]
            place, size = self.at(x, y), button.sizeHint()
            if side == "right":
                left = place.x() - _RADIUS
                right = min(left + size.width(), self.width())
            else:
                right = place.x() + _RADIUS
                left = max(right - size.width(), 0.0)
            top = place.y() - (_RADIUS if side == "below" else size.height() / 2)
            top = min(top, self.height() - size.height())
            button.setGeometry(QRect(round(left), round(top), int(right - left), size.height()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the chest."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, outline = self._theme, self._outline()
        painter.fillPath(outline, QColor(theme.plot))
        # No line of the drawing runs through a word.
        lines = QRegion(self.rect())
        for button in self.buttons.values():
            lines -= button.words_rect().translated(button.pos())
        painter.setClipRegion(lines)
        edge = QPen(QColor(theme.faint), 1.5)
        edge.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(edge)
        painter.drawPath(outline)
        painter.setPen(QPen(QColor(theme.faint), 1))
        for path in self._bones():
            painter.drawPath(path)

    def _outline(self) -> QPainterPath:
        """Neck, shoulders, sides."""
        path = QPainterPath(self.at(41, -2))
        path.cubicTo(self.at(42, 8), self.at(41, 12), self.at(33, 14))
        path.cubicTo(self.at(17, 17), self.at(6, 20), self.at(4.5, 36))
        path.cubicTo(self.at(3, 52), self.at(2.5, 66), self.at(2, 98))
        path.lineTo(self.at(15, 98))
        path.cubicTo(self.at(16, 70), self.at(17, 56), self.at(18, 46))
        path.cubicTo(self.at(21, 62), self.at(22, 74), self.at(21, 98))
        path.lineTo(self.at(79, 98))
        path.cubicTo(self.at(78, 74), self.at(79, 62), self.at(82, 46))
        path.cubicTo(self.at(83, 56), self.at(84, 70), self.at(85, 98))
        path.lineTo(self.at(98, 98))
        path.cubicTo(self.at(97.5, 66), self.at(97, 52), self.at(95.5, 36))
        path.cubicTo(self.at(94, 20), self.at(83, 17), self.at(67, 14))
        path.cubicTo(self.at(59, 12), self.at(58, 8), self.at(59, -2))
        return path

    def _bones(self) -> list[QPainterPath]:
        """Collar bones, breastbone, and the edge of the ribs."""
        paths = []
        for side in (-1, 1):
            collar = QPainterPath(self.at(50 + side * 4, 20))
            collar.cubicTo(
                self.at(50 + side * 14, 23), self.at(50 + side * 22, 15), self.at(50 + side * 33, 19)
            )
            ribs = QPainterPath(self.at(50 + side * 3, 65))
            ribs.cubicTo(self.at(50 + side * 9, 69), self.at(50 + side * 14, 76), self.at(50 + side * 17, 98))
            paths += [collar, ribs]
        bone = QPainterPath(self.at(46.5, 21))
        bone.lineTo(self.at(48, 62))
        bone.cubicTo(self.at(49, 68), self.at(51, 68), self.at(52, 62))
        bone.lineTo(self.at(53.5, 21))
        bone.cubicTo(self.at(51, 23), self.at(49, 23), self.at(46.5, 21))
        paths.append(bone)
        return paths
