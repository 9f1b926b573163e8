"""The one reader of recordings, and the demonstration recordings with their ground truth.

Everything that opens a sound file goes through `Recording`, so that every part of the application sees the
same samples and reports the same faults in the same words. Faults of a file are `RecordingError`.
"""

from recordings.annotation import Annotation
from recordings.demo import DemoRecording, demo_recordings
from recordings.faults import RecordingError, printable
from recordings.rates import MAX_RATE, MIN_RATE
from recordings.reader import (
    AUDIO_SUFFIXES,
    Channel,
    Recording,
    find_recordings,
    write_recording,
)
from recordings.sample_width import SampleWidth, sample_width, whole_numbers
from recordings.signals import SIGNAL_SUFFIXES, locate

__all__ = [
    "AUDIO_SUFFIXES",
    "MAX_RATE",
    "MIN_RATE",
    "SIGNAL_SUFFIXES",
    "Annotation",
    "Channel",
    "DemoRecording",
    "Recording",
    "RecordingError",
    "SampleWidth",
    "demo_recordings",
    "find_recordings",
    "locate",
    "printable",
    "sample_width",
    "whole_numbers",
    "write_recording",
]
