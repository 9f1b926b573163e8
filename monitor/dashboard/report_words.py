"""What people read on the report of an examination, beside the words that the window has too."""

from __future__ import annotations

from collections.abc import Sequence

from model.verdict import Label
from monitor.dashboard.words import probability_words

TITLE = "Heart sound examination"
PATIENT, WHEN, DEVICE, CLINICIAN = "Patient", "When", "Device", "Clinician"
MODEL, SHA256, PROGRAM, EXAMINATION = "Model", "SHA-256", "Program", "Examination"
PROBABILITY = "Probability of abnormal"
HIGHEST = "Highest probability of any site"
HEART_RATE, QUALITY = "Heart rate", "Quality"
OVERALL = "All sites together"
SITES = "Sites, in the order of listening"
NOT_GIVEN = "not given"
NOT_KNOWN = "not known"
SKIPPED = "SKIPPED"
DASH = "dash"
NOT_LISTENED = "Not listened to."
NO_SITE = "No site was listened to."
NO_VERDICT_EITHER_WAY = "No verdict either way."
NOTHING_JUDGED = "Nothing could be judged."
NO_READING = "No reading of murmurs: too few sure beats."
NOT_KEPT = "Sound was not kept: no picture"
TOO_SHORT = "Too little sound was kept, or it cannot be read: no picture"
NONE_FOUND = "S1 and S2 not found"
MODEL_NOT_AT_HAND = "S1 and S2 not marked: the model is not at hand"
MODEL_FINDS_NONE = "S1 and S2 not marked: the model does not find them"
SHORTENED = "“…” marks what was shortened to fit one page; the examination as stored has all of it."
PICTURES = (
    "Pictures: bandpassed sound (S1 solid, S2 hollow bars), spectrogram (darker is louder), seconds since "
    "listening began"
)

OPINIONS = {
    None: "No opinion given",
    "agree": "Agrees with the verdict",
    "disagree": "Disagrees with the verdict",
}

COUNTED = {
    Label.ABNORMAL: "abnormal",
    Label.NORMAL: "normal",
    Label.UNCERTAIN: "uncertain",
    Label.POOR_SIGNAL: "poor signal",
    Label.WARMING_UP: "too short to judge",
    None: "skipped",
}
"""How many sites of each verdict there were is told in this order."""

REASONS = {
    "too_quiet": "Too quiet.",
    "clipped": "Sound overdriven.",
    "no_heart_sound": "Heart sound not always heard.",
    "ambient_noise": "Talking or noise nearby.",
    "movement": "Chest piece moved.",
    "mains_hum": "Mains hum.",
    "gap": "Sound was lost.",
    "fading": "Heart sound faded.",
    "band_limited": "The source lacks high frequencies: no confident verdict.",
    "padded": "Shorter than 10 s: looped to fill the window.",
}
"""What was wrong; the window's words say what to do about it, for which it is too late on paper."""


def omitted_words(count: int) -> str:
    """That there were more sites than have room; empty where there were none."""
    return f"{count} more {'site is' if count == 1 else 'sites are'} not shown." if count else ""


def counts_words(labels: Sequence[Label | None]) -> str:
    """How many sites had which verdict; None for a skipped one."""
    if all(label is None for label in labels):
        return NO_SITE
    told = [f"{labels.count(label)} {word}" for label, word in COUNTED.items() if label in labels]
    return f"{len(labels)} {'site' if len(labels) == 1 else 'sites'}: {', '.join(told)}."


def gauge_words(probability: float | None, band: tuple[float, float] | None) -> str:
    """The scale and its pointer, for those who do not see them."""
    told = f"Scale from normal 0 to abnormal 1, pointer at {probability_words(probability)}"
    return told if band is None else f"{told}, undecided between {band[0]:.2f} and {band[1]:.2f}"


def picture_words(site: str, length_s: float, first_sounds: int, second_sounds: int) -> str:
    """What a site's picture shows, likewise."""
    marked = f", {first_sounds} S1 and {second_sounds} S2 marked" if first_sounds or second_sounds else ""
    return f"{site}: waveform above spectrogram, 20 to 850 Hz, {length_s:.1f} s{marked}"


def reasons_words(codes: tuple[str, ...]) -> str:
    """Sentences for reason codes, the first three of them; a code without words is shown as it is."""
    return " ".join(REASONS.get(code, code.replace("_", " ")) for code in codes[:3])


def how_to_read(band: tuple[float, float] | None) -> str:
    """What the probability means, in one sentence.

    Args:
        band: The abstention band's edges; None where it is not known.
    """
    between = "" if band is None else f"between {band[0]:.2f} and {band[1]:.2f} (hatched) or "
    return (
        "How to read the probability: where normal and abnormal hearts are equally many, about 80 of 100 "
        f"sounds that get 0.80 are abnormal; {between}where the signal was doubtful, the program "
        "does not decide."
    )
