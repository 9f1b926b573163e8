"""Endless fuzzing of the reader of recordings by coverage, for whoever changes it; pytest runs no part of it.

``pip install atheris``, then ``python -m tests.fuzz.fuzz_reader FOLDER -max_total_time=180``. What libsndfile
does within is not seen, so the folder should hold recordings of each format to begin with:
``python -m tests.fuzz.fuzz_reader --seed FOLDER`` writes some. Under the fuzzer, not without it, the process
grows by some 25 KB a run: ``-rss_limit_mb=4000``.
"""

import os
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["recordings"]):
    from recordings import Recording, RecordingError

FORMATS = {
    ".wav": 1,
    ".flac": 1,
    ".aiff": 2,
    ".au": 1,
    ".caf": 2,
    ".w64": 1,
    ".rf64": 1,
    ".ogg": 1,
    ".mp3": 1,
}
MOST_S = 3600 * 192_000


def seed(folder):
    import numpy as np
    import soundfile as sf

    folder.mkdir(exist_ok=True)
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (2000, 2))
    for suffix, channels in FORMATS.items():
        sf.write(folder / f"seed{suffix}", noise[:, :channels], 8000)


def read(data):
    path = Path(f"/dev/shm/auscult-fuzz-{os.getpid()}.wav")
    path.write_bytes(data)
    try:
        with Recording.open(path) as recording:
            heard = 0
            for block in recording.blocks(4096):
                assert block.ndim == 1 and 0 < block.size <= 4096
                heard += block.size
                if heard > MOST_S:
                    raise AssertionError("a small file gave an hour")
            assert heard > 0
            assert heard >= recording.frames or recording.truncated
    except RecordingError as error:
        assert str(error).isprintable() and path.name in str(error)


if __name__ == "__main__":
    if sys.argv[1] == "--seed":
        seed(Path(sys.argv[2]))
    else:
        atheris.Setup(sys.argv, read)
        atheris.Fuzz()
