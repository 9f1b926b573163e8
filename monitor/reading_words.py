"""The reading of the sound in one sentence."""

from __future__ import annotations

from dsp.reading import CONTINUOUS, DIAMOND, HOLO, NONE, PLATEAU, Reading

_NEAREST_HZ = 10
_SHAPE_WORDS = {DIAMOND: "diamond-shaped", PLATEAU: "even"}


def reading_words(reading: Reading) -> str:
    """What is heard between the heart sounds; it describes, and names no disease.

    Returns:
        For example "Early systolic murmur, diamond-shaped, around 180 Hz, in 11 of 12 beats."
    """
    return ", ".join(reading_parts(reading)) + "."


def reading_parts(reading: Reading) -> list[str]:
    """The sentence's parts, between which commas stand."""
    if reading.timing == NONE:
        return ["No murmur heard between the heart sounds"]
    timing = reading.timing
    if reading.part == HOLO:
        timing = HOLO + timing
    elif reading.part is not None:
        timing = f"{reading.part} {timing}"
    parts = [f"{timing} murmur".capitalize()]
    if reading.shape is not None:
        parts.append(_SHAPE_WORDS.get(reading.shape, reading.shape))
    elif reading.timing == CONTINUOUS:
        parts.append("through the second sound")
    if reading.frequency_hz is not None:
        parts.append(f"around {_NEAREST_HZ * round(reading.frequency_hz / _NEAREST_HZ)} Hz")
    parts.append(f"in {reading.heard_in} of {reading.beats} beats")
    return parts
