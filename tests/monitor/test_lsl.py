"""LSL streams in and out, between liblsl's own outlets and inlets, on this machine alone."""

import json
import os
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile as sf

_FOLDER = tempfile.TemporaryDirectory(prefix="auscult-lsl-")
_CONFIGURATION = Path(_FOLDER.name, "lsl_api.cfg")
_CONFIGURATION.write_text(
    "[ports]\nIPv6 = disable\n"
    "[multicast]\nResolveScope = machine\nAddressesOverride = {127.0.0.1}\nListenAddress = 127.0.0.1\n"
    f"TTLOverride = 0\n[lab]\nKnownPeers = {{127.0.0.1}}\nSessionID = auscult-{os.getpid()}\n"
    "[log]\nlevel = -3\n"
)
os.environ["LSLAPICFG"] = str(_CONFIGURATION)

import pylsl  # noqa: E402  liblsl reads its configuration when it is loaded

from dsp.front_end import FrontEnd  # noqa: E402
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig  # noqa: E402
from monitor.cli import main  # noqa: E402
from monitor.commands import devices  # noqa: E402
from monitor.exhibit import RecordingSound  # noqa: E402
from monitor.json_lines import read_schema  # noqa: E402
from monitor.lsl import SOUND_STREAM, VERDICT_STREAM  # noqa: E402
from monitor.lsl_playing import play  # noqa: E402
from monitor.sources.lsl import LslSource  # noqa: E402
from monitor.sources.protocol import NoSuchDeviceError, SourceError  # noqa: E402
from tests.monitor.sound_server import until  # noqa: E402

RATE = 4000
CHUNK = 200


