"""What people read on controls and hear of them: on buttons, in menus and tooltips, and as their names."""

from __future__ import annotations

from typing import NamedTuple

from monitor.dashboard.language import tr


class ButtonWords(NamedTuple):
    """What a button says.

    Attributes:
        text: On it; ``&`` stands before the letter that presses it with Alt.
        name: What a screen reader calls it.
        tip: What it does, with its key.
    """

    text: str
    name: str
    tip: str


TITLE = "auscult"

SOURCE = ButtonWords(tr("S&ource"), tr("Choose a source"), tr("Choose a source (Alt+O)"))
START = ButtonWords(tr("St&art"), tr("Start"), tr("Start or stop (Space)"))
RECORD = ButtonWords(tr("&Record off"), tr("Record on or off"), tr("Record the sound of devices (R)"))
SOUND = ButtonWords(tr("Soun&d off"), tr("Sound on or off"), tr("Play recordings aloud (S)"))
WHY = ButtonWords(
    tr("&Why off"), tr("Outline what moved the verdict"), tr("Outline what moved the verdict (W)")
)
AVERAGE = ButtonWords(
    tr("A&verage off"), tr("Average beat or spectrogram"), tr("Average of the last beats (A)")
)
EXAMINE = ButtonWords(tr("E&xamine"), tr("Guided examination"), tr("Guided examination of several sites (X)"))
THEME = ButtonWords(tr("Li&ght"), tr("Light or dark theme"), tr("Light or dark theme (T)"))
KEYS_BUTTON = ButtonWords(tr("K&eys"), tr("Keyboard shortcuts"), tr("All keys (?)"))
STOP, RECORD_ON, SOUND_ON, WHY_ON, AVERAGE_ON, DARK = (
    tr("Sto&p"),
    tr("&Record on"),
    tr("Soun&d on"),
    tr("&Why on"),
    tr("A&verage on"),
    tr("Dar&k"),
)
"""What the buttons of the same names say otherwise."""

STOP_NAME = tr("Stop")

MICROPHONES = tr("&Microphones")
OPEN_RECORDINGS = tr("Open &recordings…")
DEMONSTRATIONS = tr("&Demonstrations")
SYNTHETIC_HEARTS = tr("&Synthetic hearts")
LSL_STREAMS = tr("&LSL streams")
LOOKING_FOR_DEVICES = tr("Looking for devices…")
NO_DEVICE_LIST = tr("No device list")
LOOKING_FOR_STREAMS, NO_STREAMS = tr("Looking for streams…"), tr("No stream with sound")
OPEN_TITLE = tr("Open recordings")
LOOK_IN, FILES_OF_TYPE = tr("&Look in:"), tr("Files of &type:")
"""In the dialog of files, where Qt's own Korean lacks them."""

_PATTERNS = "*.wav *.flac *.ogg *.mp3 *.aif *.aiff *.au *.caf *.edf *.bdf *.hea"
_RECORDINGS, _ALL = tr("Recordings"), tr("All files")
FILE_KINDS = f"{_RECORDINGS} ({_PATTERNS});;{_ALL} (*)"

NOW = ButtonWords(tr("Now"), tr("Back to now"), tr("Back to now (End)"))
PLAY = ButtonWords(tr("Play"), tr("Play the past"), tr("Play what is marked or shown (P)"))
TEMPO = ButtonWords("1×", tr("Tempo"), tr("Slower (-), faster (+)"))
LOOP = ButtonWords(tr("Loop off"), tr("Loop on or off"), tr("Play in a loop (L)"))
MARK = ButtonWords(tr("Mark"), tr("Mark"), tr("Mark the start, then the end (M); or drag with Shift"))
SAVE = ButtonWords(tr("Save"), tr("Save"), tr("Save what is marked or shown (Ctrl+S)"))
SAVE_AS_HEARD = ButtonWords(
    tr("Save as heard"), tr("Save as heard"), tr("Save it with filter and tempo (Ctrl+Shift+S)")
)
BAND = ButtonWords(tr("Wide"), tr("Listening filter"), tr("Bell (B), diaphragm (D)"))
HEADPHONES = ButtonWords(tr("Headphones off"), tr("Headphones on or off"), tr("Hear the device (H)"))
STOP_PLAYING, LOOP_ON, HEADPHONES_ON = tr("Stop"), tr("Loop on"), tr("Headphones on")
STOP_PLAYING_NAME = tr("Stop playing the past")
GO_BACK_NAME = tr("Go back and listen")
GO_BACK_STATE_NAME = tr("What is shown and heard")
STRIP_NAME, STRIP_TIP = tr("Last 60 seconds"), tr("Drag to go back (← →); with Shift to mark (M)")

