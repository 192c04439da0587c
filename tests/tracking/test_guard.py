"""A tracker that fails costs a warning, not the run."""

import pytest

from abp.tracking import Untracked, open_tracker
from abp.tracking.guard import Guarded
from abp.tracking.memory import TrackerMemory


class Unreliable:
    """Fails from the third event on."""

    def __init__(self):
        self.heard = []
        self.closed = 0

    def hear(self, event):
        if len(self.heard) == 2:
            raise ConnectionError("the server went away")
        self.heard.append(event)

    def close(self, *, failed):
        self.closed += 1
        raise OSError(28, "No space left on device")


def test_it_is_told_once_with_what_to_do_and_then_left_alone():
    warnings, tracker = [], Unreliable()
    guarded = Guarded(tracker, warnings.append)
    for n in range(5):
        guarded.hear({"n": n})
    guarded.close(failed=False)
    (warning,) = warnings
    assert "ConnectionError: the server went away" in warning
    assert "training goes on" in warning
    assert "--resume" in warning
    assert [event["n"] for event in tracker.heard] == [0, 1]
    assert tracker.closed == 0


def test_a_failure_at_the_end_is_told_too():
    warnings = []
    Guarded(Unreliable(), warnings.append).close(failed=False)
    assert "No space left" in warnings[0]


def test_a_warning_that_is_heard_as_an_event_does_not_go_round():
    tracker, warnings = Unreliable(), []

    def warn(text):
        warnings.append(text)
        guarded.hear({"message": text})

    guarded = Guarded(tracker, warn)
    for n in range(4):
        guarded.hear({"n": n})
    assert len(warnings) == 1
    assert tracker.heard == [{"n": 0}, {"n": 1}]


def test_ctrl_c_is_not_a_failure_of_the_tracker():
    class Interrupted:
        def hear(self, event):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Guarded(Interrupted(), print).hear({})


def test_a_window_is_new_once_over_all_processes_and_for_each_kind_of_tracker(tmp_path):
    first = TrackerMemory(tmp_path, "wandb")
    assert [first.is_new(window) for window in (1, 2, 2)] == [True, True, False]
    again = TrackerMemory(tmp_path, "wandb")
    assert again.id == first.id
    assert [again.is_new(window) for window in (2, 3)] == [False, True]
    other = TrackerMemory(tmp_path, "tensorboard")
    assert other.is_new(1)
    assert TrackerMemory(tmp_path, "wandb").id == first.id


@pytest.mark.parametrize("content", ["", "[]", '{"wandb": '])
def test_a_memory_that_is_damaged_counts_as_none(content, tmp_path):
    (tmp_path / "tracking.json").write_text(content)
    assert TrackerMemory(tmp_path, "wandb").is_new(1)


def test_one_that_fails_to_start_is_a_warning_too(tmp_path):
    (tmp_path / "tracking.json").mkdir()
    warnings = []
    tracker = open_tracker("tensorboard", tmp_path, {}, warn=warnings.append)
    assert isinstance(tracker, Untracked)
    assert "not tracked: tensorboard failed to start (IsADirectoryError" in warnings[0]
