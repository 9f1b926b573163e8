"""The beat that a heart makes again and again: the mean of the last good ones, aligned at S1."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from dsp.beats import HeartSound
from dsp.history import SignalHistory

RATE = 2000
"""Samples a second of what is averaged."""

BEATS = 16
"""Beats that are averaged where nobody says otherwise."""

STEP_S = 0.016
"""Between columns of the spectrogram, in seconds."""

BIN_HZ = 15.625
"""Between its rows, in hertz."""

_FRAME, _STEP = 128, 32
_WINDOW = np.hanning(_FRAME + 2)[1:-1]
_SILENCE = 1e-20

_BLOCK = RATE
# Sounds are settled some two seconds late, and the longest beat lasts as long again.
_KEPT = 12 * RATE
_SHORTEST_S, _LONGEST_S = 0.25, 2.4

# The onset of S1 is some 20 ms unsure: the sound itself says by how much.
_SHIFT = 80
_ALIGNED = 300
_MARGIN = _SHIFT + _FRAME // 2

_FEWEST_KNOWN = 3
_OTHER_LENGTH = 0.2  # of the median interval
_OTHER_LOUDNESS = 3.0
_OTHER_SHAPE = 0.6
_ENVELOPE = 40


@dataclass(frozen=True, eq=False)
class AverageBeat:
    """The mean of some beats, from the onset of S1 to that of the next.

    Where the longer ones go on, they are the mean alone.

    Attributes:
        waveform: Shape (n,), at ``RATE``, as long as the longest beat.
        variation: Shape (n,), standard deviation of the beats about it.
        spectrogram_db: Shape (65, m), mean power in decibels, a column every ``STEP_S``, the first at the
            onset of S1; a row every ``BIN_HZ`` from 0 to 1000 Hz.
        second_sound_s: Mean time from the onset of S1 to that of S2, in seconds.
        interval_s: Mean time from the onset of S1 to that of the next, in seconds.
        beats: How many beats.
    """

    waveform: NDArray[np.float64]
    variation: NDArray[np.float64]
    spectrogram_db: NDArray[np.float64]
    second_sound_s: float
    interval_s: float
    beats: int


@dataclass(frozen=True, eq=False)
class _Beat:
    waveform: NDArray[np.float64]
    power: NDArray[np.float64]
    second_sound_s: float
    loudness: float


class BeatAverage:
    """Averages the last good beats of a stream, in constant memory.

    A beat counts where its length, its loudness and its envelope are near those of the others. Where as many
    in a row as are averaged are unlike the ones before, those are forgotten: the chest piece has moved. The
    same stream gives the same average, however it is cut.

    Args:
        beats: How many are averaged, at least 1.

    Raises:
        ValueError: ``beats`` is less.
    """

    def __init__(self, beats: int = BEATS) -> None:
        if beats < 1:
            raise ValueError(f"beats must be at least 1, not {beats}")
        self._most = beats
        self._history = SignalHistory(2 * _KEPT)
        self.reset()

    def reset(self, origin_s: float = 0.0) -> None:
        """Start anew, at the beginning of a stream or after a gap.

        Args:
            origin_s: Time of the next sample on the source's clock, in seconds.
        """
        self._origin_s = origin_s
        self._history.clear()
        self._sounds: deque[HeartSound] = deque()
        self._intervals: deque[float] = deque(maxlen=self._most)
        self._good: deque[_Beat] = deque(maxlen=self._most)
        self._unlike = 0

    def push(self, samples: NDArray[np.floating], sounds: Sequence[HeartSound] = ()) -> int:
        """Take the next samples, and the sounds that are settled since.

        Args:
            samples: Shape (n,), bandpassed, at ``RATE``.
            sounds: S1 and S2 in order, on the source's clock, each once; they may lie up to nine seconds
                back, or ahead.

        Returns:
            Good beats that came of it.
        """
        self._sounds.extend(sounds)
        good = self._take()
        for begin in range(0, samples.size, _BLOCK):
            self._history.append(samples[begin : begin + _BLOCK])
            good += self._take()
            self._history.forget_before(self._history.end - _KEPT)
        return good

    def average(self) -> AverageBeat | None:
        """The average so far; None while there is no good beat."""
        if not self._good:
            return None
        power = _mean([beat.power.T for beat in self._good]).T
        waveform = _mean([beat.waveform for beat in self._good])
        deviations = [beat.waveform - waveform[: beat.waveform.size] for beat in self._good]
        return AverageBeat(
            waveform=waveform,
            variation=np.sqrt(_mean([np.square(deviation) for deviation in deviations])),
            spectrogram_db=10 * np.log10(power + _SILENCE),
            second_sound_s=float(np.mean([beat.second_sound_s for beat in self._good])),
            interval_s=float(np.mean([beat.waveform.size for beat in self._good])) / RATE,
            beats=len(self._good),
        )

    def _take(self) -> int:
        """Work on the beats that have been heard to their end."""
        good = 0
        while len(self._sounds) >= 3:
            first, second, third = islice(self._sounds, 3)
            if (first.sound, second.sound, third.sound) != ("S1", "S2", "S1"):
                self._sounds.popleft()
                continue
            if self._index(third.start_s) + _MARGIN + _SHIFT > self._history.end:
                break
            self._sounds.popleft()
            good += self._weigh(first.start_s, second.start_s, third.start_s)
        return good

    def _index(self, time_s: float) -> int:
        return round((time_s - self._origin_s) * RATE)

    def _weigh(self, first_s: float, second_s: float, third_s: float) -> bool:
        """Whether a beat is good; it is kept then."""
        interval = third_s - first_s
        begin, length = self._index(first_s) - _MARGIN, round(interval * RATE)
        forgotten = self._history.end - _KEPT
        if begin < max(0, forgotten) or not _SHORTEST_S <= interval <= _LONGEST_S:
            return False
        known = len(self._intervals) >= _FEWEST_KNOWN
        usual = float(np.median(self._intervals)) if known else interval
        self._intervals.append(interval)
        if abs(interval - usual) > _OTHER_LENGTH * usual:
            return False
        heard = self._history.span(begin, begin + length + 2 * _MARGIN + _SHIFT).astype(np.float64)
        beat = self._aligned(heard, length, second_s - first_s)
        if self._is_like_others(beat):
            self._unlike = 0
        else:
            self._unlike += 1
            if self._unlike < self._most:
                return False
            self._good.clear()
            self._unlike = 0
        self._good.append(beat)
        return True

    def _aligned(self, heard: NDArray[np.float64], length: int, second_sound_s: float) -> _Beat:
        shift = _SHIFT
        if self._good:
            mean = _mean([beat.waveform[:_ALIGNED] for beat in self._good])
            near = heard[_FRAME // 2 : _FRAME // 2 + mean.size + 2 * _SHIFT]
            shift = int(np.argmax(np.correlate(near, mean, "valid")))
        begin = _FRAME // 2 + shift
        waveform = heard[begin : begin + length]
        frames = np.lib.stride_tricks.sliding_window_view(heard[shift : shift + length + _FRAME], _FRAME)
        power = np.square(np.abs(rfft(frames[:length:_STEP] * _WINDOW, axis=1))).T
        loudness = float(np.sqrt(np.mean(np.square(waveform))))
        return _Beat(waveform, power, second_sound_s + (_SHIFT - shift) / RATE, loudness)

    def _is_like_others(self, beat: _Beat) -> bool:
        if len(self._good) < min(_FEWEST_KNOWN, self._most):
            return True
        usual = float(np.median([other.loudness for other in self._good]))
        if not usual / _OTHER_LOUDNESS <= beat.loudness <= usual * _OTHER_LOUDNESS:
            return False
        others = _mean([_envelope(other.waveform) for other in self._good])
        own = _envelope(beat.waveform)
        shared = min(own.size, others.size)
        own, others = own[:shared] - own[:shared].mean(), others[:shared] - others[:shared].mean()
        scale = float(np.linalg.norm(own) * np.linalg.norm(others))
        return float(own @ others) >= _OTHER_SHAPE * scale


def _envelope(waveform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean magnitude of each 20 ms."""
    whole = waveform[: waveform.size // _ENVELOPE * _ENVELOPE]
    return np.abs(whole).reshape(-1, _ENVELOPE).mean(axis=1)


def _mean(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Mean along the first axis of arrays of different length, each for as long as it goes on."""
    longest = max(len(part) for part in parts)
    total = np.zeros((longest, *parts[0].shape[1:]))
    count = np.zeros((longest, *[1] * (total.ndim - 1)))
    for part in parts:
        total[: len(part)] += part
        count[: len(part)] += 1
    return total / count
