"""What a person can choose to listen to: named ways to open a source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsp.synthesis import CONDITIONS, SynthesisConfig
from monitor.sources.protocol import Source
from monitor.sources.recording import RecordingSource
from monitor.sources.synthetic import SyntheticSource
from recordings import demo_recordings

CONDITION_TITLES = {
    "normal": "Normal heart",
    "as": "Aortic stenosis",
    "mr": "Mitral regurgitation",
    "mvp": "Mitral valve prolapse",
    "ms": "Mitral stenosis",
    "ar": "Aortic regurgitation",
    "s3": "Third heart sound (S3)",
    "s4": "Fourth heart sound (S4)",
}


@dataclass(frozen=True)
class SourceChoice:
    """A named way to open a source.

    Attributes:
        title: What a person calls it.
        opener: Makes the source, not yet started, that stops after so many seconds of sound; None lets it
            play to its end. Raises SourceError or RecordingError, one line each.
        replayed: It is not the room's own sound, so it may be played aloud.
    """

    title: str
    opener: Callable[[float | None], Source]
    replayed: bool

    def open(self, duration_s: float | None = None) -> Source:
        """Make the source, not yet started.

        Args:
            duration_s: Stop after this much sound.

        Raises:
            SourceError: The device or pipe cannot be used.
            RecordingError: The file cannot be read.
        """
        return self.opener(duration_s)


def recording_choice(
    path: Path,
    pace: float | None = 1.0,
    channel: int | None = None,
    title: str | None = None,
) -> SourceChoice:
    """A recording; see ``RecordingSource``."""
    return SourceChoice(
        title or path.name, lambda duration_s: RecordingSource(path, pace, channel, duration_s), True
    )


def synthetic_choice(config: SynthesisConfig, pace: float | None = 1.0) -> SourceChoice:
    """A synthesised heart; see ``SyntheticSource``."""
    title = f"{CONDITION_TITLES[config.condition]}, synthetic"
    return SourceChoice(title, lambda duration_s: SyntheticSource(config, pace, duration_s), True)


def microphone_choice(
    name: str | None = None,
    channel: int | None = None,
    patience_s: float | None = None,
    rate: int | None = None,
) -> SourceChoice:
    """A live input device, None for the system's default; see ``MicrophoneSource``."""

    def open_microphone(duration_s: float | None) -> Source:
        from monitor.sources.microphone import MicrophoneSource

        return MicrophoneSource(name, channel, duration_s, patience_s, rate)

    return SourceChoice(name or "Default input device", open_microphone, False)


def demo_choices(pace: float | None = 1.0) -> list[SourceChoice]:
    """The packaged recordings."""
    return [recording_choice(demo.path, pace, title=demo.title) for demo in demo_recordings()]


def synthetic_choices() -> Sequence[SourceChoice]:
    """One synthetic heart of each condition."""
    return [synthetic_choice(SynthesisConfig(condition=condition)) for condition in CONDITIONS]
