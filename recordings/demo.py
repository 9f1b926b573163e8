"""The demonstration recordings that travel with the package.

They are synthesised by the project, so their ground truth is exact and they are free to share: every
recording is a FLAC file with a JSON file of the same name beside it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class DemoRecording:
    """One demonstration recording.

    Attributes:
        name: its stable short name, also the stem of its files.
        title: what a person reads, in English.
        path: its FLAC file, mono, 4 kHz, 16 bit.
        truth: what is in it: "title", "label" ("normal" or "abnormal"), "note" (only where the label needs
            one), "duration_s" (s), "heart_rate_bpm" (1/min, the mean it was made with), "synthesis" (the
            configuration it was made with) and "sounds", a list of {"sound", "start_s", "end_s"} (s) by
            start.
    """

    name: str
    title: str
    path: Path
    truth: dict[str, Any]


def demo_recordings() -> list[DemoRecording]:
    """Lists the packaged recordings, sorted by name, also from an installed wheel.

    Returns:
        The recordings; empty only if the package was built without them.
    """
    folder = Path(str(files("recordings") / "demo"))
    found = []
    for description in sorted(folder.glob("*.json")):
        truth = json.loads(description.read_text(encoding="utf-8"))
        path = description.with_suffix(".flac")
        found.append(DemoRecording(description.stem, truth["title"], path, truth))
    return found
