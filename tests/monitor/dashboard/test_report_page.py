import base64
import re
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pyqtgraph as pg
import pytest
import soundfile as sf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QIODevice, QLocale, QRectF
from PySide6.QtGui import QColor, QFontDatabase, QImage, QPageSize, QPainter
from PySide6.QtSvg import QSvgGenerator

from dsp.beats import HeartSound
from model.loading import check_model
from model.verdict import Label
from monitor.dashboard import DashboardError, render_report, report_words
from monitor.dashboard.report_file import (
    PAPERS,
    ReportError,
    locale_paper,
    page_image,
    pdf_bytes,
    write_report,
)
from monitor.dashboard.report_html import html_text
from monitor.dashboard.report_page import COLOUR_MAP, MARGIN, PAPER, UNIT, draw_picture, draw_report
from monitor.dashboard.words import RESEARCH_ONLY
from monitor.examination_record import SITES, SiteFinding
from monitor.examination_report import Excerpt, SiteSound, examination_report, excerpt_of, packaged_card
from tests.full_disk import files_of_at_most
from tests.monitor.examinations import (
    RATE,
    RECORD,
    RECORDS,
    finding,
    four_sites,
    heart,
    sounds_of,
)

from .test_contrast import contrast, rgb

pytestmark = pytest.mark.usefixtures("qapp")

A4, LETTER = (QPageSize(PAPERS[name]) for name in ("a4", "letter"))
KOREAN = "심첨부 왼쪽"


@pytest.fixture(scope="module")
def four():
    return examination_report(*four_sites())


def painted_words(report, paper=A4):
    """The texts on the page with where their lines begin, in points from its top left corner."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawing = QSvgGenerator()
    drawing.setOutputDevice(buffer)
    drawing.setResolution(72 * UNIT)
    painter = QPainter(drawing)
    for _ in draw_report(painter, report, paper.size(QPageSize.Unit.Point)):
        pass
    painter.end()
    found = []
    for group in ElementTree.fromstring(bytes(buffer.data().data())).iter():
        moved = [float(part) for part in re.findall(r"-?[\d.e+-]+", group.get("transform", ""))]
        for text in group.findall("{http://www.w3.org/2000/svg}text"):
            across, down = float(text.get("x")), float(text.get("y"))
            a, b, c, d, e, f = moved or (1, 0, 0, 1, 0, 0)
            place = a * across + c * down + e, b * across + d * down + f
            found.append((text.text or "", place[0] / UNIT, place[1] / UNIT))
    return found


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def pdf_words(pdf):
    """What a reader can select, without its spaces: the codes of the text, by the maps of its fonts."""
    streams = {}
    for number, data in re.findall(
        rb"(\d+) 0 obj\s+<<(?:(?!endobj).)*?>>\s*stream\r?\n(.*?)endstream", pdf, re.DOTALL
    ):
        try:
            streams[number] = zlib.decompress(data)
        except zlib.error:
            streams[number] = data
    fonts = {}
    for name, number in re.findall(rb"/(F\d+)\s+(\d+) 0 R", pdf):
        unicode = re.search(rb"\n%s 0 obj(?:(?!endobj).)*?/ToUnicode (\d+) 0 R" % number, pdf, re.DOTALL)[1]
        fonts[name] = letters_of(streams[unicode])
    told, letters = [], {}
    page = max(streams.values(), key=lambda stream: stream.count(b" Tj"))
    for name, codes in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9a-fA-F]+)>", page):
        if name:
            letters = fonts[name]
        else:
            told += [letters[int(codes[at : at + 4], 16)] for at in range(0, len(codes), 4)]
    return "".join("".join(told).split())


def letters_of(unicode_map):
    """A font's letters by its codes."""
    letters = {}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", unicode_map, re.DOTALL):
        for first, _, to in re.findall(rb"<(\w+)>\s*<(\w+)>\s*(\[.*?\]|<\w+>)", block, re.DOTALL):
            for place, target in enumerate(re.findall(rb"<(\w+)>", to)):
                letters[int(first, 16) + place] = bytes.fromhex(target.decode()).decode("utf-16-be")
    return letters


