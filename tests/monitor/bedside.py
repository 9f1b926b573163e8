"""A bedside: the program on a screen, a person before it, a stethoscope on a chest, and what is kept."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from monitor.dashboard.theme import DARK, GRID
from monitor.examination_record import SITES
from monitor.examination_store import ExaminationStore
from monitor.session_store import DATABASE, SessionStore
from tests.monitor.person import EVERY_S, PATIENCE_S, Person
from tests.monitor.sound_server import Chest, until

RATE = 48_000
SITE_S = 120.0
"""For a site, which needs 22 s of sound, on a machine that is busy with other things."""

_STORE_EVERY_S = 0.5
_DEVICE = """
pcm.stethoscope { type pulse device "st" hint { show on description "Stethoscope" } }
"""


class Bedside:
    """Places on the screen are asked for in pixels, as ``Person.see`` takes them.

    Args:
        server: Of the sound; a stethoscope and a loudspeaker are added.
        folder: Holds what is kept, and the pictures unless ``AUSCULT_SCREENSHOTS`` names another.
        screen: The program's own.
        scale: Pixels to a logical one.
        theme: The one that the person chooses.

    Attributes:
        person: Before the screen.
        chest: Under the stethoscope.
        theme: As given.
        folder: As given.
    """

    def __init__(self, server, folder, screen, scale, theme):
        self.person, self.chest = Person(screen), Chest(server, RATE)
        self.folder, self.theme = folder, theme
        self._server, self._screen, self._scale = server, screen, scale
        self._width, self._height = screen.width // scale, screen.height // scale
        self._name = f"{screen.width}x{screen.height}@{scale} {theme.name}"
        self._pictures = 0

    def __enter__(self):
        server = self._server
        server.add_stethoscope(RATE)
        server.add_loudspeaker()
        (server.folder / ".asoundrc").write_text(_DEVICE)
        own = {
            **server.environment,
            "DISPLAY": self._screen.display,
            "QT_SCALE_FACTOR": str(self._scale),
            "XDG_DATA_HOME": str(self.folder / "share"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }
        # Qt remarks on letters that are not UTF-8; the language may be that of a locale which is not there.
        own |= {"LANG": own.get("LC_ALL") or own.get("LANG", ""), "LC_CTYPE": "C.UTF-8"}
        for other in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "LC_ALL"):
            own.pop(other, None)
        self._program = subprocess.Popen(
            [sys.executable, "-m", "monitor.cli", "monitor", "--source", "mic:stethoscope"],
            env=own,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.chest.__enter__()
        return self

    def __exit__(self, *_):
        if self._program.poll() is None:
            # The test has failed: what did the person see?
            self.person.photograph(self._next_picture("left"))
            self._program.kill()
        self.chest.__exit__()
        self._program.communicate()

    def ended(self):
        """Wait for the program's end: its exit status, and what it said in the terminal."""
        out, err = self._program.communicate(timeout=PATIENCE_S)
        return self._program.returncode, out, err

    # The screen

    @property
    def column(self):
        """Where an examination is."""
        return self._area(0, 10 * GRID, 30 * GRID, self._height - 15 * GRID)

    @property
    def torso(self):
        """Of an examination, the drawn chest."""
        return self._area(0, 12 * GRID, 30 * GRID, 40 * GRID)

    @property
    def advice(self):
        """Below the chest: what to do, and what helps."""
        return self._area(0, 44 * GRID, 30 * GRID, 60 * GRID)

    @property
    def verdict(self):
        """Shape, word, probability and reason."""
        return self._area(self._width - 34 * GRID, 10 * GRID, self._width - 2 * GRID, 45 * GRID)

    @property
    def plots(self):
        """Of the waveform and the spectrogram, what is never hidden."""
        return self._area(self._width // 2, 10 * GRID, self._width - 42 * GRID, 0.6 * self._height)

    @property
    def card(self):
        """Where the list of examinations opens while there is no column."""
        return self._area(0, 10 * GRID, self._width - 36 * GRID, self._height - 15 * GRID)

    def boxes(self, colour, area=None):
        """Middles of what is of one colour, such as buttons; in an examination's column unless elsewhere."""
        return self.person.boxes(int(colour[1:], 16), area or self.column, round(2 * GRID * self._scale))

    def results_buttons(self):
        """Wait for those of an examination's results, all to be pressed: one for each site, and six below."""

        def seen():
            found = self.boxes(self.theme.control)
            return len(found) == len(SITES) + 6 and found

        return until(seen, "the buttons of the results", PATIENCE_S, EVERY_S)

    def begin(self):
        """Wait for the window, let it fill the screen in the theme, and wait until it shows sound."""
        self.window = self.person.turn_to("^auscult$")
        self.person.resize(self.window, self._screen.width, self._screen.height)
        if self.theme is not DARK:
            self.person.press("t")
        ground = int(self.theme.ground[1:], 16)
        until(lambda: self.person.see()[-1, -1] == ground, "the window in its theme", PATIENCE_S)
        until(lambda: _colours(self.person.see(self.plots)) > 200, "a spectrogram", PATIENCE_S)

    def photograph(self, step):
        """Keep the picture of a step; nothing that matters may be blank."""
        path = self._next_picture(step)
        self.person.photograph(path)
        assert path.stat().st_size > 20_000, f"{step}: a blank screen"
        for area in (self.verdict, self.plots):
            assert _colours(self.person.see(area)) > 20, f"{step}: a blank part"

    def _next_picture(self, step):
        self._pictures += 1
        folder = Path(os.environ.get("AUSCULT_SCREENSHOTS") or self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self._name} {self._pictures:02d} {step}.png"

    def _area(self, *edges):
        return tuple(round(edge * self._scale) for edge in edges)

    # What is done at it

    def write_report(self, path):
        """Write the report of the examination that is shown."""
        self.person.press("ctrl+p")
        self.person.turn_to(other_than=self.window)
        self.person.write(str(path))
        self.person.press("Return")
        until(path.exists, f"{path.name} is written", PATIENCE_S, EVERY_S)
        self.person.turn_to("^auscult$")

    def played(self):
        """A second of what goes to the loudspeaker, full scale 1."""
        with subprocess.Popen(
            ["parec", "--device=out.monitor", "--format=s16le", "--channels=1", f"--rate={RATE}", "--raw"],
            env=self._server.environment,
            stdout=subprocess.PIPE,
        ) as listening:
            sound = listening.stdout.read(2 * RATE)
            listening.kill()
        return np.frombuffer(sound, "<i2") / 2**15

    # What is kept

    def until_kept(self, condition, what, within_s=PATIENCE_S):
        """Wait until the record of the newest examination is so; returns it."""
        data = self.folder / "share" / "auscult"

        def kept():
            if not (data / DATABASE).exists():
                return None
            with SessionStore(data) as sessions:
                records = [one.record for one in ExaminationStore(sessions).examinations()[:1]]
            return next(filter(condition, records), None)

        return until(kept, what, within_s, _STORE_EVERY_S)

    def until_heard(self, sites):
        """Wait until so many sites are done."""
        self.until_kept(
            lambda record: sum(finding.verdict is not None for finding in record.findings) >= sites,
            f"{sites} sites are heard",
            SITE_S,
        )


def _colours(picture):
    return np.unique(picture).size
