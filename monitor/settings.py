"""What is remembered from one run to the next, and where things are kept."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from platformdirs import user_config_path, user_data_path

from monitor.whole_files import write_private

_PROGRAM = "auscult"
_FILE = "settings.json"
_FARTHEST = 100_000  # pixels; further off is no screen


@dataclass(frozen=True)
class Settings:
    """The user's choices.

    Attributes:
        input: The device listened to last, as ``NAME [INTERFACE]``; empty for the system's default.
        record: Whether the sound of devices is recorded: only once the user has said so.
        quota_gb: Gigabytes of recorded sound from which on the oldest is offered for deletion.
        keep_sound: Whether the sound of a guided examination is recorded once it is started.
        theme: "dark" or "light"; empty for the default.
        place: Left, top, width and height of the window in logical pixels, and 1 where it is maximized; empty
            where it was never closed.
        last_minutes: Whether the trend shows the last minutes, not the whole session.
        average: Whether the average beat stands in the spectrogram's place.
    """

    input: str = ""
    record: bool = False
    quota_gb: float = 10.0
    keep_sound: bool = True
    theme: str = ""
    place: tuple[int, ...] = ()
    last_minutes: bool = False
    average: bool = False


def data_folder() -> Path:
    """Where sessions are kept unless a command says otherwise.

    ``AUSCULT_DATA``, or else the platform's place for a user's data.
    """
    if named := os.environ.get("AUSCULT_DATA"):
        return Path(named)
    return user_data_path(_PROGRAM, appauthor=False)


def read_settings() -> Settings:
    """What was remembered; the defaults for what was not, or cannot be read."""
    try:
        found = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Settings()
    if not isinstance(found, dict):
        return Settings()
    defaults = asdict(Settings())
    place = found.pop("place", None)
    told = {name: found[name] for name, value in defaults.items() if type(found.get(name)) is type(value)}
    if isinstance(place, list) and all(type(side) is int and abs(side) <= _FARTHEST for side in place):
        told["place"] = tuple(place)
    return Settings(**told)


def change_settings(**changes: object) -> None:
    """Remember some settings, and the others as they are.

    Args:
        changes: New values, by the names of ``Settings``.

    Raises:
        OSError: They cannot be written.
    """
    before = read_settings()
    if (now := replace(before, **changes)) != before:
        remember(now)


def remember(settings: Settings) -> None:
    """Write the settings, whole or not at all.

    Raises:
        OSError: They cannot be written.
    """
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(path, json.dumps(asdict(settings), indent=1).encode())


def _path() -> Path:
    return user_config_path(_PROGRAM, appauthor=False) / _FILE
