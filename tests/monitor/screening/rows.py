"""Rows that hold anything a row may."""

from hypothesis import strategies as st

from monitor.screening.row import COLUMNS, Settings

SETTINGS = Settings("any", "any@0123456789ab", 0.4, None, "auscult 1.2.3")
ABSENT = st.none()
CELLS = {
    str: st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    int: st.integers(0, 2**40),
    bool: st.booleans(),
}
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1).map(
    "a/{}".format
)
ODD_NAMES = NAMES | st.binary(min_size=1).filter(lambda name: b"\0" not in name).map(
    lambda name: name.decode("utf-8", "surrogateescape")
)


def rows(names=ODD_NAMES):
    """Rows of a screening with ``SETTINGS``, in order."""
    cells = st.fixed_dictionaries({name: ABSENT | CELLS[kind] for name, kind in COLUMNS.items()})

    def filled(names_and_cells):
        return [
            {**cells, **SETTINGS.cells, "path": name}
            for name, cells in sorted(names_and_cells.items(), key=lambda one: one[0])
        ]

    return st.dictionaries(names, cells, max_size=8).map(filled)
