import errno
import os
import shutil

import pytest
import soundfile as sf
from hypothesis import given
from hypothesis import strategies as st

from monitor.new_file import new_file, plain_name, unused, write_error


@given(st.text())
def test_a_plain_name_is_a_name_on_every_system(words):
    name = plain_name(words)
    assert len(name) <= 60
    assert name == name.strip(" .")
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(letter < " " for letter in name)
    assert plain_name(name) == name


def test_no_file_is_made_twice(tmp_path):
    wanted = tmp_path / "heart 1.wav"
    made = []
    for _ in range(3):
        free = unused(wanted)
        path, descriptor = new_file(wanted)
        os.close(descriptor)
        assert path == free
        assert path.stat().st_mode & 0o777 == 0o600
        made.append(path.name)
    assert made == ["heart 1.wav", "heart 1 (2).wav", "heart 1 (3).wav"]


@pytest.mark.parametrize(
    ("free", "told"), [(0, os.strerror(errno.ENOSPC)), (10**9, "no space left"), (None, "no space left")]
)
def test_a_full_disk_is_told_as_such(tmp_path, monkeypatch, free, told):
    usage = shutil.disk_usage(tmp_path)

    def asked(folder):
        assert folder == tmp_path
        if free is None:
            raise FileNotFoundError(folder)
        return usage._replace(free=free)

    monkeypatch.setattr("monitor.new_file.shutil.disk_usage", asked)
    error = write_error(AssertionError(), tmp_path)
    assert (error.strerror or str(error)) == told
    spoken = write_error(sf.LibsndfileError(2), tmp_path)
    assert (spoken.strerror or str(spoken)) == (told if free == 0 else "System error.")
