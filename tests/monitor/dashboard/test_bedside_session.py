"""An examination at a bedside: a real window, a live stethoscope, and a person who is outside of the program.

Other screens than the usual one are tried where ``AUSCULT_SCREENS`` names some, such as
``"1920x1080 2560x1600@2/light"``: width and height in pixels, scale, theme. ``AUSCULT_SCREENSHOTS`` names a
folder in which the picture of every step is kept, to be looked at. The language is the environment's. Each
screen takes two minutes, as the sound is live.
"""

import os
import re
from itertools import pairwise

import numpy as np
import pytest

from dsp.synthesis import HeartSoundSynthesizer, SynthesisConfig
from model.verdict import Label
from monitor.dashboard.theme import DARK, THEMES
from monitor.examination_record import SITES
from tests.monitor.bedside import RATE, Bedside
from tests.monitor.conftest import need
from tests.monitor.person import EVERY_S, PATIENCE_S, Screen
from tests.monitor.sound_server import until

from .test_report_page import pages, pdf_words

SCREENS = os.environ.get("AUSCULT_SCREENS", "1280x800").split()

STEADY_S = 4.0
"""Longer than a result stands, shorter than it takes to tell that a signal is poor."""

MARK = 50
"""Pixels at the least that a site's mark and words change by."""


def heart(condition, seed):
    """Half a minute of a heart, as the stethoscope has it."""
    config = SynthesisConfig(condition=condition, seed=seed, rate=RATE)
    return HeartSoundSynthesizer(config).read(30 * RATE)


@pytest.fixture(params=SCREENS)
def bedside(request, sound_server, tmp_path):
    need("xvfb xdotool", "Xvfb", "xdotool")
    size, scale, theme = re.fullmatch(r"(\d+x\d+)(?:@(\d))?(?:/(\w+))?", request.param).groups()
    with (
        Screen(tmp_path, *map(int, size.split("x"))) as screen,
        Bedside(sound_server, tmp_path, screen, int(scale or 1), THEMES[theme or DARK.name]) as bedside,
    ):
        yield bedside


@pytest.mark.timeout(900)  # of a machine that is busy with other things
def test_four_sites_are_examined_reported_opened_again_and_heard(bedside):
    person, chest, theme = bedside.person, bedside.chest, bedside.theme
    sound, murmur = heart("normal", 3), heart("as", 2)
    noise = np.random.default_rng(1).normal(0, 0.2, RATE)
    chest.hold_on(sound)
    bedside.begin()
    # Nothing is examined yet, and these keys do nothing.
    person.press("n", "BackSpace", "1", "ctrl+p")
    bedside.photograph("listening")

    before = person.see(bedside.column)
    person.press("x")
    person.until_seen(bedside.column, before, "the beginning of an examination")
    person.write("bed 7")
    bedside.photograph("beginning")
    person.press("Return")
    bedside.until_kept(lambda record: record.patient == "bed 7", "an examination")
    seen = [person.see(bedside.torso)]
    bedside.photograph("first site")
    bedside.until_heard(1)

    # The second site is noisy, and listened to anew.
    chest.hold_on(noise)
    place = person.until_still(bedside.advice, STEADY_S)
    seen.append(person.see(bedside.torso))
    person.until_seen(bedside.advice, place, "why the signal is poor")
    bedside.photograph("poor signal")
    chest.hold_on(murmur)
    person.press("BackSpace")
    until(lambda: np.array_equal(person.see(bedside.advice), place), "the site anew", PATIENCE_S, EVERY_S)
    bedside.photograph("anew")
    bedside.until_heard(2)
    chest.hold_on(sound)
    seen.append(person.see(bedside.torso))
    bedside.photograph("murmur")
    bedside.until_heard(3)
    seen.append(person.see(bedside.torso))
    bedside.until_heard(4)
    all_heard = person.until_still(bedside.advice, STEADY_S)
    seen.append(person.see(bedside.torso))
    bedside.photograph("all heard")
    for earlier, later in pairwise(seen):
        assert np.count_nonzero(earlier != later) > MARK
    person.press("Return")
    person.until_seen(bedside.advice, all_heard, "the results")
    record = bedside.until_kept(lambda record: record.ended, "the end of the examination")
    bedside.photograph("results")
    assert [finding.site for finding in record.findings] == list(SITES)
    labels = [finding.verdict.label for finding in record.findings]
    assert labels == [Label.NORMAL, Label.ABNORMAL, Label.NORMAL, Label.NORMAL]
    assert record.overall.label is Label.ABNORMAL
    assert record.device.startswith("stethoscope")

    pdf, html = bedside.folder / "bed 7.pdf", bedside.folder / "bed 7.html"
    bedside.write_report(pdf)
    *_, agree, _, _, _, _, close = bedside.results_buttons()
    person.click(*agree)
    (note,) = bedside.boxes(theme.plot)
    person.click(*note)
    person.write("a quiet room")
    record = bedside.until_kept(lambda record: record.note == "a quiet room", "the note")
    assert record.opinion == "agree"
    bedside.photograph("opinion")
    bedside.write_report(html)
    assert pages(pdf.read_bytes()) == 1
    assert "bed7" in pdf_words(pdf.read_bytes())
    page = html.read_text("utf-8")
    assert "bed 7" in page
    assert "a quiet room" in page
    assert page.count("<figure") == len(SITES)

    # Put away, opened again, and heard.
    person.click(*close)
    until(lambda: not bedside.boxes(theme.control), "the results put away", PATIENCE_S, EVERY_S)
    person.press("ctrl+e")
    # A row that is selected, beside what closes the list.
    until(lambda: len(bedside.boxes(theme.control, bedside.card)) > 2, "the list", PATIENCE_S, EVERY_S)
    bedside.photograph("list")
    person.press("Return")
    chest.hold_on(np.zeros(RATE))
    person.click(*bedside.results_buttons()[1])
    until(lambda: np.abs(bedside.played()).max() > 0.1, "the site's sound", PATIENCE_S)
    bedside.photograph("heard again")

    person.press("ctrl+q")
    assert bedside.ended() == (0, "", "")
