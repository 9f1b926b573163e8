import os

from hypothesis import given
from hypothesis import strategies as st

from monitor.new_file import new_file, plain_name, unused


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
