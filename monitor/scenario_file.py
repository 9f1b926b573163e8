"""Scenarios as people write them: TOML files."""

from __future__ import annotations

import math
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dsp.course import CHANGEABLE, Change
from dsp.heart import SynthesisConfig
from dsp.murmur import Murmur
from dsp.noise_kinds import Noise
from dsp.scenario import Fault, RandomFaults, Scenario
from monitor.failure import CommandError

LARGEST_FILE = 1 << 18
"""Bytes; room for some thousand entries."""

LONGEST_LINE = 500
"""Characters. TOML's reader takes time by the square of a key's parts, and a key cannot go over a line."""

_WHOLE_LIMIT = 2**63

_Reader = Callable[[Any], Any]


class _EntryError(Exception):
    """What is wrong with an entry, without its name."""


class _WithinError(_EntryError):
    """What is wrong with a part of an entry, which is shown already."""


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file.

    Raises:
        CommandError: It is missing, no TOML in UTF-8, or something in it is unknown or out of range; one line
            that names the file, the entry and what is allowed.
    """
    try:
        return _scenario(_parsed(_text(path)))
    except _EntryError as fault:
        raise CommandError(f"{path}: {fault}") from None


def open_scenario(path: Path, seed: int | None = None, duration_s: float | None = None) -> Scenario:
    """Read a scenario file, and put another seed or duration in the place of its own where one is given.

    Raises:
        CommandError: As for `read_scenario`.
        click.UsageError: The seed or the duration is outside its range.
    """
    scenario = read_scenario(path)
    try:
        if seed is not None:
            scenario = replace(scenario, heart=replace(scenario.heart, seed=seed))
        if duration_s is not None:
            scenario = replace(scenario, duration_s=duration_s)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return scenario


def _text(path: Path) -> str:
    try:
        # Opening a pipe would wait for ever.
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _EntryError("is a folder; name a scenario file in it")
        if not stat.S_ISREG(status.st_mode):
            raise _EntryError("is not a regular file; name a scenario file")
        if status.st_size > LARGEST_FILE:
            raise _EntryError(f"is larger than {LARGEST_FILE // 1024} KB; name a scenario file")
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise _EntryError("does not exist; check the name") from None
    except OSError as error:
        raise _EntryError(f"cannot be read ({error.strerror}); check the name") from None
    except UnicodeDecodeError as error:
        raise _EntryError(f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except ValueError as error:  # a name that no file can have
        raise _EntryError(f"cannot be read ({error}); check the name") from None


def _parsed(text: str) -> dict[str, Any]:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise _EntryError(f"line {number} is longer than {LONGEST_LINE} characters; break it up")
    try:
        return tomllib.loads(text)
    # Beside TOML's own error, what a number of five thousand digits or a thousand brackets give.
    except (ValueError, RecursionError) as error:
        raise _EntryError(f"is not TOML: {_line(str(error))}") from None


def _scenario(document: dict[str, Any]) -> Scenario:
    values = _fields("the top of the file", document, _TOP)
    heart = _entry("[heart]", SynthesisConfig, values.get("heart", {}), _HEART)
    faults = _listed("fault", Fault, values, _FAULT, ("kind", "length_s", "at_s"))
    random = _listed("random", RandomFaults, values, _RANDOM, ("kind", "length_s", "per_hour"))
    noises = _listed("noise", Noise, values, _NOISE, ("kind",))
    changes = _listed("change", _change, values, _CHANGE, ("at_s",))
    try:
        if "seed" in values:
            heart = replace(heart, seed=values["seed"])
        given = {name: values[name] for name in ("duration_s",) if name in values}
        return Scenario(heart, faults=faults, random=random, changes=changes, noises=noises, **given)
    except ValueError as error:
        raise _EntryError(str(error)) from None


def _listed(
    name: str,
    make: Callable[..., Any],
    values: Mapping[str, Any],
    readers: Mapping[str, _Reader],
    needed: tuple[str, ...],
) -> Any:
    return tuple(
        _entry(f"[[{name}]] {number}", make, table, readers, needed)
        for number, table in enumerate(values.get(name, []), 1)
    )


def _entry(
    place: str,
    make: Callable[..., Any],
    table: dict[str, Any],
    readers: Mapping[str, _Reader],
    needed: tuple[str, ...] = (),
) -> Any:
    values = _fields(place, table, readers)
    for name in needed:
        if name not in values:
            raise _EntryError(f"{place}: {name} is missing")
    try:
        return make(**values)
    except ValueError as error:
        raise _EntryError(f"{place}: {error}") from None


def _change(at_s: float, length_s: float | None = None, **to: Any) -> Change:
    return Change(at_s, to, length_s)


def _fields(place: str, table: dict[str, Any], readers: Mapping[str, _Reader]) -> dict[str, Any]:
    values = {}
    for name, value in table.items():
        if name not in readers:
            raise _EntryError(f"{place}: {_shown(name)} is unknown; allowed are {', '.join(readers)}")
        try:
            values[name] = readers[name](value)
        except _WithinError as fault:
            raise _EntryError(f"{place}: {name} {fault}") from None
        except _EntryError as fault:
            raise _EntryError(f"{place}: {name} {fault}, not {_shown(value)}") from None
    return values


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _EntryError("must be a number")
    if abs(value) >= _WHOLE_LIMIT or not math.isfinite(value):
        raise _EntryError("must be a finite number")
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= _WHOLE_LIMIT:
        raise _EntryError("must be a whole number")
    return value


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise _EntryError("must be a word in quotes")
    return _line(value)


def _bounds(value: Any) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == 2:
        try:
            return _number(value[0]), _number(value[1])
        except _EntryError:
            raise _EntryError("must be a number or [least, greatest]") from None
    if isinstance(value, list):
        raise _EntryError("must be a number or [least, greatest]")
    return _number(value), _number(value)


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _EntryError("must be a table")
    return value


def _tables(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise _EntryError("must be a table in double brackets")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _EntryError("must be true or false")
    return value


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise _EntryError("must be a list of words in quotes")
    return tuple(_line(word) for word in value)


def _pitch(value: Any) -> str | tuple[float, float]:
    if isinstance(value, str):
        return _word(value)
    if not isinstance(value, list) or len(value) != 2:
        raise _EntryError("must be a word in quotes or [least, greatest]")
    return _bounds(value)


def _murmurs(value: Any) -> tuple[Murmur, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise _EntryError("must be a list of tables")
    try:
        return tuple(
            _entry(str(number), Murmur, table, _MURMUR, ("timing",)) for number, table in enumerate(value, 1)
        )
    except _EntryError as fault:
        raise _WithinError(str(fault)) from None


_TOP: Mapping[str, _Reader] = {
    "seed": _whole,
    "duration_s": _number,
    "heart": _table,
    "fault": _tables,
    "random": _tables,
    "noise": _tables,
    "change": _tables,
}
_MURMUR = {"timing": _word, "shape": _word, "grade": _whole, "pitch": _pitch}
_HEART = {
    "condition": _word,
    "heart_rate_bpm": _number,
    "jitter": _number,
    "snr_db": _number,
    "murmur_level": _number,
    "rate": _whole,
    "amplitude": _number,
    "heard": _flag,
    "murmurs": _murmurs,
    "sounds": _words,
    "rhythm": _word,
    "ectopic_chance": _number,
    "split_ms": _number,
    "split_variation_ms": _number,
    "breath_rate_per_min": _number,
    "breath_depth": _number,
}
_CHANGE = {"at_s": _number, "length_s": _number, **{name: _HEART[name] for name in CHANGEABLE}}
_NOISE = {
    "kind": _word,
    "at_s": _number,
    "length_s": _number,
    "snr_db": _number,
    "level_db": _number,
    "mains_hz": _number,
}
_FAULT = {
    "kind": _word,
    "at_s": _number,
    "length_s": _number,
    "gain_db": _number,
    "ppm": _number,
    "fall_db": _number,
    "fall_s": _number,
}
_RANDOM = {
    "kind": _word,
    "per_hour": _number,
    "length_s": _bounds,
    "gain_db": _bounds,
    "ppm": _bounds,
    "fall_db": _bounds,
    "fall_s": _bounds,
}


def _shown(value: Any) -> str:
    """A value as people wrote it, cut where it is long."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list():
            return "a list"
        case int() if abs(value) >= _WHOLE_LIMIT:
            return "a number of more than 18 digits"
        case _:
            return _line(repr(value) if isinstance(value, str) else str(value))


def _line(text: str) -> str:
    """One short line of what may hold anything."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
