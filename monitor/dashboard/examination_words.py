"""What people read during a guided examination."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from model.verdict import RecordingVerdict
from monitor.dashboard.language import tr
from monitor.dashboard.report_words import NO_SITE
from monitor.dashboard.words import (
    DEVICE_LOST,
    LABELS,
    LOOKING,
    NO_VERDICT,
    differing_words,
    heart_rate_words,
    probability_words,
    reason_words,
    unbroken,
)
from monitor.examination import Examination, Site, SiteState, Step
from monitor.examination_record import ExaminationRecord
from monitor.examination_store import StoredExamination
from monitor.new_file import plain_name

EXAMINATION, EXAMINATIONS = tr("Examination"), tr("Examinations")
COLUMNS = (tr("Begun"), tr("Patient"), tr("Result"))
INTRODUCTION = tr("Four sites, about half a minute each. The next one comes by itself.")
NO_SOURCE_YET = tr("Plug in a stethoscope, or open a recording first.")
KEEP_SOUND = tr("Keep its sound")
KEEP_SOUND_TIP = tr("Record the sound of this examination, so that each site can be heard again")
NOT_KEPT = tr("Nothing is kept: the program was started so.")
COULD_NOT_BE_KEPT = tr("This examination could not be kept: write a report of it to another disk.")
NOT_ALL_KEPT = tr("Not all of this examination could be kept: write a report of it to another disk.")
HOLD_STILL = tr("Hold it still: listening starts by itself, after 10 s at the soonest.")
SURE = tr("End the examination? Press X or Finish once more.")
SURE_TO_STOP = tr("Stopping ends the examination. Press once more to stop.")
LAST_SITE = tr("This was the last one.")
DONE = tr("done")
OFFER = tr("Skip (N) ends this site as poor signal.")
ALL_HEARD = tr("All sites are heard.")
ALL_HEARD_HINT = tr("Finish shows the results. Choose a site to hear it again.")
SOUND_ENDED = tr("The sound ended before every site was heard.")
WAS_INTERRUPTED = tr("The program ended before this examination did.")
SITE_OF_YOUR_OWN = tr("Another site")
LOOKING_FOR_EXAMINATIONS = tr("Looking…")
DELETING = tr("Deleting…")
STILL_RUNS = tr("It still runs, here or in another program: it cannot be deleted.")
IS_OPEN = tr("It is open: close its results before you delete it.")
NO_EXAMINATIONS = tr("No examinations yet.")
FINISH_FIRST = tr("Finish the running examination first.")
MURMUR_READ = tr("murmur: listen yourself")
NO_SOUND_KEPT = tr("Its sound was not kept")
OPEN_REPORT = tr("Open report")
WHERE_TO = tr("Write the report to")
PDF_AND_HTML = tr("PDF and HTML")
BOTH_FILES = f"{PDF_AND_HTML} (*.pdf *.html)"
REPORT_FILES = f"PDF (*.pdf);;HTML (*.html);;{BOTH_FILES}"
INTERRUPTED, RUNNING = tr("INTERRUPTED"), tr("RUNNING")

STATES = {
    SiteState.WAITING: tr("waiting"),
    SiteState.LISTENING: tr("listening"),
    SiteState.SKIPPED: tr("skipped"),
}


SITE_NAMES = {
    "aortic": tr("aortic"),
    "pulmonary": tr("pulmonary"),
    "tricuspid": tr("tricuspid"),
    "mitral": tr("mitral"),
}

OPINION_KEYS = ("Y", "U")
"""Of agreement and disagreement."""

OPINION_NAMES = {"agree": tr("Agree"), "disagree": tr("Disagree")}
OPINION_TIPS = {
    "agree": (tr("I agree"), tr("Say that you agree ({key})").format(key=OPINION_KEYS[0])),
    "disagree": (tr("I disagree"), tr("Say that you disagree ({key})").format(key=OPINION_KEYS[1])),
}


def site_name(site: str) -> str:
    """What a site is called within a sentence; one of the user's own as they called it."""
    return SITE_NAMES.get(site, site)


def site_title(site: str) -> str:
    """A site's name as a title."""
    name = site_name(site)
    return name[:1].upper() + name[1:]


def site_called(name: str) -> str:
    """The site that somebody means; a customary one is known by its name, however it is written."""
    known = (site for site, called in SITE_NAMES.items() if name.lower() in (site, called.lower()))
    return next(known, name)


def state_words(site: Site) -> str:
    """How far a site is, in a word or two."""
    if site.verdict is not None:
        return f"✓ {LABELS[site.verdict.label].lower()}"
    return STATES.get(site.state, DONE)


