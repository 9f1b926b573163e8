import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.course import Change
from dsp.murmur import Murmur
from dsp.noise_kinds import Noise
from dsp.scenario import Fault, RandomFaults, Scenario
from dsp.synthesis import SynthesisConfig
from monitor.failure import CommandError
from monitor.scenario_file import LARGEST_FILE, read_scenario

WHOLE = """
seed = 7
duration_s = 45.5

[heart]
condition = "as"
heart_rate_bpm = 80
jitter = 0.1
snr_db = 12
murmur_level = 0.8
rate = 8000
amplitude = 0.2
murmurs = [{ timing = "early_diastolic", shape = "crescendo", pitch = [150, 500] }]
sounds = ["S3", "ejection_click"]
rhythm = "premature"
ectopic_chance = 0.2
split_ms = -40
split_variation_ms = 0
breath_rate_per_min = 20
breath_depth = 2

[[noise]]
kind = "talking"
at_s = 20
length_s = 10
snr_db = 0

[[noise]]
kind = "hum"
level_db = -40
mains_hz = 60

[[change]]
at_s = 40
murmurs = [{ timing = "holosystolic", grade = 4, pitch = "high" }]

[[change]]
at_s = 42
length_s = 2
heard = false
heart_rate_bpm = 120

[[fault]]
kind = "fading"
at_s = 30
length_s = 5
fall_db = 20
fall_s = 3

[[fault]]
kind = "dropout"
at_s = 12.0
length_s = 0.31

[[fault]]
kind = "clipping"
at_s = 20
length_s = 3
gain_db = 30

[[random]]
kind = "drift"
per_hour = 30
length_s = [5, 20.5]
ppm = [-150, 150]

[[random]]
kind = "late"
per_hour = 1.5
length_s = 2
"""


