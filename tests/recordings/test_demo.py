import json

import numpy as np
import pytest
import soundfile as sf

from recordings import Recording, demo_recordings
from tests.recordings import make_demo

DEMOS = demo_recordings()


def test_the_package_holds_exactly_the_recordings_that_are_made():
    assert [demo.name for demo in DEMOS] == sorted(make_demo.DEMOS)
    assert {path.name for path in make_demo.FOLDER.iterdir()} == {
        f"{name}{suffix}" for name in make_demo.DEMOS for suffix in (".flac", ".json")
    }


def test_they_are_small():
    assert sum(path.stat().st_size for path in make_demo.FOLDER.iterdir()) < 700_000


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_a_recording_is_what_its_description_makes(demo):
    truth = demo.truth
    expected = make_demo.samples(truth["synthesis"], truth["duration_s"])
    with Recording.open(demo.path) as recording:
        assert (recording.rate, recording.channels) == (truth["synthesis"]["rate"], 1)
        assert recording.duration_s == truth["duration_s"]
        assert recording.truncated is None
        packaged = np.concatenate(list(recording.blocks(1_000)))
    assert np.array_equal(packaged * 32_768, np.rint(expected * 32_768))
    assert sf.info(demo.path).subtype == "PCM_16"


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_a_description_is_the_truth(demo):
    assert demo.truth == json.loads(json.dumps(make_demo.description(demo.name)))
    assert demo.title == demo.truth["title"]
    assert demo.truth["label"] in {"normal", "abnormal"}
    assert (demo.truth["synthesis"]["condition"] == "normal") == (demo.truth["label"] == "normal")
    onsets = [sound["start_s"] for sound in demo.truth["sounds"] if sound["sound"] == "S1"]
    assert 60 / np.diff(onsets).mean() == pytest.approx(demo.truth["heart_rate_bpm"], rel=0.03)


def test_writing_them_twice_gives_the_same_bytes(tmp_path):
    make_demo.write(tmp_path / "one")
    make_demo.write(tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
