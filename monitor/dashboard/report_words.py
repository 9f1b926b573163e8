"""What people read on the report of an examination, beside the words that the window has too."""

from __future__ import annotations

from collections.abc import Sequence

from model.verdict import Label
from monitor.dashboard.language import tr
from monitor.dashboard.words import probability_words, rate_words

TITLE = tr("Heart sound examination")
PATIENT, WHEN, CLINICIAN = tr("Patient"), tr("When"), tr("Clinician")
MODEL, SHA256, PROGRAM = tr("Model"), "SHA-256", tr("Program")
HIGHEST = tr("Highest probability of any site")
OVERALL = tr("All sites together")
SITES = tr("Sites, in the order of listening")
NOT_GIVEN = tr("not given")
NOT_KNOWN = tr("not known")
SKIPPED = tr("SKIPPED")
DASH = tr("dash")
NOT_LISTENED = tr("Not listened to.")
NO_SITE = tr("No site was listened to.")
NO_VERDICT_EITHER_WAY = tr("No verdict either way.")
NOTHING_JUDGED = tr("Nothing could be judged.")
MURMUR_AT_NORMAL = tr("A murmur is read at a site called normal: listen yourself.")
NO_READING = tr("No reading of murmurs: too few sure beats.")
NOT_KEPT = tr("Sound was not kept: no picture")
TOO_SHORT = tr("Too little sound was kept, or it cannot be read: no picture")
NONE_FOUND = tr("S1 and S2 not found")
MODEL_NOT_AT_HAND = tr("S1 and S2 not marked: the model is not at hand")
MODEL_FINDS_NONE = tr("S1 and S2 not marked: the model does not find them")
SHORTENED = tr("“…” marks what was shortened to fit one page; the examination as stored has all of it.")
PICTURES = tr(
    "Pictures: bandpassed sound (S1 solid, S2 hollow bars), spectrogram (darker is louder), seconds since "
    "listening began"
)

OPINIONS = {
    None: tr("No opinion given"),
    "agree": tr("Agrees with the verdict"),
    "disagree": tr("Disagrees with the verdict"),
}

COUNTED = {
    Label.ABNORMAL: tr("{count} abnormal"),
    Label.NORMAL: tr("{count} normal"),
    Label.UNCERTAIN: tr("{count} uncertain"),
    Label.POOR_SIGNAL: tr("{count} poor signal"),
    Label.WARMING_UP: tr("{count} too short to judge"),
    None: tr("{count} skipped"),
}
"""How many sites of each verdict there were, told in this order."""

REASONS = {
    "too_quiet": tr("Too quiet."),
    "clipped": tr("Sound overdriven."),
    "no_heart_sound": tr("Heart sound not always heard."),
    "ambient_noise": tr("Talking or noise nearby."),
    "movement": tr("Chest piece moved."),
    "mains_hum": tr("Mains hum."),
    "gap": tr("Sound was lost."),
    "fading": tr("Heart sound faded."),
    "band_limited": tr("The source lacks high frequencies: no confident verdict."),
    "padded": tr("Shorter than 10 s: looped to fill the window."),
}
"""What was wrong; the window's words say what to do about it, for which it is too late on paper."""


def omitted_words(count: int) -> str:
    """That there were more sites than have room; empty where there were none."""
    if not count:
        return ""
    told = tr("{count} more site is not shown.") if count == 1 else tr("{count} more sites are not shown.")
    return told.format(count=count)


def counts_words(labels: Sequence[Label | None]) -> str:
    """How many sites had which verdict; None for a skipped one."""
    if all(label is None for label in labels):
        return NO_SITE
    told = [word.format(count=labels.count(label)) for label, word in COUNTED.items() if label in labels]
    whole = tr("{count} site: {verdicts}.") if len(labels) == 1 else tr("{count} sites: {verdicts}.")
    return whole.format(count=len(labels), verdicts=", ".join(told))


def gauge_words(probability: float | None, band: tuple[float, float] | None) -> str:
    """The scale and its pointer, for those who do not see them."""
    at = probability_words(probability)
    if band is None:
        return tr("Scale from normal 0 to abnormal 1, pointer at {probability}").format(probability=at)
    return tr(
        "Scale from normal 0 to abnormal 1, pointer at {probability}, undecided between {low} and {high}"
    ).format(probability=at, low=f"{band[0]:.2f}", high=f"{band[1]:.2f}")


def picture_words(site: str, length_s: float, first_sounds: int, second_sounds: int) -> str:
    """What a site's picture shows, likewise."""
    told = (
        tr("{site}: waveform above spectrogram, 20 to 850 Hz, {seconds} s, {first} S1 and {second} S2 marked")
        if first_sounds or second_sounds
        else tr("{site}: waveform above spectrogram, 20 to 850 Hz, {seconds} s")
    )
    return told.format(site=site, seconds=f"{length_s:.1f}", first=first_sounds, second=second_sounds)


def reasons_words(codes: tuple[str, ...]) -> str:
    """Sentences for reason codes, the first three of them; a code without words is shown as it is."""
    return " ".join(REASONS.get(code, code.replace("_", " ")) for code in codes[:3])


def how_to_read(band: tuple[float, float] | None) -> str:
    """What the probability means, in one sentence.

    Args:
        band: The abstention band's edges; None where it is not known.
    """
    if band is None:
        return tr(
            "How to read the probability: where normal and abnormal hearts are equally many, about 80 of 100 "
            "sounds that get 0.80 are abnormal; where the signal was doubtful, the program does not decide."
        )
    return tr(
        "How to read the probability: where normal and abnormal hearts are equally many, about 80 of 100 "
        "sounds that get 0.80 are abnormal; between {low} and {high} (hatched) or where the signal was "
        "doubtful, the program does not decide."
    ).format(low=f"{band[0]:.2f}", high=f"{band[1]:.2f}")


def device_words(rate: int) -> str:
    """What was listened with, and at how many samples a second."""
    return tr("Device, at {rate}").format(rate=rate_words(rate))


def span_words(begin: str, end: str, zone: str) -> str:
    """From when to when, and in which zone."""
    return tr("{begin} to {end}, {zone}").format(begin=begin, end=end, zone=zone)


def good_words(quality: str, good_s: float, listened_s: float) -> str:
    """How good the sound of a site was, and how much of it."""
    return tr("{quality}, {good} of {listened} s good").format(
        quality=quality, good=f"{good_s:.0f}", listened=f"{listened_s:.0f}"
    )