def step_words(examination: Examination) -> str:
    """What to do, or what is being done."""
    site = examination.current
    if examination.step is Step.PLACE:
        return tr("Place the stethoscope on the {site} site.").format(site=site_name(site or ""))
    if examination.step is Step.LISTEN:
        return tr("Listening: {progress}").format(progress=progress_words(examination))
    if examination.step is Step.STAND:
        verdict = next((one.verdict for one in examination.sites if one.name == site), None)
        said = LABELS[verdict.label].lower() if verdict else DONE
        return f"{site_title(site or '')}: {said}."
    return ALL_HEARD


def line_words(site: str | None, step: str, hint: str) -> str:
    """All that is said of a site, or of none, in one line, with its name once."""
    if site and site_name(site).lower() not in step.lower():
        step = f"{site_title(site)}: {step[:1].lower()}{step[1:]}"
    return f"{step} {hint}".strip()


def progress_words(examination: Examination) -> str:
    """How much of the sound that is needed is there."""
    told = tr("{good} of {needed} s")
    return unbroken(told.format(good=int(examination.good_s), needed=f"{examination.needed_s:.0f}"))


def hint_words(examination: Examination) -> str:
    """What helps; the next site while a result stands."""
    if examination.device_lost:
        return f"{DEVICE_LOST.capitalize()}. {LOOKING}"
    if examination.step is Step.STAND:
        following = examination.next_site
        if following is None:
            return LAST_SITE
        return tr("Next: the {site} site.").format(site=site_name(following))
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


def finding_words(verdict: RecordingVerdict | None) -> str:
    """A site's verdict, and in another line that a murmur is read though it is normal."""
    differs = verdict is not None and differing_words(verdict.label, verdict.reading)
    return f"{verdict_words(verdict)}\n{MURMUR_READ}" if differs else verdict_words(verdict)


def overall_word(record: ExaminationRecord) -> str:
    """The verdict on the whole."""
    return LABELS[record.overall.label] if record.overall else NO_VERDICT


def stored_words(stored: StoredExamination) -> tuple[str, str, str]:
    """A row of the list of examinations: when, whom, and what it came to."""
    record = stored.record
    word = RUNNING if not record.ended else INTERRUPTED if stored.interrupted else overall_word(record)
    return moment_words(record.begun), record.patient or "–", word


def delete_words(stored: StoredExamination) -> str:
    """Whether an examination is to be deleted, once asked."""
    record = stored.record
    asked = (
        tr("Delete the examination of {whose} and its sound, for good? Press Delete once more.")
        if stored.sound
        else tr(
            "Delete the examination of {whose} and all that was said of it, for good? Press Delete once more."
        )
    )
    return asked.format(whose=", ".join(filter(None, (record.patient, moment_words(record.begun)))))


def moment_words(moment: str) -> str:
    """A moment, UTC in ISO 8601, as the clock on the wall had it."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"


def report_name(record: ExaminationRecord, begun: datetime) -> str:
    """A file's name for the report of an examination that begun then, in local time."""
    return " ".join(filter(None, ("auscult", plain_name(record.patient), f"{begun:%Y-%m-%d %H.%M}"))) + ".pdf"


def report_words(path: Path, beside: Sequence[str]) -> str:
    """That a report is written, and where; with the suffixes of the files beside it."""
    names = ", ".join((str(path), *(path.with_suffix(suffix).name for suffix in beside)))
    return tr("Report written: {file}").format(file=names)


def report_not_opened_words(path: Path) -> str:
    """That nothing on this computer shows such files."""
    return tr("No program here opens {file}").format(file=path)


def writing_words(share: float) -> str:
    """How much of a report is written."""
    return tr("Writing {share}").format(share=f"{share:.0%}")


def highest_words(record: ExaminationRecord) -> str:
    """The probability of the whole, or why there is none."""
    if record.overall is None:
        return NO_SITE
    told = probability_words(record.overall.p_abnormal)
    return tr("highest probability {probability}").format(probability=told)


def hear_again_words(site: str, key: str = "") -> str:
    """To hear a site again, with its key where it has one."""
    said = tr("Hear the {site} site again").format(site=site_name(site))
    return f"{said} ({key})" if key else said


def site_button_words(site: str, key: str) -> tuple[str, str]:
    """What the button of a site is called, and what it does, with its key where it has one."""
    tip = tr("Listen at the {site} site ({key})") if key else tr("Listen at the {site} site")
    return (
        tr("{site} site").format(site=site_title(site)),
        tip.format(site=site_name(site), key=key),
    )