class Page(HTMLParser):
    """Collects tags and text, and sees to it that what is opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text = [], [], ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data


@given(RECORDS, st.integers(0, 2**32 - 1), st.sampled_from(["a4", "letter"]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_any_examination_is_one_page_that_says_that_it_is_for_research_only(record, seed, name):
    report = examination_report(record, sounds_of(len(record.findings), seed))
    paper = QPageSize(PAPERS[name])
    size = paper.size(QPageSize.Unit.Point)
    assert pages(pdf_bytes(report, paper)) == 1
    words = painted_words(report, paper)
    assert RESEARCH_ONLY in [text for text, _, _ in words]
    for _, across, down in words:
        assert MARGIN / UNIT - 3 <= across <= size.width() - MARGIN / UNIT + 3
        assert MARGIN / UNIT <= down <= size.height() - MARGIN / UNIT + 1
    page = Page(html_text(report, paper))
    assert RESEARCH_ONLY in page.text
    assert record.model_sha256 in page.text
    # Whatever was written, nothing is drawn on the margin.
    image = page_image(report, paper, 36)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()]
    edge = MARGIN / UNIT / 2 - 2
    inside = np.zeros(pixels.shape, bool)
    inside[int(edge) : -int(edge), int(edge) : -int(edge)] = True
    assert (pixels[~inside] == 0xFFFFFFFF).all()


def test_the_page_says_all_that_there_is_to_say(four):
    words = " ".join(text for text, _, _ in painted_words(four))
    for said in (
        RESEARCH_ONLY, "bed 7", "Stethoscope USB", "Device, at 4 kHz", "ABNORMAL", "NORMAL", "UNCERTAIN",
        "POOR SIGNAL", "1. Aortic", "4. Mitral", "Probability of abnormal 0.25", "Heart rate 72 bpm",
        "Quality good (0.90), 24 of 30 s good", "No murmur heard", "Sound was not kept: no picture",
        "Agrees" if four.opinion == "agree" else "No opinion given", RECORD.model, RECORD.model_sha256,
        "auscult 0.1.0", RECORD.id, "How to read the probability", "800 Hz", "20 Hz", "4 sites: 1 abnormal",
    ):  # fmt: skip
        assert said in words
    assert "…" not in words


@pytest.mark.parametrize("paper", [A4, LETTER], ids=["a4", "letter"])
@pytest.mark.parametrize("count", [4, 8])
def test_the_hash_and_the_verdicts_are_never_cut(paper, count):
    many = replace(
        RECORD,
        patient="x" * 500,
        device="y" * 500,
        model="m" * 100,
        program="p" * 100,
        note="Very long. " * 200,
        findings=tuple(finding("s" * 200, label) for label in list(Label)[:4] * (count // 4)),
    )
    words = [text for text, _, _ in painted_words(examination_report(many), paper)]
    assert any(RECORD.model_sha256 in text for text in words)
    assert sum(text in ("NORMAL", "ABNORMAL", "UNCERTAIN", "POOR SIGNAL") for text in words) >= count
    assert report_words.SHORTENED in words
    assert sum("…" in text for text in words) > count


def test_a_note_that_has_room_is_whole_and_another_is_cut_and_that_is_said(four):
    note = " ".join(f"word{number}" for number in range(60))
    whole = [text for text, _, _ in painted_words(replace(four, note=note))]
    assert note in " ".join(whole)
    assert report_words.SHORTENED not in whole
    cut = [text for text, _, _ in painted_words(replace(four, note=" ".join([note] * 9)))]
    assert report_words.SHORTENED in cut


def test_more_sites_than_have_room_are_counted():
    report = examination_report(replace(RECORD, findings=tuple(map(finding, "abcdefghij"))))
    words = [text for text, _, _ in painted_words(report)]
    assert "2 more sites are not shown." in words
    assert "8. h" in words


def test_a_reader_can_select_and_search_the_words(four):
    words = pdf_words(pdf_bytes(four, A4))
    for said in (RESEARCH_ONLY, "ABNORMAL", RECORD.model_sha256, "Stethoscope USB"):
        assert said.replace(" ", "") in words


def test_the_file_names_its_maker_and_nobody_else(four):
    pdf = pdf_bytes(four, A4)
    assert b"bed 7" not in pdf.split(b"trailer")[-1]
    info = re.search(rb"/Title.*?>>", pdf, re.DOTALL)[0]
    assert report_words.TITLE.encode("utf-16-be") in info.replace(b"\\", b"") or b"Heart sound" in info
    assert not re.search(rb"/Author\s*\([^)]+\)", info) or re.search(rb"/Author\s*\(\xfe\xff\)", info)
    assert b"/FontFile2" in pdf or b"/FontFile3" in pdf


def test_korean_is_written_where_a_font_has_it():
    reports = [
        examination_report(replace(RECORD, patient=name, note=name)) for name in (KOREAN, KOREAN[::-1])
    ]
    pictures = [page_image(report, A4) for report in reports]
    if not QFontDatabase.families(QFontDatabase.WritingSystem.Korean):
        pytest.skip("no font has Korean; that it can be drawn all the same was seen")
    # Boxes in place of letters would look alike, and be found under no letter.
    assert pictures[0] != pictures[1]
    assert KOREAN.replace(" ", "") in pdf_words(pdf_bytes(reports[0], A4))


def test_paper_is_white_and_its_words_can_be_read(four):
    image = page_image(four, A4)
    assert image.pixelColor(5, 5) == QColor("#ffffff")
    inks = (PAPER.text, PAPER.faint, PAPER.normal, PAPER.abnormal, PAPER.uncertain, PAPER.none)
    assert min(contrast(rgb(ink), "#ffffff") for ink in inks) >= 4.5


def lightness(table):
    """CIE L* of sRGB colours, shape (n, 3), 0 to 255."""
    linear = np.where(table / 255 <= 0.04045, table / 255 / 12.92, ((table / 255 + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)


def test_the_colours_of_the_spectrogram_fall_evenly_in_lightness_from_white():
    table = pg.colormap.get(COLOUR_MAP).getLookupTable(nPts=256)[:, :3].astype(float)
    falling = lightness(table)
    assert falling[0] == pytest.approx(100, abs=0.1)
    assert (np.diff(falling) < 0.5).all()
    even = np.linspace(falling[0], falling[-1], 256)
    assert np.abs(falling - even).max() < 5


def picture(excerpt, width=300, height=110, scale=4):
    """Drawn with so many pixels a point, as (rows, columns, 3)."""
    image = QImage(width * scale, height * scale, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.scale(scale / UNIT, scale / UNIT)
    draw_picture(painter, QRectF(0, 0, width * UNIT, height * UNIT), excerpt)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(height * scale, width * scale, 4)
    return pixels[:, :, 2::-1].astype(float)


def test_the_same_seconds_stand_below_each_other():
    samples = np.zeros(12 * RATE)
    samples[6 * RATE : 6 * RATE + RATE // 100] = 0.5 * np.sin(np.arange(RATE // 100) * 0.5)
    excerpt = excerpt_of(SiteSound(samples, RATE))
    dark = 255 - picture(excerpt).mean(axis=2)
    height = dark.shape[0]
    wave, spectrum = dark[height // 6 : height // 3, 150:-40], dark[height // 2 : 5 * height // 6, 150:-40]
    tall = (wave > 100).sum(axis=0)
    click_above = np.flatnonzero(tall == tall.max()).mean()
    loud = np.convolve(spectrum.sum(axis=0), np.ones(9), "same")
    click_below = np.average(np.arange(loud.size), weights=loud)
    points_a_second = (300 - 33) * 4 / 5
    assert abs(click_above - click_below) < 0.03 * points_a_second


def test_a_first_sound_is_marked_by_a_solid_bar_and_a_second_by_a_hollow_one():
    sounds = (HeartSound("S1", 1.0, 1.4), HeartSound("S2", 3.0, 3.4))
    silent = Excerpt(0.0, np.zeros(10_000, np.float32), np.empty(0), np.empty((0, 212), np.float32), sounds)
    dark = 255 - picture(silent).mean(axis=2)
    left, width = 33 * 4, (300 - 34) * 4

    def inside(begin_s, end_s):
        first, last = (round(left + second / 5 * width) for second in (begin_s, end_s))
        return dark[38:52, first:last]

    # Right above the waveform, within each bar and away from its edges.
    assert (inside(1.1, 1.3) > 150).sum(axis=0).min() >= 8
    hollow = (inside(3.1, 3.3) > 150).sum(axis=0)
    assert 1 <= hollow.max() <= 7
    assert (inside(2.0, 2.5) < 150).all()


@pytest.mark.parametrize(
    ("name", "paper"),
    [("en_US", "letter"), ("es_MX", "letter"), ("de_DE", "a4"), ("ko_KR", "a4"), ("C", "a4")],
)
def test_the_paper_is_that_of_the_locale(name, paper):
    assert locale_paper(QLocale(name)) == paper
    assert locale_paper() in PAPERS


def test_html_stands_alone_and_can_be_read_aloud(four):
    text = html_text(replace(four, note="<script>alert(1)</script> & \u202eturned"), A4)
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>")
    assert ("html", {"lang": "en"}) in page.tags
    assert {tag for tag, _ in page.tags} >= {
        "h1",
        "h2",
        "h3",
        "main",
        "header",
        "footer",
        "ol",
        "dl",
        "figure",
    }
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert "<script>alert(1)</script>" in page.text
    for tag, attributes in page.tags:
        assert not {name for name in attributes if name.startswith("on") or name == "href"}
        if tag == "img":
            assert attributes["alt"]
            image = QImage.fromData(png_of(attributes["src"]))
            assert not image.isNull()
    assert not re.search(r"https?:|url\(|@import", text)
    assert len(page.text) < 6000
    alts = [attributes["alt"] for tag, attributes in page.tags if tag == "img"]
    assert "diamond" in alts
    assert any(alt.startswith("Aortic: waveform above spectrogram, 20 to 850 Hz, 5.0 s") for alt in alts)


def png_of(source):
    head, _, data = source.partition(",")
    assert head == "data:image/png;base64"
    return base64.b64decode(data)


@pytest.mark.parametrize("name", ["report.pdf", "report.html", "REPORT.PDF"])
def test_a_report_is_written_whole(tmp_path, name):
    path = tmp_path / name
    path.write_text("an older one")
    told = []
    write_report(*four_sites(), path, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert path.read_bytes()[:4] in (b"%PDF", b"<!DO")
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert path.stat().st_mode & 0o777 == 0o600


def test_of_two_kinds_the_sound_is_looked_at_once_and_both_are_whole(tmp_path, monkeypatch):
    made, told = [], []

    def counted(*words, **named):
        made.append(examination_report(*words, **named))
        return made[-1]

    monkeypatch.setattr("monitor.dashboard.report_file.examination_report", counted)
    write_report(*four_sites(), tmp_path / "7.5.pdf", beside=[".html"], progress=told.append)
    assert len(made) == 1
    assert told == sorted(told)
    assert (tmp_path / "7.5.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "7.5.html").read_bytes().startswith(b"<!DO")

    # Given up while the second is drawn, neither is there.
    def stop(share):
        if share > 0.95:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_report(*four_sites(), tmp_path / "x.pdf", beside=[".html"], progress=stop)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["7.5.html", "7.5.pdf"]


def test_on_a_full_disk_the_older_report_stays(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_text("an older one")
    with files_of_at_most(5000), pytest.raises(ReportError, match=r"report\.pdf") as told:
        write_report(RECORD, [], path)
    assert "\n" not in str(told.value)
    assert path.read_text() == "an older one"
    assert [one.name for one in tmp_path.iterdir()] == ["report.pdf"]


@pytest.mark.parametrize(
    ("name", "why"), [("report.txt", "pdf or .html"), ("no/such.pdf", "folder"), ("folder.pdf", "folder")]
)
def test_a_path_that_takes_no_report_is_refused_in_one_line(tmp_path, name, why):
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(ReportError, match=why) as told:
        write_report(RECORD, [], tmp_path / name)
    assert "\n" not in str(told.value)


def test_a_report_that_is_given_up_leaves_nothing(tmp_path):
    def stop(share):
        if share > 0.8:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_report(*four_sites(), tmp_path / "report.pdf", progress=stop)
    assert not list(tmp_path.iterdir())


def test_a_skipped_site_leaves_its_room_to_the_others():
    def down(record, word):
        return [at for text, _, at in painted_words(examination_report(record)) if text.startswith(word)]

    eight = replace(RECORD, findings=tuple(finding(f"site {number}") for number in range(8)))
    skipped = replace(eight, findings=(SiteFinding("aortic", None), *eight.findings[1:]))
    assert down(skipped, "2. ") < down(eight, "2. ")
    assert down(eight, "8. ")[0] < 842 - MARGIN / UNIT
    assert len(SITES) == 4


def test_the_report_of_a_kept_examination_is_written_from_its_files(tmp_path):
    card = packaged_card(check_model().card.sha256)
    samples = heart(seconds=14).samples
    sf.write(tmp_path / "00000000000000.wav", np.concatenate([np.zeros(5 * RATE), samples]), RATE, "PCM_24")
    record = replace(RECORD, model_sha256=card.sha256, findings=(finding(),))
    path, told = tmp_path / "report.html", []
    render_report(record, [tmp_path / "00000000000000.wav"], path, paper="letter", progress=told.append)
    text = path.read_text(encoding="utf-8")
    assert re.search(r'alt="Mitral: waveform .* S1 and \d+ S2 marked"', text)
    assert "size: 612pt 792pt" in text
    assert told[-1] == 1.0
    render_report(record, [], path)
    assert report_words.NOT_KEPT in path.read_text(encoding="utf-8")
    with pytest.raises(DashboardError, match=r"\.pdf or \.html"):
        render_report(record, [], tmp_path / "report.doc")
