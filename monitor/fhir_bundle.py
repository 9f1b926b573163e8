"""What is known of a recording or session as FHIR R4, through fhir.resources, which alone is imported here.

Where a concept has no code of LOINC or of FHIR's own it is text.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.exhibit import NOTICE, Exhibit
from recordings.faults import missing_library

_LOINC = "http://loinc.org"
_UNITS = "http://unitsofmeasure.org"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def check_fhir(path: Path) -> None:
    """Refuse a file for which there would be no ``bundle_text``.

    Raises:
        RecordingError: fhir.resources is not installed.
    """
    try:
        from fhir.resources.R4B import bundle  # noqa: F401
    except ImportError:
        raise missing_library(path, "fhir.resources", "formats") from None


def bundle_text(exhibit: Exhibit, program: str, flac: bytes | None) -> str:
    """A Bundle with a DiagnosticReport, its Observations, the Media and the program as a Device.

    Everything is preliminary, no patient is named, and the same exhibit gives the same text.

    Args:
        exhibit: What is told.
        program: Its version.
        flac: The sound; None where there is none.
    """
    from fhir.resources.R4B.bundle import Bundle

    seed = hashlib.sha256(repr(exhibit.document()).encode() + (flac or b"")).hexdigest()

    def address(name: str) -> str:
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{seed} {name}").urn

    device = {
        "resourceType": "Device",
        "deviceName": [{"name": "auscult", "type": "manufacturer-name"}],
        "version": [{"value": program}, {"value": exhibit.model}],
        "note": [{"text": NOTICE}],
    }
    made = {"device": device, **_observations(exhibit, {"reference": address("device")})}
    results = [{"reference": address(name)} for name in made if name != "device"]
    report: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "status": "preliminary",
        "code": {"text": "Phonocardiogram, judged by a program"},
        "conclusion": _conclusion(exhibit),
        "result": results,
        **_about(exhibit),
    }
    if flac is not None:
        made["media"] = _media(exhibit, {"reference": address("device")}, flac)
        report["media"] = [{"link": {"reference": address("media")}}]
    made = {"report": report, **made}
    bundle = Bundle.model_validate(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": address(name), "resource": one} for name, one in made.items()],
        }
    )
    return bundle.model_dump_json(indent=1) + "\n"


def _observations(exhibit: Exhibit, device: dict[str, str]) -> dict[str, dict[str, Any]]:
    summary = exhibit.summary
    common = {
        "resourceType": "Observation",
        "status": "preliminary",
        "device": device,
        "note": [{"text": NOTICE}],
        **_about(exhibit),
    }
    parts = [
        _number("Calibrated probability of abnormal", summary["p_abnormal"]),
        _number("Signal quality, 0 to 1", summary["quality"]),
    ]
    found = {
        "verdict": {
            **common,
            "code": {"text": "Verdict on the heart sound"},
            "valueCodeableConcept": {"text": summary["label"].replace("_", " ")},
            "component": [part for part in parts if part],
        }
    }
    if summary["reasons"]:
        found["verdict"]["note"] = [*common["note"], {"text": "Reasons: " + ", ".join(summary["reasons"])}]
    if summary["heart_rate_bpm"] is not None:
        found["heart rate"] = {
            **common,
            "category": [{"coding": [{"system": f"{_TERMS}/observation-category", "code": "vital-signs"}]}],
            "code": {"coding": [{"system": _LOINC, "code": "8867-4", "display": "Heart rate"}]},
            "valueQuantity": {
                "value": round(summary["heart_rate_bpm"], 1),
                "unit": "beats/minute",
                "system": _UNITS,
                "code": "/min",
            },
        }
    if exhibit.reading:
        found["reading"] = {
            **common,
            "code": {"text": "Sound between the heart sounds"},
            "valueString": exhibit.reading,
        }
    return found


def _number(words: str, value: float | None) -> dict[str, Any] | None:
    if value is None:
        return None
    quantity = {"value": round(value, 4), "unit": "1", "system": _UNITS, "code": "1"}
    return {"code": {"text": words}, "valueQuantity": quantity}


def _about(exhibit: Exhibit) -> dict[str, Any]:
    """Of whom, and when."""
    about: dict[str, Any] = {"subject": {"display": "Not recorded"}}
    if exhibit.begun is None:
        about["_effectiveDateTime"] = {"extension": [{"url": _ABSENT, "valueCode": "unknown"}]}
    else:
        about["effectiveDateTime"] = exhibit.begun.isoformat()
    return about


def _media(exhibit: Exhibit, device: dict[str, str], flac: bytes) -> dict[str, Any]:
    media: dict[str, Any] = {
        "resourceType": "Media",
        "status": "completed",
        "type": {"coding": [{"system": f"{_TERMS}/media-type", "code": "audio", "display": "Audio"}]},
        "modality": {"text": "Phonocardiogram"},
        "subject": {"display": "Not recorded"},
        "device": device,
        "content": {
            "contentType": "audio/flac",
            "data": base64.b64encode(flac).decode("ascii"),
            "size": len(flac),
            "hash": base64.b64encode(hashlib.sha1(flac, usedforsecurity=False).digest()).decode("ascii"),
            "title": exhibit.title,
        },
        "note": [{"text": NOTICE}],
    }
    if exhibit.sound is not None:
        media["duration"] = round(exhibit.sound.frames / exhibit.sound.rate, 6)
    if exhibit.begun is not None:
        media["createdDateTime"] = (exhibit.begun + timedelta(seconds=exhibit.begins_s)).isoformat()
    return media


def _conclusion(exhibit: Exhibit) -> str:
    label, probability = exhibit.summary["label"].replace("_", " "), exhibit.summary["p_abnormal"]
    told = f"Verdict of {exhibit.model}: {label}"
    if probability is not None:
        told += f", probability of abnormal {probability:.2f}"
    return f"{told}. {NOTICE}"
