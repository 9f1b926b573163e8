"""Damaged recordings are read or refused in one line, and cost no more than their size."""

import os
import re
import struct
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pyedflib
import pytest
import soundfile as sf
from hypothesis import given, settings

from recordings import Recording, RecordingError, demo_recordings
from tests.fuzz.mutations import damaged

NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, (3000, 2))
LARGEST = 64 * 2**20
LONGEST_S = 60.0
"""No measure of speed: of files of some kilobytes, longer is for ever."""
EXPANSION = 50_000
"""Most samples for each byte of a file: silence in FLAC takes some bytes for 65,535 of them."""


def encoded(suffix, channels=1, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"sound{suffix}")
        sf.write(path, NOISE[:, :channels], 8000, **options)
        return path.read_bytes()


def signals(suffix, kind):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"sound{suffix}")
        with pyedflib.EdfWriter(str(path), 2, kind) as writer:
            for place, label in enumerate(("PCG", "ECG")):
                writer.setSignalHeader(place, {"label": label, "sample_frequency": 1000})
            writer.writeSamples([np.ascontiguousarray(channel) for channel in NOISE.T])
        return path.read_bytes()


FILES = {
    "demo": demo_recordings()[0].path.read_bytes(),
    "wav": encoded(".wav"),
    "stereo float wav": encoded(".wav", 2, subtype="FLOAT"),
    "adpcm wav": encoded(".wav", subtype="IMA_ADPCM"),
    "wavex": encoded(".wav", 2, format="WAVEX", subtype="PCM_24"),
    "rf64": encoded(".rf64"),
    "w64": encoded(".w64", 2),
    "flac": encoded(".flac", 2),
    "aiff": encoded(".aiff", 2),
    "au": encoded(".au", 2),
    "caf": encoded(".caf", 2),
    "alac": encoded(".caf", subtype="ALAC_16"),
    "ogg": encoded(".ogg", 2),
    "opus": encoded(".opus", format="OGG", subtype="OPUS"),
    "mp3": encoded(".mp3"),
    "edf": signals(".edf", pyedflib.FILETYPE_EDFPLUS),
    "bdf": signals(".bdf", pyedflib.FILETYPE_BDFPLUS),
}


def read_or_refuse(path):
    """Reads what can be read; its samples, or None where it was refused."""
    tracemalloc.start()
    began, count = time.monotonic(), 0
    try:
        with Recording.open(path) as recording:
            for block in recording.blocks(1000):
                assert block.dtype == np.float64
                assert block.shape[0] <= 1000
                assert block.ndim == 1
                count += block.size
                assert count <= EXPANSION * path.stat().st_size
            assert count > 0
            assert count >= recording.frames or recording.truncated
            assert recording.truncated is None or recording.truncated.isprintable()
    except RecordingError as error:
        assert re.fullmatch(rf"{re.escape(str(path))}: [^\n]+", str(error))
        assert str(error).isprintable()
        count = None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < LARGEST
    assert time.monotonic() - began < LONGEST_S
    return count


@pytest.mark.parametrize("kind", FILES)
def test_each_file_is_read_while_it_is_whole(tmp_path, kind):
    path = tmp_path / "whole"
    path.write_bytes(FILES[kind])
    assert read_or_refuse(path) >= len(NOISE)


@pytest.mark.parametrize("kind", FILES)
def test_damaged_files_are_read_or_refused(tmp_path, kind):
    @settings(max_examples=40)
    @given(damaged(FILES[kind]))
    def check(data):
        path = tmp_path / "damaged"
        path.write_bytes(data)
        read_or_refuse(path)
        assert [one.name for one in tmp_path.iterdir()] == ["damaged"]

    check()


PROMISED = """
import resource, sys
import numpy as np
from recordings import Recording, RecordingError
# What is there now, and 256 MB.
now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + 2**28,) * 2)
for path in sys.argv[1:]:
    try:
        with Recording.open(path) as recording:
            heard = sum(block.size for block in recording.blocks(1000))
            assert heard <= 3000, heard
    except RecordingError as error:
        assert str(error).isprintable()
print("done")
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="a system that limits no memory")
def test_a_header_that_promises_ages_gets_no_memory_for_them(tmp_path):
    """At each place of a header the greatest numbers, the process having no room for what they promise."""
    paths = []
    for kind in ("wav", "stereo float wav", "rf64", "w64", "aiff", "au", "caf", "flac"):
        data = FILES[kind]
        for place in range(0, 100, 2):
            for value in (
                struct.pack("<I", 2**31 - 1),
                struct.pack(">I", 2**31 - 1),
                struct.pack(">q", 2**62),
            ):
                path = tmp_path / f"{len(paths)}"
                path.write_bytes(data[:place] + value + data[place + len(value) :])
                paths.append(path)
    done = subprocess.run(
        [sys.executable, "-c", PROMISED, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert (done.stdout, done.stderr) == ("done\n", "")
    assert done.returncode == 0
