import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from tests.full_disk import files_of_at_most
from training.checkpoint import CheckpointError, load_checkpoint, save_checkpoint, write_whole

STATE = {"history": [{"number": 1, "watched_auroc": None}], "identity": "one\ntwo"}


def test_what_was_saved_comes_back(tmp_path):
    path = tmp_path / "new" / "checkpoint"
    tensors = {"a": torch.arange(6.0).reshape(2, 3).T, "b": torch.tensor(3), "c": torch.zeros(0)}
    save_checkpoint(path, tensors, STATE)
    found, state = load_checkpoint(path)
    assert state == STATE
    assert found.keys() == tensors.keys()
    assert all(torch.equal(found[name], tensor) for name, tensor in tensors.items())
    assert found["b"].dtype == torch.int64
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint"]


def test_no_checkpoint_is_no_fault(tmp_path):
    assert load_checkpoint(tmp_path / "none") is None


@pytest.mark.parametrize("room", [0, 100, 1000])
def test_a_failed_write_leaves_the_old_file(tmp_path, room):
    path = tmp_path / "checkpoint"
    save_checkpoint(path, {"a": torch.zeros(10)}, STATE)
    before = path.read_bytes()
    with (
        files_of_at_most(room),
        pytest.raises(CheckpointError, match=r"checkpoint: cannot be written \([^\n]*free space[^\n]*$"),
    ):
        save_checkpoint(path, {"a": torch.ones(100_000)}, STATE)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint"]
    save_checkpoint(path, {"a": torch.ones(100_000)}, STATE)
    assert load_checkpoint(path)[0]["a"].sum() == 100_000


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="cannot be written"):
        write_whole(tmp_path / "file" / "checkpoint", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CheckpointError, match="cannot be written"):
        write_whole(tmp_path / "folder", b"x")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "folder"]


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_file_is_refused_in_one_line(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "checkpoint"
    save_checkpoint(path, {"a": torch.zeros(10)}, STATE)
    whole = path.read_bytes()
    size = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(data.draw(st.sampled_from([whole[:size], whole[size:], b"\x80\x04" + whole[:size]])))
    if path.read_bytes() == whole:
        return
    with pytest.raises(CheckpointError, match="damaged") as caught:
        load_checkpoint(path)
    assert "delete it to begin anew" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_tensors_without_a_state_are_refused(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "plain")
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(tmp_path / "plain")
    save_file({"a": torch.zeros(1)}, tmp_path / "other", metadata={"state": "{"})
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(tmp_path / "other")