READ = ButtonWords(tr("Read"), tr("Technical messages read"), tr("Put away technical messages (Del)"))
MESSAGE_NAME = tr("Message")
TESTER_NAME = tr("Tester's panel")
TESTER_CLOSE = ButtonWords(tr("Close"), tr("Close the tester's panel"), tr("Close the tester's panel (F12)"))
TESTER_TEXT_NAME = tr("State of the session")

BEGIN = ButtonWords(tr("&Begin"), tr("Begin the examination"), tr("Begin the examination (Enter)"))
EARLIER = ButtonWords(tr("Examinations…"), tr("Earlier examinations"), tr("Earlier examinations (Ctrl+E)"))
OTHERS = ButtonWords(tr("Others…"), EARLIER.name, EARLIER.tip)
CLOSE = ButtonWords(tr("Close"), tr("Close"), tr("Close (Esc)"))
CLOSE_RESULTS = ButtonWords(tr("Close"), tr("Close the results"), tr("Close the results (X)"))
CLOSE_LIST = ButtonWords(tr("Close"), tr("Close the list"), tr("Close the list (Esc)"))
OPEN_EXAMINATION = ButtonWords(tr("Open"), tr("Open the examination"), tr("Show its results (Enter)"))
DELETE_EXAMINATION = ButtonWords(
    tr("Delete"), tr("Delete the examination"), tr("Delete it with its sound (Del)")
)
RESTART = ButtonWords(
    tr("Restart"), tr("Restart the site"), tr("Forget this site and listen anew (Backspace)")
)
SKIP = ButtonWords(tr("Skip"), tr("Skip the site"), tr("Leave this site for the next one (N)"))
FINISH = ButtonWords(tr("&Finish"), tr("Finish the examination"), tr("End the examination (X)"))
REPORT_BUTTON = ButtonWords(tr("Report…"), tr("Report"), tr("Write a report, or open it (Ctrl+P)"))
AGAIN = ButtonWords(tr("New examination"), tr("New examination"), tr("Examine another patient (Ctrl+N)"))
AGAIN_IN_SHORT = tr("New")
PATIENT_REFERENCE = tr("Patient reference")
PATIENT_TIP = tr("In your own words, or as suggested; it may be empty")
ANOTHER_SITE_HINT = tr("Another site…")
ANOTHER_SITE_TIP = tr("Name another site and press Enter to listen there")
NOTE = tr("Note")
CHEST_NAME = tr("Chest with the sites")
OVERALL_NAME = tr("Verdict on the whole")
PATIENT_NAME, REMARK_NAME, STEP_NAME, HINT_NAME = tr("Patient"), tr("Remark"), tr("Step"), tr("Hint")

STATUS_NAME, SOURCE_NAME, RATE_NAME = tr("Status"), tr("Source"), tr("Sample rate")
LOST_NAME, SKIPPED_NAME = tr("Lost samples"), tr("Skipped windows")
LATENCY_NAME, ELAPSED_NAME = tr("Latency"), tr("Elapsed time")
METER_NAME = tr("Level meter")
VERDICT_NAME, SHAPE_NAME, PROBABILITY_NAME = tr("Verdict"), tr("Shape of the verdict"), tr("Probability")
REASON_NAME, READING_NAME, QUALITY_NAME = tr("Reason"), tr("Reading"), tr("Signal quality")
MODEL_NAME, EVENTS_NAME, BEAT_NAME = tr("Model"), tr("Events"), tr("Average beat")
SIGN_NAME, GAUGE_NAME = tr("Sign of technical messages"), tr("Gauge of the probability of abnormal")

PRESENTATION_NAME, PLAYLIST_TITLE_NAME = tr("Presentation"), tr("Title")
UPCOMING_NAME, PAUSED_NAME = tr("What comes next"), tr("Paused")
PLACE_NAME, BLACK_NAME = tr("Place in the playlist"), tr("Black screen")


def plain(text: str) -> str:
    """What stands on a button, as it is seen."""
    return text.replace("&", "")
