"""What other parts of the program tell in English, as in their JSON lines, in the language of the window."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from dsp.reading import Reading
from monitor.dashboard.language import ENGLISH, installed, marked, tr
from monitor.reading_words import reading_parts
from monitor.sources.choice import CONDITION_TITLES

_TOLD = (
    # Sources by name
    marked("{title}, synthetic"),
    marked("{title}, by script"),
    marked("Default input device"),
    marked("Normal heart"),
    marked("Aortic stenosis"),
    marked("Mitral regurgitation"),
    marked("Mitral valve prolapse"),
    marked("Mitral stenosis"),
    marked("Aortic regurgitation"),
    marked("Third heart sound (S3)"),
    marked("Fourth heart sound (S4)"),
    marked("synthetic {condition}"),
    marked("scripted {condition}"),
    marked("Normal heart, 72 per minute"),
    marked("Normal heart, 104 per minute, noisy"),
    marked("Mitral valve prolapse: click and late systolic murmur"),
    marked("Mitral stenosis: opening snap and diastolic rumble"),
    marked("Third heart sound (gallop)"),
    # Readings, in their parts
    marked("No murmur heard between the heart sounds"),
    marked("Systolic murmur"),
    marked("Early systolic murmur"),
    marked("Mid systolic murmur"),
    marked("Late systolic murmur"),
    marked("Holosystolic murmur"),
    marked("Diastolic murmur"),
    marked("Early diastolic murmur"),
    marked("Mid diastolic murmur"),
    marked("Late diastolic murmur"),
    marked("Holodiastolic murmur"),
    marked("Continuous murmur"),
    marked("crescendo"),
    marked("decrescendo"),
    marked("diamond-shaped"),
    marked("even"),
    marked("through the second sound"),
    marked("around {frequency} Hz"),
    marked("in {heard} of {beats} beats"),
    # Events
    marked("{seconds} s lost"),
    marked("{seconds} s lost, bridged"),
    marked("{count} bad sample replaced"),
    marked("{count} bad samples replaced"),
    marked("{count} sample at full scale"),
    marked("{count} samples at full scale"),
    marked("{count} window passed over for a newer one"),
    marked("{count} windows passed over for a newer one"),
    marked("{count} times the device's buffer overflowed"),
    marked("{name} is back"),
    marked("{name} is away, as the scenario says"),
    marked("the stream ends within a sample"),
    marked("the file ends at {seconds} s in the middle of its data"),
    marked("the file ends at {seconds} s although its header promises {promised} s"),
    marked("the readable part of the file ends at {seconds} s although its header promises {promised} s"),
    # Devices
    marked("{name} delivers nothing"),
    marked("{name} delivers nothing more"),
    marked("{name} gives no more sound"),
    marked("{name} delivers nothing but zeros: is it switched on, and the right input?"),
    marked("{name} overflows: the machine is too busy"),
    marked("{name} is gone: plug it in again and start anew"),
    marked("{name} is gone: start it again, and then anew"),
    marked("{name} fits several devices: {devices}; say which"),
    marked("no input device is called {name}; auscult devices lists them"),
    marked("{name} is the computer's own microphone, not a stethoscope"),
    marked("{name}, chosen last, is not there: {other} is listened to instead"),
    marked("no input device: plug in a stethoscope, or replay a recording"),
    marked("{name} cannot be opened ({reason}); is it plugged in, allowed, and not in use?"),
    # Recordings that cannot be played
    marked("{file}: does not exist; check the name"),
    marked("{file}: is a folder; name a sound file in it"),
    marked("{file}: is not a regular file; name a sound file"),
    marked("{file}: is empty (0 bytes); record or copy it again"),
    marked("{file}: may not be read; change its permissions"),
    marked("{file}: cannot be opened ({reason}); check the name"),
    marked("{file}: is not a sound file that can be read; convert it to WAV or FLAC"),
    marked("{file}: has a damaged or incomplete header; copy or export it again"),
    marked("{file}: has a damaged or incomplete header ({reason}); copy or export it again"),
    marked("{file}: holds no samples that can be read; record or export it again"),
    marked("{file}: has a damaged or incomplete header; copy it again"),
    marked("{file}: has a damaged or incomplete header ({reason}); copy it again"),
    marked("{file}: has interruptions (EDF+D); export its parts as files of their own"),
    marked("{file}: has a rate of {rate} Hz, which is no whole number; resample it"),
    marked("{file}: has no channel {channel}; choose channel 1, its only one"),
    marked("{file}: has no channel {channel}; choose one of 1 to {channels}"),
    marked("{file}: is a record of several segments; name one: {segments}"),
    marked("{file}: is in WFDB format {format}; convert it to format 16"),
    marked("{file}: its signal file {other} is missing; copy it beside it"),
    marked("{file}: does not say how long it is; copy or export it again"),
    marked(
        "{file}: holds signals of which none is called a heart sound: {signals}; "
        "pick one by its name after a colon, {example}:NAME"
    ),
    marked("{file}: holds no signal {signal}: {signals}; pick one by its name after a colon, {example}:NAME"),
    marked("{file}: needs the Python package {package}: install it by {command}"),
    marked("{file}: has a rate of {rate} Hz, outside {low} to {high} Hz; resample it"),
    marked("{name}: none of its sound was recorded, or it was deleted"),
    marked("the sound device does not start ({reason}); is another program using it?"),
    # What cannot be kept
    marked("this session is not kept: {reason}"),
    marked("this session is not kept any more: {reason}"),
    marked("this examination is not kept: {reason}"),
    marked("nothing is recorded: {reason}"),
    marked("database or disk is full"),
    marked("No space left on device"),
    marked("Read-only file system"),
    marked("Permission denied"),
    marked("{folder}: cannot be recorded to ({reason}); choose another folder"),
    marked("recording stopped: {file} cannot be written ({reason}); free space or choose another folder"),
    marked("{folder}: cannot be used ({reason}); free space, or choose another folder by --data"),
    marked(
        "recorded sound is {excess} GB above its quota of {quota} GB: "
        "auscult sessions prune offers the oldest for deletion"
    ),
    marked(
        "the session database was damaged: it is kept as {file}, a new one was begun, and recorded sound "
        "is where it was"
    ),
    # Exports
    marked("{format} audio has at most {most} Hz, and this has {rate}: resample it, or export to wav"),
    marked("its samples need floating point of 64 bits and {format} holds {most} bits"),
    marked("its samples need floating point and {format} holds {most} bits"),
    marked("its samples need {bits} bits and {format} holds {most} bits"),
    marked("session {session} has no sound"),
    marked("session {session} is still running: stop it first"),
    marked("no session {session}; auscult sessions list names them"),
    marked("{format} is written to a name that ends in {suffix}, not {file}"),
    marked("{file}: a WFDB record's name has letters, digits, - and _ alone; choose another"),
    marked("{file}: cannot be written ({reason})"),
    marked("rounded to {bits} bits; what was beyond full scale is cut, and no number is silence"),
    marked("rounded to floating point of 32 bits"),
    marked("{count} samples of silence were added: EDF+ holds whole data records"),
    marked("DICOM wants a time and the recording has none: that of writing stands there"),
    marked("bad samples replaced: {count}"),
    marked("{truncated}; what is there was used"),
    # Reports
    marked("{file}: a report is .pdf or .html; let its name end so"),
    marked("{file}: its folder does not exist; make it, or name another file"),
    marked("{file}: is a folder; name a file"),
    marked("{file}: cannot be written ({reason}); name a writable place with room"),
)

_NAMES = re.compile(r"\\{(\w+)\\}")


def told_words(told: str) -> str:
    """What was told, with the names and numbers in it as they are; what is not known here stays English.

    Args:
        told: A sentence, or a name.
    """
    return told if installed() == ENGLISH else _translated(told)


# Titles and readings are asked for at every look, and matching one takes tenths of a millisecond.
@lru_cache(maxsize=256)
def _translated(told: str) -> str:
    for text, pattern in _patterns():
        if found := pattern.fullmatch(told):
            return tr(text).format(**{name: _part(name, part) for name, part in found.groupdict().items()})
    return told


def reading_words(reading: Reading) -> str:
    """What is heard between the heart sounds, as ``monitor.reading_words`` has it in English."""
    return ", ".join(map(told_words, reading_parts(reading))) + "."


def _part(name: str, part: str) -> str:
    """What stands in a sentence in a place of this name; devices and files keep their names."""
    if name == "condition":
        part = CONDITION_TITLES.get(part, part)
    return told_words(part) if name in ("title", "condition", "reason", "truncated") else part


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((text, re.compile(_NAMES.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL)) for text in _TOLD)
