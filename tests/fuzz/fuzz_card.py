"""Endless fuzzing of the model card's reader by coverage, for whoever changes it; pytest runs no part of it.

``pip install atheris``, then ``python -m tests.fuzz.fuzz_card FOLDER -max_total_time=180``, with a small card
in the folder to begin with.
"""

import os
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["model.card", "dsp.config", "json"]):
    from model.card import ModelError, front_end_of, read_card


def read(data):
    path = Path(f"/dev/shm/auscult-fuzz-{os.getpid()}.json")
    path.write_bytes(data)
    try:
        card = read_card(path)
        front_end_of(card, path)
        assert card.tag
    except ModelError as error:
        assert str(error).isprintable() and path.name in str(error)


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
