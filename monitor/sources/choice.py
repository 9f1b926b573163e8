"""What a person can choose to listen to: named ways to open a source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dsp.scenario import Scenario
from dsp.synthesis import CONDITIONS, SynthesisConfig
from monitor.settings import change_settings, read_settings
from monitor.sources.protocol import NoSuchDeviceError, Source
from monitor.sources.recording import RecordingSource
from monitor.sources.scripted import ScriptedSource
from monitor.sources.stored_sound import StoredSoundSource
from monitor.sources.synthetic import SyntheticSource
from recordings import Channel, demo_recordings

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

DEFAULT_INPUT = "Default input device"


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
    channel: Channel | None = None,
    title: str | None = None,
) -> SourceChoice:
    """A recording; see ``RecordingSource``."""
    return SourceChoice(
        title or path.name, lambda duration_s: RecordingSource(path, pace, channel, duration_s), True
    )


def stored_sound_choice(
    folder: Path, start_s: float, end_s: float, title: str, pace: float | None = 1.0
) -> SourceChoice:
    """A stretch of the sound in a session's folder; see ``StoredSoundSource``."""
    return SourceChoice(
        title,
        lambda duration_s: StoredSoundSource(
            tuple(folder.glob("*.wav")), start_s, end_s, title, pace, duration_s
        ),
        True,
    )


def synthetic_choice(config: SynthesisConfig, pace: float | None = 1.0) -> SourceChoice:
    """A synthesised heart; see ``SyntheticSource``."""
    title = f"{CONDITION_TITLES[config.condition]}, synthetic"
    return SourceChoice(title, lambda duration_s: SyntheticSource(config, pace, duration_s), True)


def scripted_choice(scenario: Scenario, pace: float | None = 1.0) -> SourceChoice:
    """A synthesised heart by script, as long as that says; see ``ScriptedSource``."""
    title = f"{CONDITION_TITLES[scenario.heart.condition]}, by script"
    return SourceChoice(title, lambda duration_s: ScriptedSource(scenario, pace, duration_s), True)


def microphone_choice(
    name: str | None = None,
    channel: Channel | None = None,
    patience_s: float | None = None,
    rate: int | None = None,
) -> SourceChoice:
    """A live input device, None for the system's default; see ``MicrophoneSource``. It is remembered."""

    def open_microphone(duration_s: float | None) -> Source:
        from monitor.sources.microphone import MicrophoneSource

        source = MicrophoneSource(name, channel, duration_s, patience_s, rate)
        _remember_input("" if name is None else source.identity)
        return source

    return SourceChoice(name or DEFAULT_INPUT, open_microphone, False)


def lsl_choice(
    name: str | None = None, channel: Channel | None = None, patience_s: float | None = None
) -> SourceChoice:
    """A stream of the Lab Streaming Layer, None for the only one; see ``LslSource``."""

    def open_stream(duration_s: float | None) -> Source:
        from monitor.sources.lsl import LslSource

        return LslSource(name, channel, duration_s, patience_s)

    return SourceChoice(name or "LSL stream", open_stream, False)


def remembered_microphone_choice(
    channel: Channel | None = None, patience_s: float | None = None, rate: int | None = None
) -> SourceChoice:
    """The input device that was chosen last, or the system's default with a warning where it is not there."""
    remembered = read_settings().input

    def open_microphone(duration_s: float | None) -> Source:
        from monitor.sources.microphone import MicrophoneSource

        if not remembered:
            return MicrophoneSource(None, channel, duration_s, patience_s, rate)
        try:
            return MicrophoneSource(remembered, channel, duration_s, patience_s, rate)
        except NoSuchDeviceError:
            source = MicrophoneSource(None, channel, duration_s, patience_s, rate)
            source.warning = f"{remembered}, chosen last, is not there: {source.name} is listened to instead"
            return source

    return SourceChoice(remembered or DEFAULT_INPUT, open_microphone, False)


def _remember_input(identity: str) -> None:
    with suppress(OSError):  # a choice that cannot be remembered is made again
        change_settings(input=identity)


def demo_choices(pace: float | None = 1.0) -> list[SourceChoice]:
    """The packaged recordings."""
    return [recording_choice(demo.path, pace, title=demo.title) for demo in demo_recordings()]


def synthetic_choices() -> Sequence[SourceChoice]:
    """One synthetic heart of each condition."""
    return [synthetic_choice(SynthesisConfig(condition=condition)) for condition in CONDITIONS]
