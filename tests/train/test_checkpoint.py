"""Checkpoints: whole or not there, found in order, and harmless to read."""

import hashlib
import os

import pytest
import torch

from abp.runs import checkpoint_names
from abp.train import checkpoint
from abp.train.checkpoint import CheckpointError


class Evil:
    def __reduce__(self):
        return os.system, ("touch pwned",)


def test_a_checkpoint_comes_back_and_its_hash_is_true(tmp_path):
    saved = checkpoint.save(tmp_path, {"x": torch.arange(3), "n": 5}, windows=10, steps_into_window=0)
    assert saved.path.name == "window-000010.pt"
    assert saved.sha256 == hashlib.sha256(saved.path.read_bytes()).hexdigest()
    assert saved.bytes == saved.path.stat().st_size
    state = checkpoint.load(saved.path)
    assert state["n"] == 5
    assert torch.equal(state["x"], torch.arange(3))


def test_the_one_that_got_furthest_is_first(tmp_path):
    for windows, steps in [(2, 0), (10, 0), (9, 512), (10, 65536), (10, 512), (0, 0)]:
        checkpoint.save(tmp_path, {}, windows=windows, steps_into_window=steps)
    (tmp_path / ".window-000011.pt.abc.tmp").touch()
    (tmp_path / "other.pt").touch()
    names = [path.name for path in checkpoint_names.in_order(tmp_path)]
    assert names == [
        "window-000010-000000065536.pt",
        "window-000010-000000000512.pt",
        "window-000010.pt",
        "window-000009-000000000512.pt",
        "window-000002.pt",
        "window-000000.pt",
    ]


@pytest.fixture
def saved(tmp_path):
    return checkpoint.save(tmp_path, {"x": torch.arange(100)}, windows=2, steps_into_window=0).path


def test_a_flipped_bit_is_found_wherever_it_is(saved):
    content = saved.read_bytes()
    for position in [*range(0, len(content), 37), *range(len(content) - 80, len(content))]:
        for bit in (0, 7):
            broken = bytearray(content)
            broken[position] ^= 1 << bit
            saved.write_bytes(broken)
            with pytest.raises(CheckpointError, match=r"^window-000002\.pt is damaged.* SHA-256"):
                checkpoint.load(saved)


def test_a_file_of_any_other_length_is_refused(saved):
    content = saved.read_bytes()
    for broken in (b"", b"nonsense", b"x" * 72, *(content[:n] for n in range(0, len(content), 97)), content + b"\0"):
        saved.write_bytes(broken)
        with pytest.raises(CheckpointError, match=r"^window-000002\.pt is damaged.* SHA-256"):
            checkpoint.load(saved)


def test_what_is_whole_but_no_checkpoint_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "FORMAT", 99)
    path = checkpoint.save(tmp_path, {}, windows=2, steps_into_window=0).path
    monkeypatch.undo()
    with pytest.raises(CheckpointError, match="no checkpoint of format 5"):
        checkpoint.load(path)
    with pytest.raises(CheckpointError, match=r"none\.pt can't be read: No such file"):
        checkpoint.load(tmp_path / "none.pt")


def test_reading_runs_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Whole by its hash: somebody wrote it so.
    path = checkpoint.save(tmp_path, {"x": Evil()}, windows=1, steps_into_window=0).path
    with pytest.raises(CheckpointError, match=r"can't be read \(UnpicklingError\)"):
        checkpoint.load(path)
    assert not (tmp_path / "pwned").exists()


def test_a_full_disk_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    checkpoint.save(tmp_path, {"n": 1}, windows=1, steps_into_window=0)

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(tmp_path, {"n": 2}, windows=1, steps_into_window=0)
    monkeypatch.undo()
    assert checkpoint.load(tmp_path / "window-000001.pt")["n"] == 1
    assert len(list(tmp_path.iterdir())) == 1
