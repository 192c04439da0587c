"""A run in its directory: what it leaves there, and that stopping and resuming changes nothing."""

import hashlib
import json

import pytest
import torch

from abp.episodes import replay
from abp.runs import checkpoint_names
from abp.runs.directory import DirectoryInUseError, RunDirectory
from abp.runs.event_log import read_lines
from abp.runs.events import (
    CheckpointSaved,
    Finished,
    ReplayRecorded,
    Started,
    WindowClosed,
    read_event,
    write_event,
)
from abp.train.checkpoint import CheckpointError
from abp.train.run import UsageError

TIMING = (
    "wall_time_s", "steps_per_second", "env_time_s", "inference_time_s", "learning_time_s", "other_time_s",
)  # fmt: skip


def events(path, kind=None):
    lines = [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]
    return [event for event in lines if kind in (None, event["type"])]


def rows(path):
    """Each window's row without its timings; the latest where one was made again."""
    return {
        event["window"]["window_id"]: {k: v for k, v in event["window"].items() if k not in TIMING}
        for event in events(path, "window")
    }


def hashes(path):
    return {
        e["replay"]["window_id"]: (e["replay"]["final_state_hash"], e["replay"]["tags"]) for e in events(path, "replay")
    }


def weights(run):
    return torch.nn.utils.parameters_to_vector(run.learner.policy.parameters()).detach()


@pytest.fixture(scope="module")
def uninterrupted(train, tiny, tmp_path_factory):
    """The tiny run to its end: its weights and its directory."""
    path = tmp_path_factory.mktemp("uninterrupted")
    run, reason = train(tiny, path)
    assert reason == "completed"
    return weights(run), path


def test_a_run_leaves_windows_checkpoints_replays_and_its_config(uninterrupted, tiny):
    _, path = uninterrupted
    kinds = [event["type"] for event in events(path)]
    window, saved = ["window", "replay"], ["checkpoint"]
    assert kinds == ["started", *window, *window, *saved, *window, *window, *saved, *window, *saved, "finished"]
    assert [event["seq"] for event in events(path)] == list(range(1, len(kinds) + 1))
    started, finished = events(path)[0], events(path)[-1]
    assert started["config"] == tiny.model_dump()
    assert (started["resumed_from"], started["env_steps_total"]) == (None, 0)
    assert (finished["reason"], finished["env_steps_total"]) == ("completed", 1280)
    assert json.loads((path / "config.json").read_text()) == tiny.model_dump()
    assert [row["env_steps_total"] for row in rows(path).values()] == [256, 512, 768, 1024, 1280]
    assert sorted(rows(path)) == [1, 2, 3, 4, 5]


def test_every_line_is_an_event_of_its_class_and_is_written_the_same_again(uninterrupted):
    _, path = uninterrupted
    lines = [line for line, _ in read_lines(path / "events.jsonl")]
    assert [write_event(read_event(line)) for line in lines] == lines
    assert {type(read_event(line)) for line in lines} == {
        Started,
        WindowClosed,
        CheckpointSaved,
        ReplayRecorded,
        Finished,
    }


