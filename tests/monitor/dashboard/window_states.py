"""The window in its main states, put there without waiting for any sound."""

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from dsp.beats import HeartSound
from dsp.reading import Reading
from model.verdict import Label, RecordingVerdict, Standing, WindowVerdict
from monitor.examination import Site, SiteState
from monitor.examination_record import SITES, SiteFinding
from monitor.examination_store import StoredExamination
from monitor.snapshot import Judgement, SessionEvent, Snapshot
from tests.monitor.examinations import four_sites

from .test_drawing import pieces

BAND = (0.35, 0.65)
READING = Reading("systolic", "holo", "diamond", 183.0, 20.0, 12, 11)
PROBABILITIES = {Label.NORMAL: 0.12, Label.ABNORMAL: 0.91, Label.UNCERTAIN: 0.5}
REASONS = {Label.POOR_SIGNAL: ("ambient_noise", "movement"), Label.UNCERTAIN: ("band_limited",)}
SOUNDS = tuple(
    HeartSound(name, at, at + 0.1) for beat in range(3, 11) for name, at in (("S1", beat), ("S2", beat + 0.3))
)


def judged(label, end_s=12.0):
    """A judgement with all that can be known of it."""
    probability = PROBABILITIES.get(label)
    verdict = WindowVerdict(
        end_s - 10.0, end_s, label, probability, None, REASONS.get(label, ()), 71.6, 0.9, True, READING
    )
    return Judgement(verdict, Standing(label, probability), 12.0)


def snapshot(label):
    """Of a stream that is being listened to."""
    history = tuple(judged(label, end_s) for end_s in (11.0, 11.4, 12.0))
    events = (SessionEvent(3.0, "clipping", "12 samples at full scale"), SessionEvent(8.0, "overflow", ""))
    return Snapshot(
        "Stethoscope USB", 4000, 120.0, "running", "", "made@0123456789ab", "", BAND, 12.0, 0.4, 0.1, 3,
        lost_samples=400, judgement=history[-1], history=history, events=events,
    )  # fmt: skip


def idle(window):
    """Nothing was ever played."""


def listening(label):
    """While a stream is listened to and a verdict stands."""

    def put(window):
        told = snapshot(label)
        window.plots.take(pieces(12, [80]))
        window.plots.show_sounds(SOUNDS)
        window.plots.show_until(11.9)
        window.status.meter.show_level(0.0, told.peak, told.rms, 0)
        window.status.meter.show_level(0.1, told.peak, told.rms, told.clipped)
        window._put_into_words(told, told.now_s)

    return put


def running_examination(window):
    """Two sites are done, one is listened to, one waits; and one of the user's own is skipped."""
    listening(Label.NORMAL)(window)
    verdicts = [
        RecordingVerdict(label, PROBABILITIES[label], 0.9, (), 26, 0, 71.0) for label in PROBABILITIES
    ]
    course = window.desk.panel.course
    course.patient.set_words("bed 7")
    course.show_sites(
        (
            *(
                Site(name, SiteState.DONE, SiteFinding(name, verdict, 0.0, 20.0, 20.0))
                for name, verdict in zip(SITES[:2], verdicts, strict=False)
            ),
            Site(SITES[2], SiteState.LISTENING, None),
            Site(SITES[3], SiteState.WAITING, None),
            Site("Left carotid", SiteState.SKIPPED, None),
        ),
        SITES[2],
        0.6,
    )
    window.desk._say("Listening: 12 of 20 s", "Talking or noise nearby. Wait for quiet.")
    window.desk.panel.setCurrentWidget(course)
    window.desk._show_panel(True)


def beginning_examination(window):
    """It is offered."""
    window.desk.offer()


def finished_examination(window):
    """Its results are shown."""
    listening(Label.NORMAL)(window)
    record, _ = four_sites()
    window.desk._show_results(record, True, "The sound ended before every site was heard.")


def technical_fault(window):
    """Two messages."""
    listening(Label.UNCERTAIN)(window)
    window.say("Sound lost", alert=False)
    window.say("Stethoscope delivers nothing more")


def gone_back(window):
    """Five seconds, with an interval marked."""
    listening(Label.NORMAL)(window)
    window.plots.show_past(10.5, "Past: 1 s ago")
    bar = window.back.bar
    bar.enable(True, True, True)
    bar.show_choices(True, 0.5, True, "bell", True)
    bar.state.set_words("5 s ago, marked 00:03 to 00:08")
    bar.strip.show_state(window.plots.tape, 11.9, 10.5, (3.0, 8.0), 4.0)


def presentation(window):
    """Before an audience."""
    listening(Label.ABNORMAL)(window)
    window.presentation.enter(start=False)
    window.presentation.passed_over("bad.wav")
    window.presentation.tick(0.0)


def tester(window):
    """Its panel."""
    listening(Label.NORMAL)(window)
    window.tester.toggle()
    window.tester.tick(1.0, None, window.plots.geometry())


def keys(window):
    """All of them."""
    window._toggle_keys()


def examinations(window):
    """The list, the first being chosen."""
    record, _ = four_sites()
    stored = [
        StoredExamination(replace(record, id=f"{number:012x}", patient=f"bed {number}"), number == 1, True)
        for number in range(3)
    ]
    window.desk.card.show_examinations(stored, "")
    window.desk.card.show()
    window.desk.settle(window.plots.geometry())
    window.desk.card.list.setFocus()


def average(window):
    """In the spectrogram's place."""
    listening(Label.NORMAL)(window)
    window.toggle_average()


STATES = {
    "idle": idle,
    **{str(label): listening(label) for label in Label},
    "examination begins": beginning_examination,
    "examination": running_examination,
    "results": finished_examination,
    "technical": technical_fault,
    "gone back": gone_back,
    "presentation": presentation,
    "tester": tester,
    "keys": keys,
    "examinations": examinations,
    "average": average,
}


def put(window, state, theme="dark", size=(1280, 800)):
    """Put a new window into a state, and let it settle; its timer stands still."""
    window._timer.stop()
    window.resize(*size)
    window.activateWindow()
    window.set_theme(theme)
    QApplication.processEvents()
    STATES[state](window)
    QApplication.processEvents()
    return window
