"""Damage done to the bytes of a file, as strategies."""

import struct

from hypothesis import strategies as st

EXTREMES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
WIDE_EXTREMES = (*EXTREMES, 2**31 * 4, 2**48, 2**63 - 1, 2**63, 2**64 - 1)
HEADER = 120
"""Bytes in which most headers lie."""


def damaged(data):
    """A strategy of ``data`` with some damage done to it, more often in its header than behind it."""
    place = st.integers(0, min(HEADER, len(data))) | st.integers(0, len(data))
    order = st.sampled_from("<>")
    one = st.one_of(
        st.tuples(st.just(_put), place, st.binary(min_size=1, max_size=8)),
        st.tuples(st.just(_put), place, st.builds(_word, order, st.sampled_from(EXTREMES))),
        st.tuples(st.just(_put), place, st.builds(_wide, order, st.sampled_from(WIDE_EXTREMES))),
        st.tuples(st.just(_insert), place, st.binary(min_size=1, max_size=300)),
        st.tuples(st.just(_delete), place, st.integers(1, 300)),
        st.tuples(st.just(_repeat), place, st.integers(1, 300)),
        st.tuples(st.just(_cut), place, st.none()),
    )
    return st.lists(one, min_size=1, max_size=5).map(lambda steps: _after(data, steps))


def _word(order, value):
    return struct.pack(f"{order}I", value)


def _wide(order, value):
    return struct.pack(f"{order}Q", value)


def _after(data, steps):
    for do, place, what in steps:
        data = do(data, place, what)
    return data


def _put(data, place, some):
    return data[:place] + some + data[place + len(some) :]


def _insert(data, place, some):
    return data[:place] + some + data[place:]


def _delete(data, place, count):
    return data[:place] + data[place + count :]


def _repeat(data, place, count):
    return data[:place] + data[place : place + count] * 2 + data[place + count :]


def _cut(data, place, _):
    return data[:place]
