"""DICOM General Audio Waveform objects, through pydicom, which alone is imported here."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recordings.annotation import Annotation
from recordings.faults import missing_library

if TYPE_CHECKING:
    from pydicom import Dataset

MOST_HZ = 44_100
"""The highest sampling frequency that the object may have (PS3.3, A.34.10.4)."""


def check_dicom(path: Path) -> None:
    """Refuses what `write_dicom` would.

    Raises:
        RecordingError: pydicom is not installed.
    """
    try:
        import pydicom  # noqa: F401
    except ImportError:
        raise missing_library(path, "pydicom", "formats") from None


def write_dicom(
    path: Path,
    samples: NDArray[np.integer],
    rate: int,
    annotations: Sequence[Annotation],
    begun: datetime.datetime | None,
    program: str,
    notice: str,
) -> None:
    """Writes one phonocardiogram as a General Audio Waveform object (PS3.3, A.34.10).

    Patient, study and series are made up, with new identifiers, and say so.

    Args:
        path: the file to write.
        samples: shape (n,), of 16 bits.
        rate: samples per second, at most `MOST_HZ`.
        annotations: within the recording; each is text on a segment or a point of the waveform.
        begun: when it was recorded; None where that is not known, and the time of writing stands there, since
            the object must have one.
        program: its version.
        notice: what a reader must know.

    Raises:
        RecordingError: pydicom is not installed.
        OSError: it cannot be written.
    """
    check_dicom(path)
    from pydicom import Dataset, FileMetaDataset, uid

    whole = Dataset()
    whole.SpecificCharacterSet = "ISO_IR 192"
    whole.SOPClassUID = uid.GeneralAudioWaveformStorage
    whole.SOPInstanceUID = uid.generate_uid(prefix=None)

    whole.PatientName = "Research^Synthetic"
    whole.PatientID = "RESEARCH"
    whole.PatientBirthDate = whole.PatientSex = ""
    whole.PatientIdentityRemoved = "YES"
    whole.DeidentificationMethod = "Patient, study and series are made up"

    at = begun or datetime.datetime.now().astimezone()
    whole.StudyInstanceUID = uid.generate_uid(prefix=None)
    whole.StudyDate = whole.ContentDate = f"{at:%Y%m%d}"
    whole.StudyTime = whole.ContentTime = f"{at:%H%M%S.%f}"
    whole.AcquisitionDateTime = f"{at:%Y%m%d%H%M%S.%f}"
    whole.TimezoneOffsetFromUTC = f"{at:%z}"
    whole.ReferringPhysicianName = whole.StudyID = whole.AccessionNumber = ""
    whole.StudyDescription = notice
    whole.Modality = "AU"
    whole.SeriesInstanceUID = uid.generate_uid(prefix=None)
    whole.SeriesNumber = whole.InstanceNumber = 1
    whole.SeriesDescription = "Phonocardiogram"
    whole.Manufacturer = whole.ManufacturerModelName = "auscult"
    whole.SoftwareVersions = program
    whole.AcquisitionContextSequence = []

    whole.WaveformSequence = [_multiplex_group(samples, rate)]
    if annotations:
        whole.WaveformAnnotationSequence = [_annotation(one, rate, samples.size) for one in annotations]

    whole.file_meta = FileMetaDataset()
    whole.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    whole.save_as(path, enforce_file_format=True)


def _multiplex_group(samples: NDArray[np.integer], rate: int) -> Dataset:
    from pydicom import Dataset

    source = Dataset()
    source.CodeValue = "109114"
    source.CodingSchemeDesignator = "DCM"
    source.CodeMeaning = "Phonocardiogram"
    channel = Dataset()
    channel.ChannelLabel = "PCG"
    channel.ChannelSourceSequence = [source]
    channel.ChannelSampleSkew = "0"
    channel.WaveformBitsStored = 16
    group = Dataset()
    group.WaveformOriginality = "ORIGINAL"
    group.NumberOfWaveformChannels = 1
    group.NumberOfWaveformSamples = samples.size
    group.SamplingFrequency = str(rate)
    group.ChannelDefinitionSequence = [channel]
    group.WaveformBitsAllocated = 16
    group.WaveformSampleInterpretation = "SS"
    group.WaveformData = samples.astype("<i2").tobytes()
    return group


def _annotation(one: Annotation, rate: int, samples: int) -> Dataset:
    from pydicom import Dataset

    # Samples are counted from 1, and the last one belongs to the segment.
    first = min(round(one.start_s * rate), samples - 1) + 1
    last = min(round(one.end_s * rate), samples)
    item = Dataset()
    item.UnformattedTextValue = one.text
    item.ReferencedWaveformChannels = [1, 1]
    item.TemporalRangeType = "SEGMENT" if last > first else "POINT"
    item.ReferencedSamplePositions = [first, last] if last > first else [first]
    return item