def complaint(path):
    with pytest.raises(CommandError) as told:
        read_scenario(path)
    text = str(told.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    return text.removeprefix(f"{path}: ")


@pytest.fixture
def wrong(tmp_path):
    def run(content):
        path = tmp_path / "scenario.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return complaint(path)

    return run


def test_a_file_says_everything(tmp_path):
    path = tmp_path / "scenario.toml"
    path.write_text(WHOLE)
    assert read_scenario(path) == Scenario(
        SynthesisConfig(
            "as",
            80,
            0.1,
            12,
            0.8,
            8000,
            7,
            0.2,
            murmurs=(Murmur("early_diastolic", "crescendo", pitch=(150, 500)),),
            sounds=("S3", "ejection_click"),
            rhythm="premature",
            ectopic_chance=0.2,
            split_ms=-40,
            split_variation_ms=0,
            breath_rate_per_min=20,
            breath_depth=2,
        ),
        45.5,
        (
            Fault("fading", 30, 5, fall_db=20, fall_s=3),
            Fault("dropout", 12, 0.31),
            Fault("clipping", 20, 3, gain_db=30),
        ),
        (RandomFaults("drift", 30, (5, 20.5), ppm=(-150, 150)), RandomFaults("late", 1.5, (2, 2))),
        (
            Change(40, {"murmurs": (Murmur("holosystolic", grade=4, pitch="high"),)}),
            Change(42, {"heard": False, "heart_rate_bpm": 120}, 2),
        ),
        (Noise("talking", 20, 10, snr_db=0), Noise("hum", level_db=-40, mains_hz=60)),
    )


def test_an_empty_file_is_a_normal_heart_for_a_minute(tmp_path):
    path = tmp_path / "scenario.toml"
    path.write_text("")
    assert read_scenario(path) == Scenario(SynthesisConfig(), 60)


FAULT = '[[fault]]\nkind = "dropout"\nat_s = 1\nlength_s = 1\n'
NOISE = '[[noise]]\nkind = "talking"\nat_s = 1\n'
MURMUR = "[heart]\nmurmurs = [{ timing = 'holosystolic' }, { timing = 'late_systolic', %s }]"
RANDOM = '[[random]]\nkind = "nan"\nper_hour = 1\nlength_s = 1\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            "sed = 7",
            "the top of the file: 'sed' is unknown; allowed are seed, duration_s, heart, fault, random, "
            "noise, change",
        ),
        ("seed = -1", "seed must be a whole number, 0 to 9223372036854775807, not -1"),
        ("seed = true", "the top of the file: seed must be a whole number, not true"),
        ("seed = 7.0", "the top of the file: seed must be a whole number, not 7.0"),
        (f"seed = 1{'0' * 400}", "seed must be a whole number, not a number of more than 18 digits"),
        ("duration_s = true", "the top of the file: duration_s must be a number, not true"),
        ("duration_s = '1'", "the top of the file: duration_s must be a number, not '1'"),
        ("duration_s = nan", "the top of the file: duration_s must be a finite number, not nan"),
        ("duration_s = inf", "the top of the file: duration_s must be a finite number, not inf"),
        ("duration_s = 1e300", "duration_s must be a finite number, not 1e+300"),
        ("duration_s = 0", "duration_s must be 0.1 to 86400, not 0"),
        ("duration_s = -5", "duration_s must be 0.1 to 86400, not -5"),
        ("duration_s = 86401", "duration_s must be 0.1 to 86400, not 86401"),
        ("duration_s = 2020-01-01", "duration_s must be a number, not 2020-01-01"),
        ("heart = 3", "the top of the file: heart must be a table, not 3"),
        ("[heart]\nseed = 3", "[heart]: 'seed' is unknown; allowed are condition, heart_rate_bpm"),
        ("[heart]\ncondition = 3", "[heart]: condition must be a word in quotes, not 3"),
        ("[heart]\ncondition = 'well'", "[heart]: condition must be one of normal, as"),
        ("[heart]\nheart_rate_bpm = 300", "[heart]: heart_rate_bpm must be 35 to 200, not 300"),
        ("[heart]\njitter = true", "[heart]: jitter must be a number, not true"),
        ("[heart]\nrate = 4000.0", "[heart]: rate must be a whole number, not 4000.0"),
        ("[heart]\nrate = 999", "[heart]: rate must be a whole number, 1000 to 192000, not 999"),
        ("[fault]\nkind = 'nan'", "fault must be a table in double brackets, not a table"),
        ("fault = [1]", "fault must be a table in double brackets, not a list"),
        ("[[fault]]\nat_s = 1\nlength_s = 1", "[[fault]] 1: kind is missing"),
        ("[[fault]]\nkind = 'nan'\nlength_s = 1", "[[fault]] 1: at_s is missing"),
        ("[[fault]]\nkind = 'nan'\nat_s = 1", "[[fault]] 1: length_s is missing"),
        ("[[fault]]\nkind = 'hum'\nat_s = 1\nlength_s = 1", "[[fault]] 1: kind must be one of dropout, late"),
        ("[[fault]]\nkind = ['nan']\nat_s = 1\nlength_s = 1", "[[fault]] 1: kind must be a word in quotes"),
        (FAULT + "gain_db = 3", "[[fault]] 1: gain_db is not for dropout; leave it out"),
        (FAULT + "per_hour = 3", "[[fault]] 1: 'per_hour' is unknown; allowed are kind, at_s, length_s"),
        (FAULT + FAULT, "two faults of the kind dropout overlap at 1 s"),
        (FAULT.replace("at_s = 1", "at_s = -1"), "[[fault]] 1: at_s must be 0 to 86400, not -1"),
        (FAULT.replace("at_s = 1", "at_s = 1e9"), "[[fault]] 1: at_s must be 0 to 86400, not 1e+09"),
        (FAULT.replace("h_s = 1", "h_s = 0"), "[[fault]] 1: length_s of dropout must be above 0"),
        (
            FAULT + FAULT.replace("h_s = 1", "h_s = false"),
            "[[fault]] 2: length_s must be a number, not false",
        ),
        (FAULT.replace("dropout", "drift"), "[[fault]] 1: ppm is missing; drift needs it, -200 to 200"),
        (FAULT.replace("dropout", "drift") + "ppm = 250", "[[fault]] 1: ppm must be -200 to 200, not 250"),
        (FAULT.replace("dropout", "clipping") + "gain_db = -1", "gain_db must be 0 to 80, not -1"),
        (FAULT + '"a\\nb" = 1', "[[fault]] 1: 'a\\nb' is unknown"),
        (
            RANDOM.replace("h_s = 1", "h_s = [1]"),
            "[[random]] 1: length_s must be a number or [least, greatest]",
        ),
        (RANDOM.replace("h_s = 1", "h_s = [1, true]"), "length_s must be a number or [least, greatest]"),
        (RANDOM.replace("h_s = 1", "h_s = [2, 1]"), "length_s must be least and greatest, not [2, 1]"),
        (RANDOM.replace("r_hour = 1", "r_hour = 0"), "[[random]] 1: per_hour must be above 0, at most 3600"),
        (
            RANDOM.replace("r_hour = 1", "r_hour = 1e18"),
            "[[random]] 1: per_hour must be above 0, at most 3600",
        ),
        (RANDOM.replace("per_hour = 1\n", ""), "[[random]] 1: per_hour is missing"),
        (RANDOM.replace("r_hour = 1", "r_hour = 2000") * 2, "the random faults are 4000 in an hour together"),
        ("[heart]\nmurmurs = 3", "[heart]: murmurs must be a list of tables, not 3"),
        ("[heart]\nmurmurs = [{}]", "[heart]: murmurs 1: timing is missing"),
        (
            "[heart]\nmurmurs = [{ timing = 'now' }]",
            "[heart]: murmurs 1: timing must be one of early_systolic",
        ),
        (MURMUR % "grade = 7", "[heart]: murmurs 2: grade must be a whole number, 1 to 6, not 7"),
        (MURMUR % "grade = 3.0", "[heart]: murmurs 2: grade must be a whole number, not 3.0"),
        (MURMUR % "shape = 'square'", "[heart]: murmurs 2: shape must be one of crescendo, decrescendo"),
        (MURMUR % "pitch = 'shrill'", "[heart]: murmurs 2: pitch must be one of low, medium, high"),
        (MURMUR % "pitch = 100", "[heart]: murmurs 2: pitch must be a word in quotes or [least, greatest]"),
        (MURMUR % "pitch = [1, 100]", "[heart]: murmurs 2: pitch must be 20 to 2000, not 1"),
        (MURMUR % "pitch = [200, 100]", "pitch must be least and greatest frequency, not [200, 100]"),
        (MURMUR % "hz = 100", "[heart]: murmurs 2: 'hz' is unknown; allowed are timing, shape, grade, pitch"),
        ("[heart]\nheard = 0", "[heart]: heard must be true or false, not 0"),
        ("[heart]\nsounds = 'S3'", "[heart]: sounds must be a list of words in quotes, not 'S3'"),
        ("[heart]\nsounds = ['S9']", "[heart]: sounds must be one of S3, S4, ejection_click, click"),
        ("[heart]\nrhythm = 'flutter'", "[heart]: rhythm must be one of sinus, premature, bigeminy, fib"),
        (NOISE, "[[noise]] 1: snr_db or level_db must say how loud talking is, one of the two"),
        (NOISE + "snr_db = 0\nlevel_db = 0", "[[noise]] 1: snr_db or level_db must say how loud talking is"),
        (NOISE + "snr_db = -41", "[[noise]] 1: snr_db must be -40 to 100, not -41"),
        (NOISE + "snr_db = 0\nmains_hz = 50", "[[noise]] 1: mains_hz is not for talking; leave it out"),
        (NOISE.replace("talking", "hum") + "snr_db = 0\nmains_hz = 55", "mains_hz must be 50 or 60, not 55"),
        (NOISE.replace("talking", "song") + "snr_db = 0", "[[noise]] 1: kind must be one of white, pink"),
        (NOISE + "length_s = 0\nsnr_db = 0", "[[noise]] 1: length_s must be 0.1 to 86400, not 0"),
        ("[[noise]]\nsnr_db = 3", "[[noise]] 1: kind is missing"),
        ("[[change]]\nheart_rate_bpm = 80", "[[change]] 1: at_s is missing"),
        ("[[change]]\nat_s = 3", "[[change]] 1: nothing changes; name one of condition, heart_rate_bpm"),
        (
            "[[change]]\nat_s = 3\nrate = 80",
            "[[change]] 1: 'rate' is unknown; allowed are at_s, length_s, cond",
        ),
        (
            "[[change]]\nat_s = 3\nheart_rate_bpm = 300",
            "[[change]] 1: heart_rate_bpm must be 35 to 200, not 300",
        ),
        (
            "[[change]]\nat_s = 3\nmurmurs = [{ timing = 'holosystolic', grade = 0 }]",
            "[[change]] 1: murmurs 1: grade must be a whole number, 1 to 6, not 0",
        ),
        (
            "[heart]\ncondition = 's4'\n[[change]]\nat_s = 3\nrhythm = 'fibrillation'",
            "the heart as changed at 3 s: rhythm cannot be fibrillation with an S4",
        ),
        ("seed = ", "is not TOML: Invalid value (at end of document)"),
        ("seed = 1\nseed = 2", "is not TOML: "),
        ("x = " + "[\n" * 20_000, "is not TOML: "),
        ("\n" + ".".join("a" * 251) + " = 1", "line 2 is longer than 500 characters; break it up"),
        ("\n".join(f"{'.'.join('a' * 240)}.k{number} = 1" for number in range(500)), "'a' is unknown"),
        (b"seed = 1 # \xff", "is not UTF-8 text (byte 11); save it as UTF-8"),
        (b"\0" * 100, "is not TOML: "),
        (b"#" * (LARGEST_FILE + 1), "is larger than 256 KB; name a scenario file"),
    ],
)
def test_what_is_wrong_is_one_line_with_what_is_allowed(wrong, content, words):
    told = wrong(content)
    assert words in told
    assert len(told) < 350


def test_what_is_no_file_is_one_line(tmp_path):
    assert complaint(tmp_path / "none.toml") == "does not exist; check the name"
    assert complaint(tmp_path) == "is a folder; name a scenario file in it"
    os.mkfifo(tmp_path / "pipe")
    assert complaint(tmp_path / "pipe") == "is not a regular file; name a scenario file"
    assert "cannot be read" in complaint(tmp_path / ("a" * 5000))


@given(st.data())
def test_a_file_with_a_mistake_anywhere_is_read_or_refused_in_one_line(tmp_path_factory, data):
    content = WHOLE.encode()
    at = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(at, min(len(content), at + 20)))
    content = content[:at] + data.draw(st.binary(max_size=8)) + content[end:]
    path = tmp_path_factory.getbasetemp() / "mistaken.toml"
    path.write_bytes(content)
    try:
        read_scenario(path)
    except CommandError as error:
        assert re.fullmatch(r"[^\n\r]+", str(error))
