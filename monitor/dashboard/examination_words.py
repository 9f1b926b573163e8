"""What people read during a guided examination."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from model.verdict import RecordingVerdict
from monitor.dashboard.words import (
    DEVICE_LOST,
    LABELS,
    LOOKING,
    heart_rate_words,
    probability_words,
    reason_words,
)
from monitor.examination import Examination, Site, SiteState, Step
from monitor.examination_record import ExaminationRecord
from monitor.examination_store import StoredExamination
from monitor.new_file import plain_name

EXAMINATION, EXAMINATIONS = "Examination", "Examinations"
OPINION_KEYS = ("Y", "U")
"""Of agreement and disagreement."""

COLUMNS = ("Begun", "Patient", "Result")
INTRODUCTION = "Four sites, about half a minute each. The next one comes by itself."
NO_SOURCE_YET = "Plug in a stethoscope, or open a recording first."
KEEP_SOUND = "Keep its sound"
KEEP_SOUND_TIP = "Record the sound of this examination, so that each site can be heard again"
NOT_KEPT = "Nothing is kept: the program was started so."
COULD_NOT_BE_KEPT = "This examination could not be kept."
OPENING = "Opening the source…"
HOLD_STILL = "Hold it still: listening starts by itself, after 10 s at the soonest."
SURE = "End the examination? Press X or Finish once more."
SURE_TO_STOP = "Stopping ends the examination. Press once more to stop."
OFFER = "Skip (N) ends this site as poor signal."
ALL_HEARD = "All sites are heard."
ALL_HEARD_HINT = "Finish shows the results. Choose a site to hear it again."
SOUND_ENDED = "The sound ended before every site was heard."
WAS_INTERRUPTED = "The program ended before this examination did."
SITE_OF_YOUR_OWN = "Another site"
LOOKING_FOR_EXAMINATIONS = "Looking…"
DELETING = "Deleting…"
STILL_RUNS = "It still runs, here or in another program: it cannot be deleted."
IS_OPEN = "It is open: close its results before you delete it."
NO_EXAMINATIONS = "No examinations yet."
FINISH_FIRST = "Finish the running examination first."
NO_SOUND_KEPT = "Its sound was not kept"
REPORT, OPEN_REPORT = "Report…", "Open report"
WHERE_TO = "Write the report to"
REPORT_FILES = "PDF (*.pdf);;HTML (*.html)"
INTERRUPTED, RUNNING = "INTERRUPTED", "RUNNING"

STATES = {
    SiteState.WAITING: "waiting",
    SiteState.LISTENING: "listening",
    SiteState.SKIPPED: "skipped",
}


def site_title(name: str) -> str:
    """A site's name as a title."""
    return name[:1].upper() + name[1:]


def state_words(site: Site) -> str:
    """How far a site is, in a word or two."""
    if site.verdict is not None:
        return f"✓ {LABELS[site.verdict.label].lower()}"
    return STATES.get(site.state, "done")


def step_words(examination: Examination) -> str:
    """What to do, or what is being done."""
    site = examination.current
    if examination.step is Step.PLACE:
        return f"Place the stethoscope on the {site} site."
    if examination.step is Step.LISTEN:
        return f"Listening: {progress_words(examination)}"
    if examination.step is Step.STAND:
        verdict = next((one.verdict for one in examination.sites if one.name == site), None)
        said = LABELS[verdict.label].lower() if verdict else "done"
        return f"{site_title(site or '')}: {said}."
    return ALL_HEARD


def line_words(site: str | None, step: str, hint: str) -> str:
    """All that is said of a site, or of none, in one line, with its name once."""
    if site and site.lower() not in step.lower():
        step = f"{site_title(site)}: {step[:1].lower()}{step[1:]}"
    return f"{step} {hint}".strip()


def progress_words(examination: Examination) -> str:
    """How much of the sound that is needed is there."""
    return f"{int(examination.good_s)} of {examination.needed_s:.0f}\N{NO-BREAK SPACE}s"


def hint_words(examination: Examination) -> str:
    """What helps; the next site while a result stands."""
    if examination.device_lost:
        return f"{DEVICE_LOST.capitalize()}. {LOOKING}"
    if examination.step is Step.STAND:
        following = examination.next_site
        return f"Next: the {following} site." if following else "This was the last one."
    if examination.step is Step.COMPLETE:
        return ALL_HEARD_HINT
    reasons = reason_words(examination.reasons[:1])
    if examination.out_of_patience:
        return f"{reasons} {OFFER}".strip()
    return reasons or (HOLD_STILL if examination.step is Step.PLACE else "")


def verdict_words(verdict: RecordingVerdict | None) -> str:
    """A site's verdict in a line."""
    if verdict is None:
        return STATES[SiteState.SKIPPED]
    said = LABELS[verdict.label].lower()
    if verdict.p_abnormal is not None:
        said += f" {probability_words(verdict.p_abnormal)}"
    if verdict.heart_rate_bpm is not None:
        said += f" · {heart_rate_words(verdict.heart_rate_bpm)}"
    return said


def overall_word(record: ExaminationRecord) -> str:
    """The verdict on the whole."""
    return LABELS[record.overall.label]


def stored_words(stored: StoredExamination) -> tuple[str, str, str]:
    """A row of the list of examinations: when, whom, and what it came to."""
    record = stored.record
    word = RUNNING if not record.ended else INTERRUPTED if stored.interrupted else overall_word(record)
    return moment_words(record.begun), record.patient or "–", word


def delete_words(stored: StoredExamination) -> str:
    """Whether an examination is to be deleted, once asked."""
    record = stored.record
    whose = ", ".join(filter(None, (record.patient, moment_words(record.begun))))
    also = "its sound" if stored.sound else "all that was said of it"
    return f"Delete the examination of {whose} and {also}, for good? Press Delete once more."


def moment_words(moment: str) -> str:
    """A moment, UTC in ISO 8601, as the clock on the wall had it."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"


def report_name(record: ExaminationRecord, begun: datetime) -> str:
    """A file's name for the report of an examination that begun then, in local time."""
    return " ".join(filter(None, ("auscult", plain_name(record.patient), f"{begun:%Y-%m-%d %H.%M}"))) + ".pdf"


def report_words(path: Path) -> str:
    """That a report is written, and where."""
    return f"Report written: {path}"


def report_not_opened_words(path: Path) -> str:
    """That nothing on this computer shows such files."""
    return f"No program here opens {path}"


def writing_words(share: float) -> str:
    """How much of a report is written."""
    return f"Writing {share:.0%}"