class Stethoscope:
    """An outlet of 16-bit sound, of which every sample is its own number."""

    def __init__(self, name, channels=1, rate=RATE):
        info = pylsl.StreamInfo(name, "Audio", channels, rate, pylsl.cf_int16, name)
        self.outlet = pylsl.StreamOutlet(info)
        self.channels, self.rate = channels, rate
        self.began = pylsl.local_clock()
        self.at = 0

    def give(self, count):
        for _ in range(count // CHUNK):
            numbers = np.arange(self.at, self.at + CHUNK, dtype=np.int16)
            self.at += CHUNK
            last = self.began + (self.at - 1) / self.rate
            self.outlet.push_chunk(np.repeat(numbers[:, None], self.channels, axis=1), last)

    def skip(self, count):
        self.at += count


class Written:
    """In a ring's place: what was written where."""

    def __init__(self):
        self.samples, self.closed = {}, False

    def write(self, index, samples, arrived, wait=False):
        self.samples.update(zip(range(index, index + samples.size), samples.tolist(), strict=True))
        return True

    def close(self):
        self.closed = True


@pytest.fixture
def listening(request):
    """Starts a source; gives it, what it writes and what it reports."""
    begun = []

    def start(*words, **options):
        source, written, reports = LslSource(*words, **options), Written(), []
        begun.append(source)
        source.start(written, lambda *report: reports.append(report))
        return source, written, reports

    yield start
    for source in begun:
        source.stop()


def test_every_sample_comes_in_its_place_and_what_is_missing_is_a_hole(listening):
    device = Stethoscope("steth one")
    source, written, reports = listening("ONE")
    until(device.outlet.have_consumers, "the source listens")
    device.give(4000)
    device.skip(777)
    device.give(4000)
    until(lambda: source.health().delivered == 8777, "all has come")
    expected = [*range(4000), *range(4777, 8777)]
    assert sorted(written.samples) == expected
    assert [round(written.samples[index] * 32_768) for index in expected] == expected
    assert (source.name, source.identity, source.rate) == ("steth one", "steth one [LSL]", RATE)
    assert reports == []
    source.stop()
    assert written.closed


def test_it_ends_after_its_time_with_the_mean_of_its_channels(listening):
    device = Stethoscope("steth pair", channels=2)
    source, written, _ = listening("pair", channel="mono", duration_s=0.5)
    until(device.outlet.have_consumers, "the source listens")
    device.give(4000)
    until(lambda: source.health().state == "ended", "it has ended")
    assert sorted(written.samples) == list(range(RATE // 2))
    with pytest.raises(SourceError, match="choose --channel 1 to 2, mono or louder"):
        LslSource("pair", channel=3)


def test_the_louder_channel_is_the_one_that_varies_more_in_the_first_second(listening):
    device = Stethoscope("steth louder", channels=3)
    source, written, _ = listening("louder", channel="louder")
    until(device.outlet.have_consumers, "the source listens")
    # An offset, a loud one, and a faint one.
    offset, loud, faint = (np.full(2 * RATE, 20_000), np.tile([3000, -3000], RATE), np.tile([5, -5], RATE))
    channels = np.stack([offset, loud, faint], axis=1).astype(np.int16)
    for first in range(0, len(channels), CHUNK):
        last = device.began + (first + CHUNK - 1) / RATE
        device.outlet.push_chunk(np.ascontiguousarray(channels[first : first + CHUNK]), last)
    until(lambda: source.health().delivered >= RATE / 2, "what comes after it is there")
    assert min(written.samples) == 0
    assert {round(abs(value) * 32_768) for value in written.samples.values()} == {3000}


def test_a_stream_that_is_lost_is_told_and_taken_up_again(listening):
    device = Stethoscope("steth two")
    source, written, reports = listening("two")
    until(device.outlet.have_consumers, "the source listens")
    device.give(2000)
    until(lambda: source.health().delivered == 2000, "all has come")
    del device
    until(lambda: [report[0] for report in reports] == ["device_lost"], "it is told as lost")
    assert source.health().state == "recovering"
    back = Stethoscope("steth two")
    until(back.outlet.have_consumers, "the source listens again")
    back.give(2000)
    until(lambda: source.health().state == "running", "it is back")
    assert [report[0] for report in reports] == ["device_lost", "device_back"]
    assert min(index for index in written.samples if index >= 2000) > 2000


@pytest.mark.parametrize(("name", "channels"), [("steth five more", 2), ("steth five", 1)])
def test_a_lost_stream_is_not_taken_for_another(listening, name, channels):
    device = Stethoscope("steth five", channels=2)
    source, _, reports = listening("five", channel=2, patience_s=5.0)
    until(device.outlet.have_consumers, "the source listens")
    del device
    until(lambda: [report[0] for report in reports] == ["device_lost"], "it is told as lost")
    other = Stethoscope(name, channels)

    def failed():
        other.at = 0
        other.give(CHUNK)
        return source.health().state == "failed"

    until(failed, "it has failed")
    assert [report[0] for report in reports] == ["device_lost"]


def test_streams_are_listed_beside_the_devices(monkeypatch, capsys):
    """Also where there is no device; of those that carry no sound nothing is said."""
    device = Stethoscope("steth listed", channels=2)
    marks = pylsl.StreamOutlet(pylsl.StreamInfo("marks", "Markers", 1, 0, pylsl.cf_string, "marks"))

    def silent(rates):
        raise SourceError("does not answer; try again")

    for inputs, told in [(lambda rates: [], ""), (silent, "auscult: does not answer; try again\n")]:
        monkeypatch.setattr(devices, "list_inputs", inputs)
        devices.run_devices()
        out, err = capsys.readouterr()
        assert out == "  steth listed  [LSL, 2 ch, 4000 Hz]\n"
        assert err == f"{told}an LSL stream by: auscult monitor --source lsl:NAME\n"
    del device, marks


def test_a_stream_that_stays_away_fails_in_a_line(listening):
    device = Stethoscope("steth three")
    source, written, _ = listening("three", patience_s=0.1)
    until(device.outlet.have_consumers, "the source listens")
    del device
    until(lambda: source.health().state == "failed", "it has failed")
    assert source.health().detail == "steth three is gone: start it again, and then anew"
    assert written.closed


def test_what_is_not_there_or_not_clear_is_said_in_a_line():
    one, another = Stethoscope("steth left"), Stethoscope("steth right")
    with pytest.raises(NoSuchDeviceError, match="no LSL stream 'nothing' of 1000 Hz or more is there"):
        LslSource("nothing")
    with pytest.raises(NoSuchDeviceError, match=r"several are meant: .*: steth left, steth right"):
        LslSource("steth")
    del one, another


def test_a_library_that_is_missing_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(SourceError, match=r"install it by pip install 'auscult\[lsl\]'"):
        LslSource()


def test_a_file_is_played_to_other_programs_and_judged_by_one_that_listens(
    tmp_path, classifier, model_name, monkeypatch, capsys
):
    samples = HeartSoundSynthesizer(SynthesisConfig(rate=RATE, seed=4)).read(13 * RATE)
    sf.write(tmp_path / "heart.wav", samples, RATE)
    sound = RecordingSound(tmp_path / "heart.wav", None)
    played = []
    playing = threading.Thread(
        target=play, args=(sound, "heart.wav", classifier, 0.4, played.append, 30.0), name="playing"
    )
    playing.start()
    found = pylsl.resolve_byprop("name", VERDICT_STREAM, timeout=10)[0]
    verdicts = pylsl.StreamInlet(found, recover=False)
    monkeypatch.setattr(
        sys,
        "argv",
        [
            *["auscult", "monitor", "--source", f"lsl:{SOUND_STREAM}", "--headless", "--no-store"],
            *["--duration", "11", "--model", model_name],
        ],
    )
    verdicts.open_stream(10)
    markers, stamps = [], []

    def take():
        with suppress(pylsl.util.LostError):
            while True:
                told, at = verdicts.pull_chunk(timeout=0.2)
                markers.extend(json.loads(one) for (one,) in told)
                stamps.extend(at)

    taking = threading.Thread(target=take, name="taking")
    taking.start()
    with pytest.raises(SystemExit) as ended:
        main()
    playing.join()
    taking.join()
    out, err = capsys.readouterr()
    assert (ended.value.code, err) == (0, "")
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[-1]["kind"] == "summary"
    assert lines[-1]["duration_s"] == 11.0
    assert "gap" not in [line.get("event") for line in lines]
    assert played[-1] == 13.0

    front_end = FrontEnd(RATE, 0.4, classifier.config)
    ends = [window.end_s for window in front_end.push(samples).windows]
    validator = jsonschema.Draft202012Validator(read_schema())
    for marker in markers:
        validator.validate(marker)
    assert [marker["window_end_s"] for marker in markers] == pytest.approx(ends)
    assert np.diff(stamps) == pytest.approx(0.4)
