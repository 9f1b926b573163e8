"""What assistive technology is told of the window."""

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from model.verdict import Label
from monitor.dashboard.announcer import EVERY_S, Announcer
from monitor.dashboard.drawn import Drawn
from monitor.dashboard.event_list import EventList
from monitor.dashboard.words import LABELS
from monitor.examination import Examination
from monitor.examination_record import SITES
from tests.monitor.test_examination import BAND, stream

from .test_drawing import pieces
from .window_states import SOUNDS, STATES, judged, put, snapshot

Role, Text = QAccessible.Role, QAccessible.Text
BUTTONS = (Role.Button, Role.PushButton, Role.ButtonMenu, Role.CheckBox)
INTERACTIVE = {*BUTTONS, Role.Slider, Role.EditableText, Role.Tree}


@dataclass(frozen=True)
class Told:
    """What is told of a widget; a copy, as the interface goes with the widget."""

    role: QAccessible.Role
    name: str
    description: str
    disabled: bool
    checked: bool


def told_of(widget):
    interface = QAccessible.queryAccessibleInterface(widget)
    state = interface.state()
    return Told(
        interface.role(),
        interface.text(Text.Name),
        interface.text(Text.Description),
        bool(state.disabled),
        bool(state.checked),
    )


def visible(window):
    """Every widget that is shown, with what is told of it."""
    return [(part, told_of(part)) for part in window.findChildren(QWidget) if part.isVisible()]


def name(widget):
    return told_of(widget).name


def description(widget):
    return told_of(widget).description


