import pytest

from monitor.whole_files import whole_files, write_private
from tests.full_disk import files_of_at_most


def test_a_private_file_is_the_users_own_and_replaces_what_was_there(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(b"older")
    path.chmod(0o644)
    write_private(path, b"newer")
    assert path.read_bytes() == b"newer"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_on_a_full_disk_the_older_file_stays_alone(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(b"older")
    with files_of_at_most(5000), pytest.raises(OSError):
        write_private(path, bytes(20_000))
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_files_take_their_places_together_or_not_at_all(tmp_path):
    sound, marks, header = (tmp_path / name for name in ("a.dat", "a.atr", "a.hea"))
    for path in (sound, marks, header):
        path.write_text("older")
    with pytest.raises(ZeroDivisionError), whole_files([sound, marks, header]) as folder:
        (folder / "a.dat").write_text("newer")
        raise ZeroDivisionError
    assert [path.read_text() for path in (sound, marks, header)] == ["older"] * 3
    with whole_files([sound, marks, header]) as folder:
        for name in ("a.dat", "a.hea"):
            (folder / name).write_text("newer")
    assert sorted(tmp_path.iterdir()) == [sound, header]
    assert [path.read_text() for path in (sound, header)] == ["newer"] * 2
