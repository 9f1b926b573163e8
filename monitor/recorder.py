"""Raw sound written to files that survive whatever ends the program."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from monitor.new_file import write_error
from monitor.recorded_file import RecordedFile
from monitor.ring import Ring

FLUSH_S = 0.25
"""Between two times that what was heard is written: killed, the program loses this and one write at most."""

SYNC_S = 0.5
"""Between two times that the disk is told to keep what was written, so that it outlives a loss of power."""

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
    the place of their first sample on that clock.

    While it records the machine is kept from falling asleep, where the platform allows it. When the disk is
    full or the folder is gone the recorder stops and says why; the stream goes on.

    Args:
        ring: Of a session.
        rate: Samples a second.
        folder: Where the files go; made if missing.
        first: Place on the source's clock of the first sample to be written.

    Attributes:
        files: What was written, in order.
        written: Samples on the disk, silence in gaps included.
        missed: Samples of the source's clock that the ring had given up before they could be written.
        failure: Why it stopped, in one line; empty otherwise.
    """

    def __init__(self, ring: Ring, rate: int, folder: Path, first: int = 0) -> None:
        self._ring, self._rate, self._folder = ring, rate, folder
        self._file: sf.SoundFile | None = None
        self._in_file = 0
        self._next = first
        self._until: int | None = None
        self._by_hand = self._closed = False
        self._over, self._ended = threading.Event(), threading.Event()
        self._swapping = threading.Lock()  # of one file for another
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._guard = threading.Thread(target=self._keep_safe, name="guard of the recording", daemon=True)
        self.files: list[Path] = []
        self.written = self.missed = 0
        self.failure = ""

    def start(self, by_hand: bool = False, checked: bool = True) -> None:
        """Begin.

        Args:
            by_hand: Somebody calls ``take`` as often as the ring must be read, and stops on the same thread;
                this has none of its own.
            checked: Make the first file now, so that what is wrong with the disk is raised; otherwise it is a
                failure like any later one, and nobody waits for the disk.

        Raises:
            RecorderError: The folder or a file in it cannot be made.
        """
        if checked:
            try:
                self._begin_file(self._next)
            except OSError as error:
                raise RecorderError(
                    f"{self._folder}: cannot be recorded to ({error.strerror or error}); "
                    "choose another folder"
                ) from None
        self._by_hand = by_hand
        if not by_hand:
            self._thread.start()
        self._guard.start()

    def end(self) -> None:
        """Write what has come until now and no more; returns at once."""
        if self._until is None:
            self._until = self._ring.end
        self._over.set()

    def stop(self) -> None:
        """Write what the ring still holds and close the file. Harmless when it has stopped."""
        self.end()
        if self._by_hand:
            self.take()
        elif self._thread.ident is not None:
            self._thread.join(_JOIN_S)
        self._ended.set()
        if self._guard.ident is not None:
            self._guard.join(_JOIN_S)

    def take(self) -> None:
        """Write what the ring holds; for the last time once it is to end."""
        over = self._over.is_set()
        if not (self._closed or self.failure):
            self._take()
        if over or self.failure:
            self._closed = True
            self._close()
            self._ended.set()

    def _run(self) -> None:
        while not self._closed:
            self._over.wait(FLUSH_S)
            self.take()

    def _keep_safe(self) -> None:
        """Keep the machine awake and what was written safe: what may take long, and nothing waits for it."""
        from wakepy import keep

        # A machine that cannot be kept awake records all the same.
        with keep.running(on_fail="pass"):
            while not self._ended.wait(SYNC_S):
                self._sync()

    def _sync(self) -> None:
        with self._swapping:
            descriptor = None if self._file is None else os.dup(self._descriptor)
        if descriptor is not None:
            with suppress(OSError):  # which writing finds as well
                os.fsync(descriptor)
            os.close(descriptor)

    def _take(self) -> None:
        chunk = self._ring.since(self._next)
        if self._until is not None:
            chunk = replace(chunk, samples=chunk.samples[: max(0, self._until - chunk.start)])
        samples, begins_anew = chunk.samples, chunk.start > self._next
        self.missed += chunk.start - self._next
        self._next = chunk.end
        try:
            if self._file is None or begins_anew:
                self._begin_file(chunk.start)
            while samples.size:
                if self._in_file >= SEGMENT_S * self._rate:
                    self._begin_file(chunk.end - samples.size)
                part = samples[: SEGMENT_S * self._rate - self._in_file]
                self._write(part)
                samples = samples[part.size :]
        except OSError as error:
            where = self.files[-1] if self.files else self._folder
            self.failure = (
                f"recording stopped: {where} cannot be written ({error.strerror or error}); "
                "free space or choose another folder"
            )

    def _begin_file(self, first: int) -> None:
        self._close()
        if self.files and not self._in_file:
            self.files.pop().unlink(missing_ok=True)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = RecordedFile.beginning(self._folder, first).path
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            file = sf.SoundFile(descriptor, "w", self._rate, 1, _SUBTYPE, format="WAV", closefd=True)
        except sf.SoundFileError as error:
            raise OSError(str(error)) from None
        self._in_file = 0
        with self._swapping:
            self._file, self._descriptor, self._identity = file, descriptor, os.fstat(descriptor)
        self.files.append(path)

    def _write(self, samples: NDArray[np.float32]) -> None:
        assert self._file is not None
        sound = np.clip(np.nan_to_num(samples), -1, 1)
        try:
            self._file.write(sound)
            self._file.flush()
        except (sf.SoundFileError, AssertionError) as error:  # of fewer samples written than given
            raise write_error(error, self._folder) from None
        # A file that was deleted can still be written; nobody will ever find it.
        if not os.path.samestat(self._identity, self.files[-1].stat()):
            raise OSError("it was replaced")
        self._in_file += samples.size
        self.written += samples.size

    def _close(self) -> None:
        with self._swapping:
            file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # a full disk; what was flushed is there
                os.fsync(self._descriptor)
            with suppress(sf.SoundFileError, OSError):
                file.close()
