"""The one reader of recordings, and the demonstration recordings with their ground truth.

Everything that opens a sound file goes through `Recording`, so that every part of the application sees the
same samples and reports the same faults in the same words. Faults of a file are `RecordingError`.
"""

from recordings.demo import DemoRecording, demo_recordings
from recordings.reader import (
    AUDIO_SUFFIXES,
    MAX_RATE,
    MIN_RATE,
    Channel,
    Recording,
    RecordingError,
    find_recordings,
    printable_name,
    write_recording,
)

__all__ = [
    "AUDIO_SUFFIXES",
    "MAX_RATE",
    "MIN_RATE",
    "Channel",
    "DemoRecording",
    "Recording",
    "RecordingError",
    "demo_recordings",
    "find_recordings",
    "printable_name",
    "write_recording",
]
