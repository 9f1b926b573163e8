"""Sounds to stream, ways to cut them, and what a front end makes of the pieces."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from hypothesis import strategies as st
from scipy.signal import resample_poly

from dsp.front_end import FrontEnd
from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig

RATES = (1000, 1999, 2000, 4000, 8000, 11025, 44099, 44100, 48000, 192000)

# Where to cut a stream: fractions of its length, crowded ones and repeated ones (empty pieces) too.
cuts = st.lists(st.floats(0, 1) | st.floats(0, 0.001) | st.just(0.5), max_size=12)


def pieces(samples, at):
    return np.split(samples, sorted(round(point * samples.size) for point in at))


@cache
def heart(rate, seconds, seed=1, condition="as"):
    """A noisy heart sound at any rate; read-only, as it is shared."""
    source = 4000 if rate < 8000 or rate % 4000 else 8000
    synthesizer = HeartSoundSynthesizer(SynthesisConfig(condition, rate=source, seed=seed, snr_db=25.0))
    count = int(seconds * rate)
    sound = synthesizer.read(int(seconds * source) + source)
    if rate % source == 0:
        sound = resample_poly(sound, rate // source, 1)
    elif rate != source:
        sound = np.interp(np.arange(count) / rate, np.arange(sound.size) / source, sound)
    sound = sound[:count].astype(np.float32).astype(np.float64)
    sound.flags.writeable = False
    return sound


@dataclass
class Heard:
    """All that a front end said of a stream."""

    filtered: np.ndarray
    windows: list = field(default_factory=list)
    images: list = field(default_factory=list)
    bad_samples: int = 0
    clipped_samples: int = 0

    def facts(self):
        """Everything but the arrays, for comparing with ==."""
        windows = [(w.start_s, w.end_s, w.heard_s, w.refused, w.notes) for w in self.windows]
        return windows, self.bad_samples, self.clipped_samples

    def bits(self):
        """The arrays, bit for bit."""
        signals = [window.signal.tobytes() for window in self.windows]
        return self.filtered.tobytes(), signals, [image.tobytes() for image in self.images]


def hear(rate, parts, hop_s=0.4, images=True):
    front_end = FrontEnd(rate, hop_s)
    filtered, heard, made = [], Heard(np.empty(0)), 0
    for processed in (*map(front_end.push, parts), front_end.flush()):
        assert processed.start == made
        made += processed.filtered.size
        filtered.append(processed.filtered)
        heard.windows += processed.windows
        heard.bad_samples += processed.bad_samples
        heard.clipped_samples += processed.clipped_samples
    heard.filtered = np.concatenate(filtered)
    assert front_end.heard_s == heard.filtered.size / 2000
    if images:
        heard.images = [front_end.image(window) for window in heard.windows]
    return heard
