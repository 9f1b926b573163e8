"""Everything by keyboard alone, in every main state."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from monitor.dashboard.words import KEYS

from .test_contrast import PART, RATIO, luminances, picture_of
from .window_states import STATES, put

ENOUGH = 60
KEY = re.compile(r"\(([^()]+)\)")


def reachable(window):
    """What Tab has to reach."""
    return {
        part
        for part in window.findChildren(QWidget)
        if part.isVisible() and part.isEnabled() and part.focusPolicy() & Qt.FocusPolicy.TabFocus
        if part.focusProxy() is None and part is not window.presentation
    }


def cycle(qtbot, window, key=Qt.Key.Key_Tab):
    """What has the focus, one after the other, from the first control until it has it again."""
    window.bar.source.setFocus(Qt.FocusReason.TabFocusReason)
    reached = [window.bar.source]
    for _ in range(ENOUGH):
        qtbot.keyClick(window.focusWidget(), key)
        if window.focusWidget() is reached[0]:
            return reached
        reached.append(window.focusWidget())
    raise AssertionError(f"a trap at {reached[-1]}")


@pytest.mark.parametrize("state", [state for state in STATES if state != "presentation"])
def test_tab_goes_round_through_everything_in_the_order_in_which_it_is_seen(qtbot, window, state):
    put(window, state)
    order = cycle(qtbot, window)
    assert set(order) == reachable(window)
    assert len(set(order)) == len(order)
    assert cycle(qtbot, window, Qt.Key.Key_Backtab) == [order[0], *reversed(order[1:])]
    # From top to bottom but for cards, which lie over everything and come last.
    cards = (window.desk.card, window.tester, window.keys)
    below = [part for part in order if not any(card.isAncestorOf(part) for card in cards)]
    assert order[: len(below)] == below
    blocks = [window.bar, window.desk.panel, window.back.bar, window.technical]
    places = [next(at for at, block in enumerate(blocks) if block.isAncestorOf(part)) for part in below]
    assert places == sorted(places)
    for bar in (window.bar, window.back.bar):
        across = [
            part.mapTo(window, QPoint()).x()
            for part in below
            if bar.isAncestorOf(part) and isinstance(part, QAbstractButton)
        ]
        assert across == sorted(across)


@pytest.mark.parametrize("state", ["examination", "results"])
def test_what_came_later_is_reached_where_it_is_seen(qtbot, window, state):
    put(window, state)
    order = cycle(qtbot, window)
    panel = window.desk.panel
    if state == "examination":
        own = panel.course.own_button("Left carotid")
        assert order.index(panel.course.torso.buttons["mitral"]) + 1 == order.index(own)
        assert order.index(own) + 1 == order.index(panel.course.another)
    else:
        rows = [row.listen for row in panel.results.rows if row.listen.isEnabled()]
        first = order.index(rows[0])
        assert order[first : first + len(rows)] == rows
        assert order[first + len(rows)] is panel.results.opinions["agree"]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(
    "state", ["gone back", "technical", "examination", "results", "tester", "examinations"]
)
def test_the_focus_can_be_seen_on_everything(qtbot, window, state, theme):
    put(window, state, theme)
    qtbot.waitUntil(window.isActiveWindow)
    for part in cycle(qtbot, window):
        # The pointer, wherever it is, marks a control as well.
        part.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        window.setFocus()
        without = luminances(shown(window, part)) + 0.05
        part.setFocus(Qt.FocusReason.TabFocusReason)
        having = luminances(shown(window, part)) + 0.05
        changed = np.maximum(having / without, without / having) >= PART
        # At least a line along one of its longer sides, or all around a small one.
        assert changed.sum() >= RATIO * max(part.width(), part.height()) / 2, (part, part.accessibleName())


def shown(window, part):
    rect = part.rect().translated(part.mapTo(window, QPoint()))
    return picture_of(window, rect & window.rect()).reshape(-1, 3).astype(float)


def test_every_button_says_its_key_and_the_key_is_one_of_the_windows(window):
    keys = {shortcut.key().toString() for shortcut in window.findChildren(QShortcut)}
    own = {"Alt+O", "Enter", "Esc"}  # the menu's mnemonic, and what belongs to any list, field or card
    told = 0
    for state in ("idle", "examination", "results", "examinations"):
        STATES[state](window)
        for button in window.findChildren(QAbstractButton):
            if not button.isVisible() or type(button).__name__ in ("TickBox", "QScrollBar"):
                continue
            assert button.toolTip(), button.accessibleName()
            if "not kept" in button.toolTip():
                continue
            found = KEY.findall(button.toolTip())
            assert found, (button.accessibleName(), button.toolTip())
            for key in found:
                assert key in own or QKeySequence(key).toString() in keys, (button.toolTip(), key)
            told += 1
    assert told > 40


def test_the_list_of_keys_names_every_key_of_the_window(window):
    listed = " ".join(key for key, _ in KEYS)
    arrows = {"Left": "←", "Right": "→", "=": "+", "F1": "?"}
    for shortcut in window.findChildren(QShortcut):
        key = shortcut.key().toString()
        if key.isdigit():
            assert "1–9" in listed
        elif key in ("Return", "Enter"):
            assert any("Enter" in does for _, does in KEYS)
        else:
            assert arrows.get(key, key) in re.split(r"[ ,]+", listed), key


def test_sites_are_chosen_and_heard_by_their_number(qtbot, window, monkeypatch):
    put(window, "results")
    heard = []
    window.desk.panel.results.heard.connect(lambda finding: heard.append(finding.site))
    window.setFocus()
    for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_9):
        qtbot.keyClick(window, key)
    assert heard == ["pulmonary", "tricuspid"]
    agree, disagree = window.desk.panel.results.opinions.values()
    qtbot.keyClick(window, Qt.Key.Key_U)
    assert disagree.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_Y)
    assert (agree.isChecked(), disagree.isChecked()) == (True, False)
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.desk.panel.currentWidget() is window.desk.panel.start
    assert QApplication.focusWidget() is not None
