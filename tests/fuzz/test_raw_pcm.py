"""Any bytes on standard input, in any pieces, are samples."""

import os
import threading

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.ring import Ring
from monitor.sources.raw_pcm import FORMATS, RawPcmSource

JOIN_S = 30


@pytest.mark.parametrize("sample_format", FORMATS)
@settings(max_examples=40)
@example(pieces=[b"\x00\x00\x81\x7f"])  # as a float a NaN that signals
@given(pieces=st.lists(st.binary(min_size=1, max_size=700), max_size=8))
def test_any_bytes_in_any_pieces_are_what_they_are_as_a_whole(sample_format, pieces):
    kind, full_scale = FORMATS[sample_format]
    data = b"".join(pieces)
    whole = len(data) - len(data) % np.dtype(kind).itemsize
    with np.errstate(all="ignore"):
        expected = (np.frombuffer(data[:whole], kind) / full_scale).astype(np.float32)
    read_end, write_end = os.pipe()

    def write():
        with os.fdopen(write_end, "wb", buffering=0) as pipe:
            for piece in pieces:
                pipe.write(piece)

    reports, heard = [], [np.empty(0, np.float32)]
    with os.fdopen(read_end, "rb", buffering=0) as pipe:
        source = RawPcmSource(pipe, 4000, sample_format)
        ring = Ring(60 * 4000)
        writer = threading.Thread(target=write)
        source.start(ring, lambda *report: reports.append(report))
        writer.start()
        while (chunk := ring.read(4000, JOIN_S)) is not None:
            heard.append(chunk.samples)
        writer.join()
        source.stop()
    np.testing.assert_array_equal(np.concatenate(heard), expected)
    assert (source.health().state, source.health().detail) == ("ended", "")
    assert [event for event, _, _ in reports] == ["bad_samples"] * (whole != len(data))
