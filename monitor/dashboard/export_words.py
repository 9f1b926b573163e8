"""What people read where they export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from monitor.dashboard.control_words import ButtonWords
from monitor.dashboard.language import tr
from monitor.dashboard.told_words import told_words

EXPORT = ButtonWords(
    tr("Expor&t"), tr("Export for other programs"), tr("Export for other programs (Ctrl+Shift+E)")
)
KINDS = {
    "flac": tr("&FLAC, with a JSON file beside it…"),
    "wav": tr("&WAV, with a JSON file beside it…"),
    "edf": tr("&EDF+, with annotations…"),
    "wfdb": tr("WFD&B record, with annotations…"),
    "dicom": tr("&DICOM audio waveform…"),
    "fhir": tr("F&HIR bundle…"),
}
"""Of the menu, by what the formats are called for."""

ROUND, ROUND_ON = tr("&Round what is too fine: off"), tr("&Round what is too fine: on")

NOTHING_TO_EXPORT = tr("Nothing to export: open a recording, or listen to a device")
STOP_FIRST = tr("This is still being listened to: stop it, then export it")
NOT_KEPT = tr("This was not kept: only recordings and kept sessions can be exported")
STILL_EXPORTING = tr("Wait until what is being exported is written")

REMEDIES = {
    "none": "",
    "round": tr(": turn rounding on in the menu Export"),
    "round or wav": tr(": turn rounding on in the menu Export, or export to WAV"),
    "fhir": tr(": nothing was recorded (R). Export it to FHIR"),
    "another place": tr(": choose another place"),
}
"""What helps, after what is wrong; see ``monitor.export.Remedy``."""


def export_title_words(title: str, kind: str) -> str:
    """Over the dialog: what is exported, and to which format."""
    return tr("Export {title} to {format}").format(title=title, format=kind)


def exporting_words(title: str, share: str) -> str:
    """How much of an export is done."""
    return tr("Exporting {title}: {share}").format(title=title, share=share)


def exported_words(paths: Sequence[Path], remarks: Sequence[str]) -> str:
    """What was written, the named file last, and what is to be remarked."""
    *beside, named = paths
    said = tr("Exported: {file}").format(file=named)
    if beside:
        said = tr("Exported: {file} and {others}").format(
            file=named, others=", ".join(path.name for path in beside)
        )
    return "; ".join((said, *map(told_words, remarks)))