@pytest.mark.parametrize("state", STATES)
def test_everything_that_can_be_used_or_seen_has_a_name_a_role_and_words(window, state):
    put(window, state)
    used = [
        (part, told)
        for part, told in visible(window)
        if isinstance(part, QAbstractButton) or part.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    names = []
    for part, told in used:
        if part is window.presentation or part.focusProxy() is not None:
            continue
        assert told.role in INTERACTIVE, (part, told.role)
        assert told.name.strip(), part
        names.append(told.name)
        assert told.disabled == (not part.isEnabled())
        assert told.checked == (isinstance(part, QAbstractButton) and part.isChecked())
    assert len(set(names)) == len(names), sorted(names)
    for part, told in visible(window):
        if isinstance(part, Drawn):
            assert told.role is Role.Graphic
            assert told.name, part
            assert told.description, part
    assert description(window.plots)
    assert description(window.verdict)


@pytest.mark.parametrize("state", STATES)
def test_no_name_hides_the_words_of_a_label(window, state):
    put(window, state)
    for part, told in visible(window):
        if told.role is Role.StaticText and part.text():
            assert part.text() in told.name, part


def test_values_in_words_follow_what_is_shown(window):
    put(window, "normal")
    verdict = window.verdict
    assert name(verdict.heart_rate) == "Heart rate: 72 bpm, irregular"
    told = {}
    for label in Label:
        shown = snapshot(label)
        window._put_into_words(shown, shown.now_s)
        assert LABELS[label] in description(verdict)
        assert LABELS[label].lower() in description(verdict.shape)
        told[label] = description(verdict.shape), description(verdict.gauge)
    assert len({shape for shape, _ in told.values()}) == len(Label)
    assert told[Label.NORMAL][1].startswith("0.12; uncertain between 0.35 and 0.65")
    assert told[Label.POOR_SIGNAL][1].startswith("–")
    assert "−8" in description(window.status.meter)
    assert "Input overflow" in description(verdict.events)
    assert isinstance(verdict.events, EventList)


def test_the_plots_say_what_they_show(window):
    put(window, "normal")
    words = description(window.plots)
    assert "Live" in words
    assert "8 S1, 8 S2" in words
    assert "0.12" in words
    assert "0 of 3 windows refused" in words
    window.plots.show_past(10.5, "Past: 1 s ago")
    assert description(window.plots).startswith("Past: 1 s ago")
    window.toggle_average()
    assert "average beat" in description(window.plots)


def test_the_meter_is_not_told_faster_than_anybody_listens_but_clipping_at_once(window):
    meter = window.status.meter
    window._timer.stop()
    told = set()
    for look in range(60):
        meter.show_level(100 + look / 30, 0.01 * (1 + look), 0.01, 0)
        told.add(description(meter))
    assert 2 <= len(told) <= 4
    meter.show_level(102.01, 0.9, 0.1, 5)
    assert "clipping" in description(meter)


def test_the_meter_tells_a_level_that_stands_still_and_none_of_a_stream_that_is_over(window):
    meter = window.status.meter
    window._timer.stop()
    for at, peak in ((100.0, 0.3), (100.5, 0.6), (102.0, 0.6)):
        meter.show_level(at, peak, 0.1, 0)
    assert "Peak −4" in description(meter)
    meter.clear()
    assert "Peak −∞" in description(meter)


def test_the_strip_is_a_slider_that_assistive_technology_can_move(window):
    put(window, "gone back")
    strip = window.back.bar.strip
    interface = QAccessible.queryAccessibleInterface(strip)
    value = interface.valueInterface()
    assert (value.minimumValue(), value.maximumValue()) == (0, 60)
    assert value.currentValue() == pytest.approx(60 - 1.4, abs=0.5)
    asked = []
    strip.scrubbed.connect(asked.append)
    value.setCurrentValue(55)
    assert asked == [pytest.approx(11.9 - 5)]
    # What follows the sound asks for nothing.
    strip.show_state(window.plots.tape, 11.9, 8.0, None, None)
    assert len(asked) == 1


def test_sites_are_buttons_with_their_state(window):
    put(window, "examination")
    buttons = window.desk.panel.course.torso.buttons
    assert [name(buttons[site]) for site in SITES] == [f"{site.title()} site" for site in SITES]
    assert description(buttons["aortic"]) == "✓ normal"
    assert description(buttons["tricuspid"]) == "listening, 60%"
    assert description(buttons["mitral"]) == "waiting"
    assert all(button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in buttons.values())


# What is said unasked


@pytest.fixture
def said(monkeypatch):
    """Announcements, with whether they interrupt."""
    heard = []

    def update(event):
        assert isinstance(event, QAccessibleAnnouncementEvent)
        heard.append((event.message(), event.politeness() is QAccessible.AnnouncementPoliteness.Assertive))

    monkeypatch.setattr("monitor.dashboard.announcer.QAccessible.updateAccessibility", update)
    return heard


def test_a_verdict_is_announced_when_its_word_changes_and_not_at_each_hop(window, said):
    put(window, "normal")
    at = 100.0
    window._announce(at)
    said.clear()
    for hop in range(50):
        at += 0.4
        shown = snapshot(Label.NORMAL)
        judgement = judged(Label.NORMAL, 12.0 + 0.4 * hop)
        rolling = replace(judgement.rolling, p_abnormal=0.1 + 0.001 * hop)
        judgement = replace(judgement, rolling=rolling)
        window._put_into_words(replace(shown, judgement=judgement), 12.0)
        window._announce(at)
    assert said == []
    window._put_into_words(snapshot(Label.ABNORMAL), 12.0)
    window._announce(at)
    window._announce(at + 0.03)
    assert said == [("Abnormal. The last half minute reads as abnormal.", False)]


def test_a_technical_message_interrupts_once(window, said):
    put(window, "normal")
    window._announce(100.0)
    said.clear()
    window.say("Stethoscope delivers nothing more")
    for look in range(5):
        window._announce(100.1 + look)
    assert said == [("Technical: Stethoscope delivers nothing more", True)]
    window.technical.put_away()
    window._announce(110.0)
    assert len(said) == 1
    window.say("Saved: x.wav", alert=False)
    window._announce(120.0)
    assert said[1:] == [("Technical: Saved: x.wav", False)]


def test_each_step_of_an_examination_is_announced_and_not_each_second(window, said, monkeypatch):
    put(window, "examination")
    examination = Examination(BAND)
    monkeypatch.setattr(type(window.desk), "examination", property(lambda desk: examination))
    for second in range(1, 90):
        if examination.current is not None:
            examination.take(stream(0.0, float(second)), (), float(second))
        window.desk._show_course(examination)
        window._announce(200.0 + 4 * second)
    steps = [words for words, _ in said if "site" in words or "istening" in words]
    assert steps[0].startswith("Place the stethoscope on the aortic site.")
    assert sum("Listening:" in words or "listening:" in words for words in steps) <= len(SITES)
    assert any("Next: the pulmonary site." in words for words in steps)
    assert len(steps) == len(set(steps))


def test_what_the_clinician_says_of_the_results_is_not_said_back(window, said):
    put(window, "results")
    window._announce(100.0)
    assert any("Verdict on the whole" in words for words, _ in said)
    said.clear()
    results = window.desk.panel.results
    results.opinions["agree"].click()
    results.note.setPlainText("heard twice")
    window._announce(110.0)
    assert said == []


def test_a_flickering_word_is_not_said_more_often_than_can_be_heard(window, said):
    announcer = Announcer(window)
    for look in range(300):
        announcer.tell("verdict", look % 2, f"word {look % 2}", look * 0.033)
    assert len(said) <= 300 * 0.033 / EVERY_S + 1
    announcer.tell("verdict", "last", "last", 1e3)
    assert said[-1][0] == "last"


def test_what_is_marked_is_counted_as_it_is_drawn(window):
    window._timer.stop()
    window.plots.take(pieces(12, [80]))
    window.plots.show_sounds(SOUNDS[:3])
    window.plots.show_history(snapshot(Label.NORMAL))
    assert "2 S1, 1 S2" in description(window.plots)
