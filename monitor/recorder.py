"""Raw sound written to files that survive whatever ends the program."""

from __future__ import annotations

import os
import secrets
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from monitor.ring import Ring

FLUSH_S = 0.25
"""Between two times that what was heard is put on the disk: no more than this and one write can be lost."""

SEGMENT_S = 3600
"""Longest file; of more than six hours a WAV file could not tell its own length."""

_SUBTYPE = "PCM_24"
_JOIN_S = 10.0


class RecorderError(Exception):
    """Nothing can be recorded; one line that says what to do."""


class Recorder:
    """Writes what a ring is given, at the source's own rate, as WAV of 24 bit, on a thread of its own.

    The ring is read without taking anything from it, and never waited for: the disk may stall as long as
    the ring reaches back. Each file is whole at any moment but for the last half second: its length is
    written with every flush. A gap is silence, so that a file's samples keep their places on the source's
    clock; one longer than the ring begins another file. Files are the user's own (mode 600), and named by
    the time and at random.

    When the disk is full or the folder is gone the recorder stops and says why; the stream goes on.

    Args:
        ring: Of a session.
        rate: Samples a second.
        folder: Where the files go; made if missing.

    Attributes:
        files: What was written, in order.
        written: Samples on the disk, silence in gaps included.
        missed: Samples of the source's clock that the ring had given up before they could be written.
        failure: Why it stopped, in one line; empty otherwise.
    """

    def __init__(self, ring: Ring, rate: int, folder: Path) -> None:
        self._ring, self._rate, self._folder = ring, rate, folder
        self._file: sf.SoundFile | None = None
        self._in_file = 0
        self._next = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self.files: list[Path] = []
        self.written = self.missed = 0
        self.failure = ""

    def start(self) -> None:
        """Make the first file and begin.

        Raises:
            RecorderError: The folder or a file in it cannot be made.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._begin_file()
        except OSError as error:
            raise RecorderError(
                f"{self._folder}: cannot be recorded to ({error.strerror or error}); choose another folder"
            ) from None
        self._thread.start()

    def stop(self) -> None:
        """Write what the ring still holds and close the file. Harmless when it has stopped."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        over = False
        while not over and not self.failure:
            over = self._over.wait(FLUSH_S)
            self._take()
        self._close()

    def _take(self) -> None:
        chunk = self._ring.since(self._next)
        samples, begins_anew = chunk.samples, chunk.start > self._next
        self.missed += chunk.start - self._next
        self._next = chunk.end
        try:
            if begins_anew and self._in_file:
                self._begin_file()
            while samples.size:
                if self._in_file >= SEGMENT_S * self._rate:
                    self._begin_file()
                part = samples[: SEGMENT_S * self._rate - self._in_file]
                self._write(part)
                samples = samples[part.size :]
        except OSError as error:
            self.failure = (
                f"recording stopped: {self.files[-1]} cannot be written ({error.strerror or error}); "
                "free space or choose another folder"
            )

    def _begin_file(self) -> None:
        self._close()
        part = f"-{len(self.files) + 1}" if self.files else ""
        path = self._folder / f"{self._name}{part}.wav"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            self._file = sf.SoundFile(descriptor, "w", self._rate, 1, _SUBTYPE, format="WAV", closefd=True)
        except sf.SoundFileError as error:
            raise OSError(str(error)) from None
        self._in_file = 0
        self._identity = os.fstat(descriptor)
        self.files.append(path)

    def _write(self, samples: NDArray[np.float32]) -> None:
        assert self._file is not None
        sound = np.clip(np.nan_to_num(samples), -1, 1)
        try:
            self._file.write(sound)
            self._file.flush()
        except (sf.SoundFileError, AssertionError) as error:  # of fewer samples written than given
            raise OSError(str(error) or "no space left") from None
        # A file that was deleted can still be written; nobody will ever find it.
        if not os.path.samestat(self._identity, self.files[-1].stat()):
            raise OSError("it was replaced")
        self._in_file += samples.size
        self.written += samples.size

    def _close(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            with suppress(sf.SoundFileError, OSError):  # a full disk; what was flushed is there
                file.close()
