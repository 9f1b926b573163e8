"""What somebody who helps from afar needs to know of a machine, and nothing of its patients."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from model.card import ModelError
from model.loading import check_model, packaged_models
from monitor.capture_process import list_inputs
from monitor.session_store import SessionStore, StoreError
from monitor.settings import data_folder, read_settings
from monitor.sources.protocol import SourceError
from monitor.whole_files import write_private

_ENVIRONMENT = ("QT_QPA_PLATFORM", "XDG_SESSION_TYPE", "LANG", "QT_SCALE_FACTOR")
"""Settings that decide how the program looks and starts, and hold no name of a person."""

_SESSIONS, _CHANGES = 50, 500
"""The newest that are told of."""


def write_support_bundle(path: Path, measured: Mapping[str, Any]) -> None:
    """Write versions, devices, models, settings, timings and how sessions went, as JSON in a ZIP archive.

    No sound, no recording's name, no folder of the user's. Device names are there as the system has them.

    Args:
        path: The archive; replaced whole, or left as it was.
        measured: What ``auscult bench --json`` would write.

    Raises:
        OSError: It cannot be written.
    """
    parts = {
        "timings.json": measured,
        "devices.json": _devices(),
        "models.json": _models(),
        "sessions.json": _sessions(),
        "settings.json": {
            "chosen": asdict(read_settings()),
            "environment": {name: os.environ.get(name) for name in _ENVIRONMENT},
            "encodings": {
                "files": sys.getfilesystemencoding(),
                "output": getattr(sys.stdout, "encoding", None),
            },
        },
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, json.dumps(part, indent=1) + "\n")
    write_private(path, packed.getvalue())


def _sessions() -> dict[str, Any]:
    """How the last sessions went; not what was heard, nor of whom."""
    folder = data_folder()
    if not folder.is_dir():
        return {"sessions": [], "changes": [], "problem": None}
    try:
        with SessionStore(folder) as store:
            told = [
                {
                    "begun": str(one.begun),
                    "ended": str(one.ended),
                    "interrupted": one.interrupted,
                    "rate": one.header.rate,
                    "model": one.header.model,
                    "sound_bytes": one.sound_bytes,
                    # Without their details, which may name a recording.
                    "events": [(event.t_s, event.event) for event in store.events(one.id)],
                }
                for one in store.sessions()[:_SESSIONS]
                if one.header is not None
            ]
            changes = [(str(change.at), change.change) for change in store.changes()[-_CHANGES:]]
            return {"sessions": told, "changes": changes, "problem": store.warning and "set aside as damaged"}
    except StoreError:
        # Its words name the folder, and so perhaps the user.
        return {"sessions": [], "changes": [], "problem": "cannot be opened; auscult sessions list says why"}


def _devices() -> dict[str, Any]:
    try:
        return {"inputs": [asdict(device) for device in list_inputs()], "problem": None}
    except SourceError as error:
        return {"inputs": [], "problem": str(error)}


def _models() -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in packaged_models():
        try:
            told[name] = {"sha256": check_model(name).card.sha256, "problem": None}
        except ModelError:
            # Its words name the folder, and so perhaps the user.
            told[name] = {"sha256": None, "problem": "cannot be used; auscult analyze says why"}
    return told
