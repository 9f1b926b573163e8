"""``auscult export``: what it writes is read back by other means than it was written with."""

import base64
import io
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pyedflib
import pytest
import soundfile as sf
import wfdb

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from model.classifier import Classifier
from model.loading import check_model
from monitor.cli import main
from monitor.exhibit import NOTICE
from monitor.session_store import SessionStore
from monitor.snapshot import SessionEvent
from recordings import Recording, sample_width
from tests.full_disk import files_of_at_most
from tests.monitor.test_session_store import HEADER, judgement

RATE = 4000
SECONDS = 12
SOUND = HeartSoundSynthesizer(SynthesisConfig(rate=RATE, seed=3)).read(SECONDS * RATE)
COARSE = np.rint(SOUND * 32_767).astype(np.int16)
FINE = (COARSE.astype(np.int32) << 16) + (7 << 8)


@pytest.fixture
def auscult(monkeypatch, capsys, tmp_path):
    """Runs the command in a folder of the test's own; gives what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUSCULT_DATA", str(tmp_path / "data"))

    def run(*words, status=0):
        monkeypatch.setattr(sys, "argv", ["auscult", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        assert ended.value.code == status, err
        assert out == ""
        return err

    return run


@pytest.fixture
def coarse(tmp_path):
    sf.write(tmp_path / "heart.wav", COARSE, RATE)
    return Path("heart.wav")


@pytest.fixture
def fine(tmp_path):
    sf.write(tmp_path / "fine.wav", FINE, RATE, "PCM_24")
    return Path("fine.wav")


@pytest.fixture
def session(tmp_path):
    """A session that began to be recorded after 5 s, with half a second missing after 3 s of sound."""
    card = check_model().card
    with SessionStore(tmp_path / "data") as store:
        session = store.begin(replace(HEADER, rate=RATE, model=card.tag, patient="bed 7"))
        judgements = [judgement(end_s=at, reasons=()) for at in (14.0, 16.0)]
        store.append(session, judgements, [SessionEvent(8.0, "gap", "0.50 s lost")])
        folder = store.sound_folder(session)
        sf.write(folder / f"{5 * RATE:014d}.wav", FINE[: 3 * RATE], RATE, "PCM_24")
        sf.write(folder / f"{8 * RATE + RATE // 2:014d}.wav", FINE[3 * RATE :], RATE, "PCM_24")
        store.end(session, None)
    return session


def remarks(document):
    """What must be annotated, by the document beside the sound: (start, end, text)."""
    beats = [(beat["start_s"], beat["end_s"], beat["sound"]) for beat in document["beats"]]
    assert {sound for _, _, sound in beats} == {"S1", "S2"}
    return beats, [(window["window_start_s"], window["label"]) for window in document["windows"]]


def test_flac_and_wav_hold_the_samples_and_all_else_is_beside_them(auscult, coarse, fine):
    for to, source, subtype in [
        ("flac", coarse, "PCM_16"),
        ("wav", coarse, "PCM_16"),
        ("flac", fine, "PCM_24"),
        ("wav", fine, "PCM_24"),
    ]:
        auscult("export", source, "--to", to, "--force")
        path = source.with_name(f"{source.stem}-{to}.{to}")
        assert sf.info(path).subtype == subtype
        written, rate = sf.read(path, dtype="int32")
        assert rate == RATE
        assert np.array_equal(written, sf.read(source, dtype="int32")[0])
        document = json.loads(path.with_suffix(".json").read_text())
        assert document["notice"] == NOTICE
        assert (document["source"], document["session"], document["rate"]) == (source.name, None, RATE)
        assert document["summary"]["label"] in ("normal", "abnormal", "uncertain")
        beats, windows = remarks(document)
        assert len(beats) > SECONDS
        assert [start for start, _ in windows] == pytest.approx([0.0, 0.4, 0.8, 1.2, 1.6, 2.0])


def test_floating_point_goes_into_wav_alone(auscult, tmp_path):
    values = (SOUND / np.abs(SOUND).max() * 2).astype(np.float32)
    sf.write(tmp_path / "loud.wav", values, RATE, "FLOAT")
    auscult("export", "loud.wav", "--to", "wav")
    assert np.array_equal(sf.read("loud-wav.wav", dtype="float32")[0], values)
    for to in ("flac", "edf", "wfdb"):
        told = auscult("export", "loud.wav", "--to", to, status=1)
        assert "samples need floating point and" in told
        assert "add --round, or export to wav" in told
        assert told.count("\n") == 1


def test_edf_is_read_by_edflib_with_its_annotations(auscult, coarse):
    auscult("export", coarse, "--to", "edf")
    auscult("export", coarse, "--to", "wav")
    beats, windows = remarks(json.loads(Path("heart-wav.json").read_text()))
    with pyedflib.EdfReader("heart-edf.edf") as file:
        assert file.filetype == pyedflib.FILETYPE_EDFPLUS
        assert (file.getLabel(0), file.getSampleFrequency(0)) == ("PCG", RATE)
        assert np.array_equal(file.readSignal(0, digital=True), COARSE)
        found = list(zip(*file.readAnnotations(), strict=True))
    sounds = [(start, start + length) for start, length, text in found if text in ("S1", "S2")]
    assert np.allclose(sounds, [beat[:2] for beat in beats], atol=1e-4)
    told = [(start, text) for start, _, text in found if text.startswith("verdict ")]
    assert np.allclose([start for start, _ in told], [start for start, _ in windows])
    assert all(f"verdict {label}" in text for (_, text), (_, label) in zip(told, windows, strict=True))
    with Recording.open("heart-edf.edf") as recording:
        assert np.array_equal(np.concatenate(list(recording.blocks(999))), COARSE / 32_768)


@pytest.mark.parametrize("samples", [11 * RATE + 1, 44_017, 11 * RATE + 3])
def test_edf_of_a_length_that_no_data_record_divides_ends_in_silence_and_says_so(auscult, tmp_path, samples):
    sf.write(tmp_path / "odd.wav", COARSE[:samples], RATE)
    told = auscult("export", "odd.wav", "--to", "edf")
    with pyedflib.EdfReader("odd-edf.edf") as file:
        written = file.readSignal(0, digital=True)
        found = dict(zip(file.readAnnotations()[2], file.readAnnotations()[0], strict=True))
    assert np.array_equal(written[:samples], COARSE[:samples])
    assert not written[samples:].any()
    added = written.size - samples
    assert (f"{added} samples of silence were added" in told) == (added > 0)
    assert ("Recording ends" in found) == (added > 0)
    if added:
        assert found["Recording ends"] == pytest.approx(samples / RATE, abs=1e-4)


def test_wfdb_is_read_as_its_specification_has_it(auscult, coarse, fine):
    auscult("export", coarse, "--to", "wfdb")
    lines = Path("heart-wfdb.hea").read_text().splitlines()
    assert lines[0].split() == ["heart-wfdb", "1", str(RATE), str(COARSE.size)]
    file, kind, gain, bits, zero, first, checksum, block, name = lines[1].split()
    assert (file, kind, bits, zero, block, name) == ("heart-wfdb.dat", "16", "16", "0", "0", "PCG")
    digital = np.fromfile(file, "<i2")
    assert np.array_equal(digital, COARSE)
    assert int(first) == digital[0]
    assert (int(checksum) - digital.sum(dtype=np.int64)) % 65_536 == 0
    assert float(gain.split("(")[0]) == 32_768
    assert f"# {NOTICE}" in lines
    auscult("export", fine, "--to", "wfdb", "--out", "fine")
    raw = np.fromfile("fine.dat", np.uint8).reshape(-1, 3).astype(np.int32)
    assert np.array_equal((raw[:, 0] << 8 | raw[:, 1] << 16 | raw[:, 2] << 24), FINE)
    with Recording.open("fine") as recording:
        assert np.array_equal(np.concatenate(list(recording.blocks(999))), FINE / 2**31)


def test_wfdb_annotations_are_the_heart_sounds_and_the_verdicts(auscult, coarse):
    auscult("export", coarse, "--to", "wfdb")
    auscult("export", coarse, "--to", "wav")
    beats, windows = remarks(json.loads(Path("heart-wav.json").read_text()))
    found = wfdb.rdann("heart-wfdb", "auscult")
    assert found.fs == RATE
    marks = list(zip(found.sample, found.symbol, found.aux_note, strict=True))
    begins = [(place / RATE, note) for place, symbol, note in marks if symbol == "("]
    assert np.allclose([at for at, _ in begins], [beat[0] for beat in beats], atol=1 / RATE)
    assert [note for _, note in begins] == [beat[2] for beat in beats]
    told = [note for _, symbol, note in marks if symbol == '"']
    assert all(note.startswith(f"verdict {label}") for note, (_, label) in zip(told, windows, strict=True))


def test_dicom_is_a_general_audio_waveform_of_a_phonocardiogram(auscult, coarse):
    told = auscult("export", coarse, "--to", "dicom")
    assert "that of writing stands there" in told
    whole = pydicom.dcmread("heart-dicom.dcm")
    assert whole.SOPClassUID == whole.file_meta.MediaStorageSOPClassUID == "1.2.840.10008.5.1.4.1.1.9.4.2"
    assert (whole.Modality, whole.PatientIdentityRemoved, whole.PatientName) == (
        "AU",
        "YES",
        "Research^Synthetic",
    )
    assert whole.StudyDescription == NOTICE
    (group,) = whole.WaveformSequence
    (channel,) = group.ChannelDefinitionSequence
    (source,) = channel.ChannelSourceSequence
    assert (source.CodeValue, source.CodingSchemeDesignator) == ("109114", "DCM")
    assert source.CodeMeaning == "Phonocardiogram"
    assert (group.NumberOfWaveformChannels, float(group.SamplingFrequency)) == (1, RATE)
    assert (group.WaveformBitsAllocated, channel.WaveformBitsStored) == (16, 16)
    assert group.WaveformSampleInterpretation == "SS"
    # The data as it lies in the file, without pydicom.
    assert COARSE.astype("<i2").tobytes() in Path("heart-dicom.dcm").read_bytes()
    assert np.array_equal(whole.waveform_array(0)[:, 0], COARSE)


def test_dicom_annotates_the_waveform(auscult, coarse):
    auscult("export", coarse, "--to", "dicom")
    auscult("export", coarse, "--to", "wav")
    beats, windows = remarks(json.loads(Path("heart-wav.json").read_text()))
    whole = pydicom.dcmread("heart-dicom.dcm")
    told = [
        (one.ReferencedSamplePositions, one.UnformattedTextValue) for one in whole.WaveformAnnotationSequence
    ]
    sounds = [place for place, text in told if text in ("S1", "S2")]
    assert np.allclose(sounds, [(start * RATE + 1, end * RATE) for start, end, _ in beats], atol=1)
    assert len(told) == len(beats) + len(windows)


def test_dicom_refuses_a_rate_beyond_its_own(auscult, tmp_path):
    sf.write(tmp_path / "fast.wav", COARSE, 48_000)
    told = auscult("export", "fast.wav", "--to", "dicom", status=1)
    assert told == (
        "auscult: DICOM audio has at most 44100 Hz, and this has 48000: resample it, or export to wav\n"
    )
    assert [path.name for path in Path().iterdir()] == ["fast.wav"]


@pytest.fixture
def unjudged(monkeypatch):
    """Fails where a model is loaded."""

    def load(name):
        raise AssertionError("it is refused only after the analysis has begun")

    monkeypatch.setattr(Classifier, "load", load)


@pytest.mark.usefixtures("unjudged")
def test_what_a_format_cannot_hold_is_refused_before_anything_is_judged(auscult, coarse, fine, tmp_path):
    sf.write(tmp_path / "fast.wav", COARSE, 48_000)
    sf.write(tmp_path / "double.wav", SOUND * 0.7, RATE, "DOUBLE")
    for source, to, options, fault in [
        ("fast.wav", "dicom", (), "at most 44100 Hz"),
        (fine, "edf", (), "need 24 bits and EDF+ holds 16 bits: add --round, or export to wav"),
        ("double.wav", "wav", (), "need floating point of 64 bits and WAV holds 32 bits: add --round\n"),
        (coarse, "wfdb", ("--out", "my heart"), "a WFDB record's name has letters"),
    ]:
        assert fault in auscult("export", source, "--to", to, *options, status=1)
    assert not list(Path().glob("*-*"))


def test_the_lowest_value_of_32_bits_is_rounded_for_wfdb(auscult, tmp_path):
    loud = np.clip(SOUND / np.abs(SOUND).max() * 2, -1, 1).astype(np.float32)
    sf.write(tmp_path / "loud.wav", loud, RATE, "FLOAT")
    auscult("export", "loud.wav", "--to", "wfdb", "--round")
    with Recording.open("loud-wfdb") as recording:
        samples = np.concatenate(list(recording.blocks(RATE)))
    assert samples.min() == -1
    assert np.abs(samples - loud).max() <= 2.0**-23


def by_address(bundle):
    """The resources of a bundle, of which every reference within it leads to one."""
    found = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    assert len(found) == len(bundle["entry"])

    def follow(part):
        for name, value in part.items() if isinstance(part, dict) else enumerate(part):
            if name == "reference":
                assert value in found
            elif isinstance(value, dict | list):
                follow(value)

    follow(bundle)
    return found


def codes(part):
    """Every (system, code) of a resource."""
    if isinstance(part, list):
        return {code for one in part for code in codes(one)}
    if not isinstance(part, dict):
        return set()
    own = {(part["system"], part["code"])} if "system" in part and "code" in part else set()
    return own | {code for one in part.values() for code in codes(one)}


KNOWN_CODES = {
    ("http://loinc.org", "8867-4"),
    ("http://unitsofmeasure.org", "/min"),
    ("http://unitsofmeasure.org", "1"),
    ("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs"),
    ("http://terminology.hl7.org/CodeSystem/media-type", "audio"),
}


@pytest.mark.parametrize("of", ["recording", "session"])
def test_fhir_is_a_bundle_whose_references_resolve_and_whose_codes_exist(auscult, fine, session, of):
    source = fine if of == "recording" else session
    auscult("export", source, "--to", "fhir", "--out", "a.json")
    auscult("export", source, "--to", "wav", "--out", "b.wav")
    document = json.loads(Path("b.json").read_text())
    text = Path("a.json").read_text()
    assert "bed 7" not in text
    bundle = json.loads(text)
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    found = by_address(bundle)
    kinds = [one["resourceType"] for one in found.values()]
    assert kinds[0] == "DiagnosticReport"
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "DiagnosticReport": 1,
        "Device": 1,
        "Media": 1,
        "Observation": 1
        + (document["summary"]["heart_rate_bpm"] is not None)
        + (document["reading"] is not None),
    }
    assert codes(bundle) <= KNOWN_CODES
    report = next(iter(found.values()))
    assert report["status"] == "preliminary"
    assert "Research use only" in report["conclusion"]
    observations = [found[one["reference"]] for one in report["result"]]
    assert {one["status"] for one in observations} == {"preliminary"}
    for one in observations:
        if "coding" in one["code"]:
            assert one["code"]["coding"][0]["code"] == "8867-4"
            rate = document["summary"]["heart_rate_bpm"]
            assert one["valueQuantity"]["value"] == pytest.approx(rate, abs=0.1)
    media = found[report["media"][0]["link"]["reference"]]
    sound, rate = sf.read(io.BytesIO(base64.b64decode(media["content"]["data"])), dtype="int32")
    assert rate == RATE
    assert np.array_equal(sound, sf.read("b.wav", dtype="int32")[0])
    timed = {"effectiveDateTime", "_effectiveDateTime"} & report.keys()
    assert timed == ({"effectiveDateTime"} if of == "session" else {"_effectiveDateTime"})
    auscult("export", source, "--to", "fhir", "--out", "again.json")
    assert Path("again.json").read_text() == text


def test_fhir_tells_of_a_session_without_sound(auscult, session, tmp_path):
    for file in (tmp_path / "data").glob("sessions/*/*.wav"):
        file.unlink()
    auscult("export", session, "--to", "fhir", "--out", "a.json")
    found = by_address(json.loads(Path("a.json").read_text()))
    assert not [one for one in found.values() if one["resourceType"] == "Media"]
    told = auscult("export", session, "--to", "wav", status=1)
    assert told.endswith("has no sound, which --record keeps: export it to fhir\n")


@pytest.mark.parametrize(("to", "library"), [("wfdb", "wfdb"), ("dicom", "pydicom"), ("fhir", "fhir")])
def test_a_library_that_is_missing_is_named_with_its_remedy(auscult, coarse, monkeypatch, to, library):
    monkeypatch.setattr(Classifier, "load", None)  # it is told before anything is judged
    for name in [name for name in sys.modules if name.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    told = auscult("export", coarse, "--to", to, status=1)
    assert "install it by pip install 'auscult[formats]'" in told
    assert told.count("\n") == 1


def test_the_lowest_value_of_16_bits_survives_in_wfdb(auscult, tmp_path):
    clipped = COARSE.copy()
    clipped[1000:1010] = -32_768
    sf.write(tmp_path / "clipped.wav", clipped, RATE)
    auscult("export", "clipped.wav", "--to", "wfdb")
    with Recording.open("clipped-wfdb") as recording:
        assert np.array_equal(np.concatenate(list(recording.blocks(999))), clipped / 32_768)


@pytest.mark.parametrize(("to", "title"), [("edf", "EDF+"), ("dicom", "DICOM")])
def test_samples_too_fine_for_a_format_are_rounded_only_on_demand(auscult, fine, to, title):
    told = auscult("export", fine, "--to", to, status=1)
    assert f"need 24 bits and {title} holds 16 bits: add --round, or export to wav" in told
    assert sorted(path.name for path in Path().iterdir()) == ["fine.wav"]
    assert "rounded to 16 bits" in auscult("export", fine, "--to", to, "--round")
    if to == "edf":
        with Recording.open("fine-edf.edf") as recording:
            assert np.array_equal(np.concatenate(list(recording.blocks(999))), COARSE / 32_768)
    else:
        assert np.array_equal(pydicom.dcmread("fine-dicom.dcm").waveform_array(0)[:, 0], COARSE)


def test_a_sessions_sound_and_what_was_said_of_it(auscult, session):
    auscult("export", session[:6], "--to", "wav", "--out", "bed7.wav")
    document = json.loads(Path("bed7.json").read_text())
    assert (document["session"], document["sound_begins_s"]) == (session, 5.0)
    assert [window["window_end_s"] for window in document["windows"]] == [14.0, 16.0]
    assert document["summary"]["windows"] == 2
    assert document["events"] == [{"t_s": 8.0, "event": "gap", "detail": "0.50 s lost"}]
    assert min(beat["start_s"] for beat in document["beats"]) > 5.0
    assert "bed 7" not in Path("bed7.json").read_text()
    written = sf.read("bed7.wav", dtype="int32")[0]
    lost = RATE // 2
    assert np.array_equal(written, np.insert(FINE, 3 * RATE, np.zeros(lost, np.int32)))
    auscult("export", session, "--to", "edf", "--round")
    with pyedflib.EdfReader(f"session-{session}-edf.edf") as file:
        found = dict(zip(file.readAnnotations()[2], file.readAnnotations()[0], strict=True))
    assert found["gap: 0.50 s lost"] == pytest.approx(3.0)


def test_nothing_is_replaced_unasked_and_never_the_source(auscult, coarse):
    Path("heart-edf.edf").write_text("mine")
    told = auscult("export", coarse, "--to", "edf", status=1)
    assert "heart-edf.edf: exists already; choose another --out, or add --force" in told
    assert Path("heart-edf.edf").read_text() == "mine"
    auscult("export", coarse, "--to", "edf", "--force")
    assert "is what is exported" in auscult(
        "export", coarse, "--to", "wav", "--out", coarse, "--force", status=1
    )
    assert "ends in .flac, not" in auscult("export", coarse, "--to", "flac", "--out", "a.wav", status=2)


def test_what_is_not_there_is_said_in_a_line(auscult, coarse, tmp_path):
    assert "nothing.wav: does not exist" in auscult("export", "nothing.wav", "--to", "edf", status=1)
    assert "no session 'abc'" in auscult("export", "abc", "--to", "edf", status=1)
    assert "is no folder" in auscult("export", coarse, "--to", "edf", "--out", "no/a.edf", status=1)
    told = auscult("export", coarse, "--to", "wfdb", "--out", "my heart", status=1)
    assert (
        told
        == "auscult: my heart.hea: a WFDB record's name has letters, digits, - and _ alone; choose another\n"
    )


@pytest.mark.parametrize("to", ["edf", "wfdb", "wav", "dicom", "fhir"])
def test_a_full_disk_leaves_nothing_behind(auscult, coarse, to):
    Path("new").mkdir()
    suffix = {"wfdb": "hea", "dicom": "dcm", "fhir": "json"}.get(to, to)
    with files_of_at_most(20_000):
        told = auscult("export", coarse, "--to", to, "--out", f"new/h.{suffix}", status=1)
    assert told.count("\n") == 1
    assert re.fullmatch(r"auscult: new/h\.\w+: cannot be written.*\n", told)
    assert not list(Path("new").iterdir())


def test_the_width_of_samples():
    assert (sample_width([COARSE / 32_768]).bits, sample_width([FINE / 2**31]).bits) == (16, 24)
    assert sample_width([np.array([1.0])]).bits is None
    assert sample_width([np.array([0.1])]) == sample_width([np.array([0.1]), np.array([np.nan])])
    assert sample_width([np.array([0.1, np.inf], np.float32)]).single
    assert not sample_width([np.array([0.1])]).single
