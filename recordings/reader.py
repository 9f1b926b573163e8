"""The one reader of recordings: what libsndfile knows, WFDB and EDF, one channel, block by block."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from recordings.edf_file import EdfFile, is_edf
from recordings.faults import recording_error
from recordings.rates import MAX_RATE, MIN_RATE
from recordings.sample_width import whole_numbers
from recordings.signals import HEADER_SUFFIX, SIGNAL_SUFFIXES, SignalFile, locate
from recordings.wfdb_record import WfdbRecord

AUDIO_SUFFIXES: frozenset[str] = frozenset(
    {".aif", ".aifc", ".aiff", ".au", ".caf", ".flac", ".mp3", ".oga", ".ogg", ".opus"}
    | {".rf64", ".snd", ".w64", ".wav", ".wave"}
)
"""Lower-case file name suffixes under which `find_recordings` expects a recording."""

_LOUDNESS_SPAN_S = 60.0
# Values per read, all channels together: 1 MB, so that 1,024 channels cost no more than one.
_VALUES_PER_READ = 131_072
# Frames that are asked for beyond what the header promises: it may promise too little.
_BEYOND = 1024
# A quiet NaN with a payload no arithmetic produces: marks the values that a failed read left untouched.
_UNTOUCHED = np.uint64(0x7FF8_A05C_017A_7E57)
# Of a WAV file before its samples, as libsndfile writes it.
_HEADER_BYTES = 80
_WRITTEN_FORMATS = {".flac": "FLAC", ".wav": "WAV"}
_SAMPLE_BYTES = {
    "PCM_S8": 1, "PCM_U8": 1, "ULAW": 1, "ALAW": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4,
    "FLOAT": 4, "DOUBLE": 8,
}  # fmt: skip
_CLAMPED_DATA = re.compile(
    r"^\s*(?:data|SSND|Data Size)\s*: (\d{1,20}) \(should be (\d{1,20})\)", re.MULTILINE
)
# W64 and RF64 report the missing end on the outer chunk only.
_CLAMPED_FILE = re.compile(r"^\s*(?:riff|Riff size)\s*: (\d{1,20}) \(should be (\d{1,20})\)", re.MULTILINE)
_UNKNOWN_DATA = re.compile(r"^\s*Data Size\s*: -1$", re.MULTILINE)
_OGG_WITHOUT_END = re.compile(r"^Ogg ?: (?:Last page lacks|Junk after)", re.MULTILINE)


Channel = int | Literal["mono", "louder"]
"""A channel, counted from 1, the mean of all, or the one with the greater deviation."""


class Recording:
    """One channel of a sound file, WFDB record or EDF file, read forward in blocks and in constant memory.

    Made by `open`; a context manager that closes the file.

    Attributes:
        path: the file as it was given.
        rate: samples per second of the file, 1,000 to 192,000 Hz.
        channels: number of channels in the file; of signals of many kinds, those that are heart sounds.
        channel: the channel that is read, counted from 1, or "mono" for the mean of all.
        frames: samples per channel: what the header promises or, where libsndfile clamps an impossible
            promise to the data that is there, what can be read.
        duration_s: `frames` in seconds.
        open_ended: True where the header does not say how long the recording is, as streaming encoders
            leave it (a data size such as 0xFFFFFFFF, a FLAC without a total). Nothing is known to be missing.
    """

    def __init__(
        self, path: Path, handle: BinaryIO, sound: SignalFile, file: Path, signal: str | None
    ) -> None:
        self.path = path
        self._file, self._signal = file, signal
        self.rate: int = sound.samplerate
        self.channels: int = sound.channels
        self.channel: int | Literal["mono"] = 1
        self.frames: int = sound.frames
        self.open_ended: bool = False
        self._handle = handle
        self._sound: SignalFile | None = sound
        self._pending: NDArray[np.float64] = np.empty(0)
        self._frames_read = 0
        self._at_end = False
        self._truncated: str | None = None

    @classmethod
    def open(cls, path: str | os.PathLike[str], channel: Channel | None = None) -> Self:
        """Opens a recording and chooses its channel.

        Args:
            path: a sound file; its content decides the format, not its suffix. A WFDB record is named by its
                header, with or without `.hea`. Of an EDF file or a WFDB record the signals that are called
                heart sounds are its channels, or the only signal; another is named after a colon, as in
                `record.hea:PCG`.
            channel: the channel to read, counted from 1, or "mono" for the mean of all. "louder", like None,
                takes of several the one with the greatest standard deviation over the first 60 s (the lowest
                of equals): in a stereo file with one stethoscope the other channel is silent or holds the
                room.

        Returns:
            The recording, positioned at its first sample.

        Raises:
            RecordingError: the file is missing, unreadable, a folder, empty, not sound or damaged beyond use,
                holds no samples, has a rate outside 1,000 to 192,000 Hz, has no such channel or signal, or
                needs a library that is not installed.
        """
        path = Path(path)
        file, signal = locate(path)
        handle = _open_bytes(file)
        try:
            recording = cls(path, handle, _open_sound(path, handle, file, signal), file, signal)
            try:
                recording._prepare(channel)
            except BaseException:
                recording.close()
                raise
        except BaseException:
            handle.close()
            raise
        return recording

    @property
    def duration_s(self) -> float:
        """Length in seconds, as far as `frames` is true."""
        return self.frames / self.rate

    @property
    def truncated(self) -> str | None:
        """Says in a clause where the sound ends too early, or None.

        Known at once for formats whose header can be compared with the size of the file (WAV, AIFF, AU, W64,
        RF64, Ogg), and once reading has come to the end for the others (FLAC, MP3). What is there is read.
        """
        return self._truncated

    def blocks(self, frames_per_block: int) -> Iterator[NDArray[np.float64]]:
        """Yields the samples of the chosen channel from the current position on.

        Args:
            frames_per_block: samples per block, at least 1.

        Yields:
            Arrays of shape (frames_per_block,), the last one shorter, none empty. Full scale is ±1; files of
            floating-point samples pass their values through, beyond ±1, NaN and infinities included.

        Raises:
            ValueError: `frames_per_block` is below 1 or the recording is closed.
        """
        if frames_per_block < 1:
            raise ValueError(f"frames_per_block must be at least 1, not {frames_per_block}")
        while True:
            if len(self._pending) < frames_per_block:
                self._fill(frames_per_block)
            if not len(self._pending):
                return
            # Taken before it is given away, so that a later call goes on where a caller stopped.
            block, self._pending = self._pending[:frames_per_block].copy(), self._pending[frames_per_block:]
            yield block

    def rewind(self) -> None:
        """Goes back to the first sample.

        Raises:
            ValueError: the recording is closed.
            RecordingError: the file has meanwhile become unreadable.
        """
        self._opened().close()
        self._sound = None
        # A seek fails in files without a length; opening anew never does.
        self._handle.seek(0)
        self._sound = _open_sound(self.path, self._handle, self._file, self._signal)
        self._pending = np.empty(0)
        self._frames_read = 0
        self._at_end = False

    def close(self) -> None:
        """Closes the file; further reading raises ValueError."""
        if self._sound is not None:
            self._sound.close()
            self._sound = None
        self._pending = np.empty(0)
        self._handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self) -> SignalFile:
        if self._sound is None:
            raise ValueError(f"the recording {self.path} is closed")
        return self._sound

    def _prepare(self, channel: Channel | None) -> None:
        if not MIN_RATE <= self.rate <= MAX_RATE:
            raise recording_error(
                self.path,
                f"has a rate of {self.rate} Hz, outside {MIN_RATE} to {MAX_RATE} Hz; resample it",
            )
        if isinstance(channel, int) and not 1 <= channel <= self.channels:
            numbers = "channel 1, its only one" if self.channels == 1 else f"one of 1 to {self.channels}"
            raise recording_error(self.path, f"has no channel {channel}; choose {numbers}")
        first = self._read() if self.frames else np.empty((0, self.channels))
        if not len(first):
            raise recording_error(self.path, "holds no samples that can be read; record or export it again")
        if self.channels > 1 and channel in (None, "louder"):
            self.rewind()
            self.channel = self._loudest()
            self.rewind()
        else:
            self.channel = 1 if channel in (None, "louder") else channel
            # Not to be decoded again: of a short recording it is all there is.
            self._pending = self._chosen(first)
        self._compare_with_header()

    def _fill(self, frames: int) -> None:
        parts, available = [self._pending], len(self._pending)
        while available < frames and len(chunk := self._read()):
            parts.append(self._chosen(chunk))
            available += len(chunk)
        self._pending = np.concatenate(parts)

    def _chosen(self, chunk: NDArray[np.float64]) -> NDArray[np.float64]:
        return _mean(chunk) if self.channel == "mono" else chunk[:, self.channel - 1]

    def _read(self) -> NDArray[np.float64]:
        """Reads the next chunk of all channels, shape (n, channels); n is 0 only at the end."""
        sound = self._opened()
        if self._at_end:
            return np.empty((0, self.channels))
        left = max(self.frames - self._frames_read, 0)
        frames = max(1, min(_VALUES_PER_READ // self.channels, left + _BEYOND))
        buffer = np.empty((frames, self.channels))
        marks = buffer.view(np.uint64)
        marks[:] = _UNTOUCHED
        failed = False
        try:
            chunk = sound.read(len(buffer), out=buffer)
        except (sf.SoundFileError, OSError, RuntimeError):
            # The decoder fills the buffer up to the damage and then fails as a whole.
            failed = True
            touched = np.flatnonzero((marks != _UNTOUCHED).all(axis=1))
            chunk = buffer[: touched[-1] + 1 if len(touched) else 0]
        self._frames_read += len(chunk)
        if failed or not len(chunk):
            self._at_end = True
            self._compare_with_read(failed)
        return chunk

    def _loudest(self) -> int:
        """Finds the channel, counted from 1, with the greatest standard deviation over the first 60 s."""
        left = int(_LOUDNESS_SPAN_S * self.rate)
        count, total, squares = 0, np.zeros(self.channels), np.zeros(self.channels)
        shift: NDArray[np.float64] | None = None
        while left > 0 and len(chunk := self._read()):
            # One broken value of a floating-point file must not decide for or against its channel.
            values = np.clip(np.nan_to_num(chunk[:left]), -1e6, 1e6)
            if shift is None:
                shift = values.mean(axis=0)
            values -= shift
            count += len(values)
            total += values.sum(axis=0)
            squares += np.square(values).sum(axis=0)
            left -= len(values)
        return int(np.argmax(squares / count - (total / count) ** 2)) + 1

    def _compare_with_header(self) -> None:
        """Finds out from what libsndfile noticed while opening whether the data is shorter than promised."""
        notes = self._opened().extra_info
        if self.frames > 2**48:
            self.open_ended = True
            self.frames = self._count()
            return
        found = _CLAMPED_DATA.search(notes) or _CLAMPED_FILE.search(notes)
        if found:
            promised, present = int(found[1]), int(found[2])
            if _is_placeholder(promised):
                self.open_ended = True
            elif promised > present > 0:
                sample_bytes = _SAMPLE_BYTES.get(self._opened().subtype)
                per_frame = sample_bytes * self.channels if sample_bytes else present / self.frames
                missing = round((promised - present) / per_frame)
                if missing > 0:
                    self._truncated = _ends_early("the file", self.frames, self.frames + missing, self.rate)
        elif _UNKNOWN_DATA.search(notes):
            self.open_ended = True
        elif _OGG_WITHOUT_END.search(notes):
            self._truncated = f"the file ends at {self.duration_s:.2f} s in the middle of its data"

    def _count(self) -> int:
        """Counts the samples of a file that does not say how many it has, and rewinds."""
        while len(self._read()):
            pass
        count = self._frames_read
        self.rewind()
        return count

    def _compare_with_read(self, failed: bool) -> None:
        if self._truncated is None and not self.open_ended and self._frames_read < self.frames <= 2**48:
            what = "the readable part of the file" if failed else "the file"
            self._truncated = _ends_early(what, self._frames_read, self.frames, self.rate)


def _mean(chunk: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", over="ignore"):  # of infinities, which a file of floats may hold
        return chunk.mean(axis=1)


def find_recordings(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Finds the recordings in a folder and its subfolders.

    Args:
        folder: where to look.

    Yields:
        Files with one of `AUDIO_SUFFIXES` or `SIGNAL_SUFFIXES` (in any case), sorted by their path below the
        folder; of a WFDB header beside a sound file of the same name, the sound file alone. Hidden files and
        folders are skipped, symbolic links to folders are not followed.

    Raises:
        RecordingError: the folder or one of its subfolders cannot be listed; leaving out recordings in
            silence would falsify a screening.
    """
    root = Path(folder)

    def refuse(error: OSError) -> None:
        raise recording_error(
            Path(error.filename or root), f"cannot be listed ({error.strerror}); check the folder"
        ) from error

    found: list[Path] = []
    for parent, folders, files in os.walk(root, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        sounds = {Path(name).stem for name in files if Path(name).suffix.lower() in AUDIO_SUFFIXES}
        for name in files:
            path = Path(parent, name)
            suffix = path.suffix.lower()
            if suffix == HEADER_SUFFIX and path.stem in sounds:
                continue
            if not name.startswith(".") and suffix in AUDIO_SUFFIXES | SIGNAL_SUFFIXES and path.is_file():
                found.append(path)
    yield from sorted(found, key=lambda path: path.relative_to(root).as_posix())


def write_recording(
    path: str | os.PathLike[str],
    blocks: Iterable[NDArray[np.float64]],
    rate: int,
    floating: bool = False,
    bits: int = 16,
) -> None:
    """Writes a mono recording, FLAC or WAV by suffix.

    The same input gives the same bytes, however it is cut into blocks. The file takes its name only when it
    is complete, so an interruption leaves no half recording behind.

    Args:
        path: the file to write, ending in .flac or .wav; an existing one is replaced.
        blocks: samples in order, each array of shape (n,), full scale ±1. Values beyond are clipped, NaN
            becomes 0.
        rate: samples per second, Hz.
        floating: write 32-bit floating point instead, which holds NaN and values beyond full scale; only
            WAV does.
        bits: per sample otherwise: 16, 24, or in WAV 32.

    Raises:
        RecordingError: the suffix is another, the format cannot hold the rate or the samples, or the file
            cannot be written.
        ValueError: a block is not one-dimensional.
    """
    path = Path(path)
    kind = _WRITTEN_FORMATS.get(path.suffix.lower())
    if kind is None:
        raise recording_error(path, "has a suffix that cannot be written; use .flac or .wav")
    if floating and kind != "WAV":
        raise recording_error(path, f"{kind} holds no samples that are not a number; use .wav")
    if bits > 24 and kind != "WAV":
        raise recording_error(path, f"{kind} holds no samples of {bits} bits; use .wav")
    # The widest rate field both headers have in practice; libsndfile stores what is beyond it in silence.
    if not 1 <= rate <= 655_350:
        raise recording_error(path, f"cannot hold a rate of {rate} Hz; choose 1 to 655350 Hz")
    part = path.with_name(f".{path.name}.part")
    try:
        with (
            part.open("w+b", buffering=0) as handle,
            sf.SoundFile(
                handle.fileno(),
                "w",
                rate,
                1,
                "FLOAT" if floating else f"PCM_{bits}",
                format=kind,
                closefd=False,
            ) as sound,
        ):
            for block in blocks:
                sound.write(_to_float32(block) if floating else _to_int(block, bits))
        if floating:
            _forget_time(part)
        part.replace(path)
    except (sf.SoundFileError, AssertionError) as error:
        raise recording_error(
            path,
            f"cannot be written as {kind} at {rate} Hz{_reason(error)}; check the rate and the free space",
        ) from error
    except OSError as error:
        raise recording_error(
            path, f"cannot be written ({error.strerror}); choose a folder you may write to"
        ) from error
    finally:
        _discard(part)


def _forget_time(path: Path) -> None:
    """Blank the time at which the file was written, which libsndfile notes beside the peak."""
    with path.open("r+b") as handle:
        chunk = handle.read(_HEADER_BYTES).find(b"PEAK")
        if chunk >= 0:
            handle.seek(chunk + 12)  # past the chunk's name, its size and its version
            handle.write(bytes(4))


def _one_dimensional(block: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.asarray(block, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"a block must be one-dimensional, not of shape {values.shape}")
    return values


def _to_float32(block: NDArray[np.float64]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return _one_dimensional(block).astype(np.float32)


def _to_int(block: NDArray[np.float64], bits: int) -> NDArray[np.int16] | NDArray[np.int32]:
    numbers = whole_numbers([_one_dimensional(block)], bits)
    # libsndfile takes the upper bits of wider numbers.
    return numbers.astype(np.int16) if bits == 16 else numbers << (32 - bits)


def _discard(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        # The fault that kept the file from being written is the one to report.
        return


def _open_bytes(path: Path) -> BinaryIO:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise recording_error(path, "is a folder; name a sound file in it")
        if not stat.S_ISREG(status.st_mode):
            # Opening a pipe would wait for ever.
            raise recording_error(path, "is not a regular file; name a sound file")
        if status.st_size == 0:
            raise recording_error(path, "is empty (0 bytes); record or copy it again")
        return path.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise recording_error(path, "does not exist; check the name") from error
    except PermissionError as error:
        raise recording_error(path, "may not be read; change its permissions") from error
    except OSError as error:
        raise recording_error(path, f"cannot be opened ({error.strerror}); check the name") from error
    except ValueError as error:
        raise recording_error(path, f"cannot be opened ({error}); check the name") from error


def _open_sound(path: Path, handle: BinaryIO, file: Path, signal: str | None) -> SignalFile:
    if file.suffix.lower() == HEADER_SUFFIX:
        return WfdbRecord(path, file, signal)
    beginning = handle.read(8)
    handle.seek(0)
    if is_edf(beginning):
        return EdfFile(path, file, signal)
    try:
        # By descriptor: given a name, libsndfile believes some suffixes and reads any bytes as sound.
        return sf.SoundFile(handle.fileno(), closefd=False)
    except (sf.SoundFileError, OSError, RuntimeError, TypeError, ValueError) as error:
        if getattr(error, "code", None) == 1:
            raise recording_error(
                path, "is not a sound file that can be read; convert it to WAV or FLAC"
            ) from error
        raise recording_error(
            path, f"has a damaged or incomplete header{_reason(error)}; copy or export it again"
        ) from error


def _is_placeholder(size: int) -> bool:
    """Whether a data size is one that encoders write when they cannot know it (2 or 4 GiB, less a header)."""
    return 0x7FFF_0000 <= size <= 0x8000_FFFF or size >= 0xFFFF_0000


def _ends_early(what: str, frames: int, promised: int, rate: int) -> str:
    return f"{what} ends at {frames / rate:.2f} s although its header promises {promised / rate:.2f} s"


def _reason(error: BaseException) -> str:
    text = str(getattr(error, "error_string", "") or "")
    if "does not exist" in text:  # libsndfile's word for one that its decoder does not take
        return ""
    text = "".join(sign for sign in " ".join(text.split()) if sign.isprintable()).rstrip(".")
    if not text:
        return ""
    return f" ({text[:80]})"