def test_files_are_as_their_events_say(uninterrupted):
    _, path = uninterrupted
    saved = events(path, "checkpoint") + events(path, "replay")
    assert len(saved) == 3 + 5
    for event in saved:
        content = (path / event["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (event["bytes"], event["sha256"])


def test_each_window_has_a_replay_that_verifies_and_the_best_are_tagged(uninterrupted):
    _, path = uninterrupted
    told = [event["replay"] for event in events(path, "replay")]
    assert [replay["window_id"] for replay in told] == [1, 2, 3, 4, 5]
    best = float("-inf")
    for event in events(path, "replay"):
        recipe = replay.ReplayRecipe.load(path / event["path"])
        replay.verify(recipe)
        summary = recipe.summary()
        assert {name: summary[name] for name in event["replay"] if name in summary} == {
            name: value for name, value in event["replay"].items() if name != "env_steps_total"
        }
        better = recipe.return_total > best
        best = max(best, recipe.return_total)
        assert "every_window" in recipe.tags
        assert ("best_so_far" in recipe.tags) == better


@pytest.mark.parametrize("stops", [[1], [3], [4], [2, 3, 1], [9]])
def test_a_stopped_and_resumed_run_ends_as_if_it_never_stopped(stops, uninterrupted, train, tiny, tmp_path):
    expected, path = uninterrupted
    for i, stop in enumerate(stops):
        _, reason = train(tiny, tmp_path, resume=i > 0, stop_after=stop)
        assert reason == "stopped"
    run, reason = train(tiny, tmp_path, resume=True)
    assert reason == "completed"
    assert torch.equal(weights(run), expected)
    assert rows(tmp_path) == rows(path)
    assert hashes(tmp_path) == hashes(path)
    seqs = [event["seq"] for event in events(tmp_path)]
    assert seqs == list(range(1, len(seqs) + 1))


def test_after_a_kill_the_windows_since_the_checkpoint_are_made_again(uninterrupted, train, tiny, tmp_path):
    expected, path = uninterrupted
    # Three windows; the stop's own checkpoint is lost, as after a kill.
    train(tiny, tmp_path, stop_after=6)
    (tmp_path / "checkpoints" / "window-000003.pt").unlink()
    run, _ = train(tiny, tmp_path, resume=True)
    assert torch.equal(weights(run), expected)
    assert [event["window"]["window_id"] for event in events(tmp_path, "window")] == [1, 2, 3, 3, 4, 5]
    assert rows(tmp_path) == rows(path)
    assert events(tmp_path, "started")[1]["resumed_from"] == "checkpoints/window-000002.pt"


def test_resuming_a_finished_run_only_says_so(uninterrupted, train, tiny, tmp_path):
    first, _ = train(tiny, tmp_path)
    again, reason = train(tiny, tmp_path, resume=True)
    assert reason == "completed"
    assert torch.equal(weights(again), weights(first))
    assert len(events(tmp_path, "window")) == 5


def test_a_run_can_be_resumed_for_longer(train, tiny, tmp_path):
    train(tiny, tmp_path)
    longer = tiny.model_copy(update={"total_env_steps": 1536, "name": "longer"})
    run, _ = train(longer, tmp_path, resume=True)
    assert run.learner.env_steps == 1536
    assert sorted(rows(tmp_path)) == [1, 2, 3, 4, 5, 6]


def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(uninterrupted, train, tiny, tmp_path):
    train(tiny, tmp_path, stop_after=8)
    damaged, *_ = checkpoint_names.in_order(tmp_path / "checkpoints")
    damaged.write_bytes(damaged.read_bytes()[:1000])
    run, _ = train(tiny, tmp_path, resume=True)
    assert torch.equal(weights(run), uninterrupted[0])
    (warning,) = events(tmp_path, "log")
    assert warning["message"].startswith("window-000004.pt is damaged")
    (removed,) = events(tmp_path, "checkpoint_removed")
    assert (removed["path"], removed["reason"]) == ("checkpoints/window-000004.pt", "damaged")
    names = {path.name for path in (tmp_path / "checkpoints").iterdir()}
    assert names == {"window-000002.pt", "window-000004.pt", "window-000004.pt.damaged", "window-000005.pt"}


def test_when_no_checkpoint_can_be_read_the_run_fails_rather_than_start_over(train, tiny, tmp_path):
    train(tiny, tmp_path, stop_after=4)
    for path in checkpoint_names.in_order(tmp_path / "checkpoints"):
        path.write_bytes(b"damaged")
    for _ in range(2):
        with pytest.raises(CheckpointError, match=r"none of the 1 checkpoints .* can be read"):
            train(tiny, tmp_path, resume=True)
    assert not events(tmp_path, "checkpoint_removed")


def test_resuming_before_the_first_checkpoint_starts_from_the_beginning(train, tiny, tmp_path):
    _, reason = train(tiny, tmp_path, resume=True)
    assert reason == "completed"
    assert events(tmp_path, "started")[0]["resumed_from"] is None


def test_another_config_is_not_resumed(train, tiny, tmp_path):
    train(tiny, tmp_path, stop_after=2)
    other = tiny.model_copy(update={"gamma": 0.5, "seed": 9})
    with pytest.raises(UsageError, match="trained with another gamma, seed"):
        train(other, tmp_path, resume=True)


def test_two_trainers_can_not_share_a_directory(tmp_path):
    first, second = RunDirectory(tmp_path), RunDirectory(tmp_path)
    first.take()
    with pytest.raises(DirectoryInUseError, match="in use by another trainer"):
        second.take()
    first.close()
    second.take()
    second.close()
