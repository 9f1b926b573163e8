"""A person at a screen of their own: sees pixels, presses keys, moves a mouse, and knows nothing else."""

import os
import subprocess
import time

import numpy as np
from PySide6.QtGui import QImage
from scipy import ndimage

from tests.monitor.sound_server import until

PATIENCE_S = 120.0
"""How long something may take on a machine that is busy with other things."""

EVERY_S = 0.1
"""Between two looks."""


class Screen:
    """A private Xvfb on whichever display is free.

    Args:
        folder: The picture is kept there.
        width: In pixels.
        height: In pixels.
    """

    def __init__(self, folder, width, height):
        self.width, self.height = width, height
        self._folder = folder
        self.display = ""

    def __enter__(self):
        read, write = os.pipe()
        size = f"{self.width}x{self.height}x24"
        self._process = subprocess.Popen(
            [
                *["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-dpi", "96"],
                *["-nolisten", "tcp", "-fbdir", str(self._folder)],
            ],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as told:
            self.display = f":{told.readline().strip()}"
        assert self.display != ":", "Xvfb ended"
        # X's own dump of a window: a header, then the lines, 32 bits a pixel.
        dump = np.memmap(self._folder / "Xvfb_screen0", np.uint8, "r")
        size = 4 * self.width * self.height
        self._pixels = dump[dump.size - size :].view("<u4").reshape(self.height, self.width)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()

    def picture(self):
        """What it shows now, as 0xRRGGBB, one row a line."""
        return np.array(self._pixels & 0xFFFFFF)


class Person:
    """Works with the windows of one screen, from outside.

    Without a window manager nobody gives the keyboard to a window that opens: ``turn_to`` does.

    Args:
        screen: Looked at.
    """

    def __init__(self, screen):
        self.screen = screen
        self._environment = {**os.environ, "DISPLAY": screen.display}

    def turn_to(self, title=".", other_than=None):
        """Wait for a window, give it the keyboard, and say which it is.

        Args:
            title: A regular expression.
            other_than: A window that is not meant.
        """

        def seen():
            found = self._do("search", "--onlyvisible", "--name", title, check=False).split()
            return [window for window in found if window != other_than]

        (window,) = until(seen, f"a window {title!r}", PATIENCE_S, EVERY_S)
        self._do("windowfocus", "--sync", window)
        return window

    def resize(self, window, width, height):
        """Drag a window's corner, its upper left one in the screen's."""
        self._do("windowmove", window, "0", "0", "windowsize", window, str(width), str(height))

    def press(self, *keys):
        """Press keys one after the other, by their names in X11, as in ``ctrl+e``."""
        self._do("key", "--clearmodifiers", *keys)

    def write(self, words):
        """Type on the keyboard."""
        self._do("type", "--delay", "20", words)

    def click(self, x, y, times=1):
        """Press the mouse's left button at a place of the screen, in pixels."""
        self._do("mousemove", str(x), str(y), "click", "--repeat", str(times), "--delay", "80", "1")

    def see(self, area=None):
        """What a part of the screen shows.

        Args:
            area: Left, top, right and bottom in pixels; None for all of it.
        """
        left, top, right, bottom = area or (0, 0, self.screen.width, self.screen.height)
        return self.screen.picture()[top:bottom, left:right]

    def until_seen(self, area, before, what):
        """Wait until a part of the screen is other than it was."""
        until(lambda: not np.array_equal(self.see(area), before), what, PATIENCE_S, EVERY_S)

    def until_still(self, area, for_s):
        """Wait until a part of the screen has not changed for so long; returns how it is."""
        seen, since = self.see(area), time.monotonic()

        def still():
            nonlocal seen, since
            now = self.see(area)
            if not np.array_equal(now, seen):
                seen, since = now, time.monotonic()
            return time.monotonic() - since > for_s

        until(still, "a picture that stands still", PATIENCE_S, EVERY_S)
        return seen

    def boxes(self, colour, area, least):
        """Middles of the areas of one colour, such as buttons, line by line, in pixels of the screen.

        Args:
            colour: 0xRRGGBB.
            area: As for ``see``.
            least: Their width and height at the least, in pixels.
        """
        parts, _ = ndimage.label(self.see(area) == colour)
        found = [
            (area[1] + (down.start + down.stop) // 2, area[0] + (along.start + along.stop) // 2)
            for down, along in ndimage.find_objects(parts)
            if down.stop - down.start >= least and along.stop - along.start >= least
        ]
        return [(x, y) for y, x in sorted(found)]

    def photograph(self, path):
        """Keep what the screen shows as a file."""
        seen = np.ascontiguousarray(self.screen.picture() | 0xFF000000)
        height, width = seen.shape
        assert QImage(seen.data, width, height, 4 * width, QImage.Format.Format_RGB32).save(str(path))

    def _do(self, *words, check=True):
        done = subprocess.run(
            ["xdotool", *words], env=self._environment, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout
