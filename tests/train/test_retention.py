"""Old checkpoints go when a newer one is safe; the newest few and the best stay."""

import json

import pytest
import torch

from abp.train import checkpoint
from abp.train.retention import Retention


def save(directory, windows, steps=0):
    return checkpoint.save(directory, {}, windows=windows, steps_into_window=steps).path.name


def names(paths):
    return [path.name for path in paths]


def test_the_newest_and_the_best_stay(tmp_path):
    retention = Retention(tmp_path, keep=2)
    best = []
    for windows, credits_mean in enumerate([None, 5.0, 30.0, 30.0, 7.0, None], start=1):
        name = save(tmp_path, windows)
        if retention.consider(name, credits_mean):
            best.append(windows)
    assert best == [2, 3]
    assert names(retention.surplus()) == ["window-000001.pt", "window-000002.pt", "window-000004.pt"]


def test_one_within_a_window_is_newer_than_the_one_at_its_start(tmp_path):
    retention = Retention(tmp_path, keep=1)
    save(tmp_path, 3)
    save(tmp_path, 3, steps=512)
    assert names(retention.surplus()) == ["window-000003.pt"]


def test_other_files_are_left_alone(tmp_path):
    for name in ("notes.pt", "window-000001.pt.damaged", ".window-000001.pt.x.tmp"):
        (tmp_path / name).touch()
    assert Retention(tmp_path, keep=1).surplus() == []


def test_the_best_is_known_after_a_resume_as_long_as_its_file_is_there(tmp_path):
    first = Retention(tmp_path, keep=1)
    first.consider(save(tmp_path, 1), 9.0)
    again = Retention(tmp_path, keep=1)
    again.load_state_dict(first.state_dict())
    assert not again.consider(save(tmp_path, 2), 8.0)
    assert again.surplus() == []
    (tmp_path / "window-000001.pt").unlink()
    third = Retention(tmp_path, keep=1)
    third.load_state_dict(first.state_dict())
    assert third.consider("window-000002.pt", 8.0)


def events(path, kind):
    lines = [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]
    return [event for event in lines if event["type"] == kind]


def left(path):
    return {f"checkpoints/{name}" for name in names((path / "checkpoints").iterdir())}


@pytest.fixture
def frugal(tiny):
    return tiny.model_copy(update={"checkpoint_every_windows": 1, "keep_checkpoints": 1, "total_env_steps": 2560})


@pytest.mark.parametrize("stops", [[], [5, 3, 6]])
def test_a_run_keeps_its_last_and_its_best_over_any_stops(stops, train, frugal, tmp_path):
    for i, stop in enumerate(stops):
        train(frugal, tmp_path, resume=i > 0, stop_after=stop)
    train(frugal, tmp_path, resume=bool(stops))
    saved = events(tmp_path, "checkpoint")
    best = [event["path"] for event in saved if event["best"]][-1]
    assert left(tmp_path) == {saved[-1]["path"], best}
    gone = [event["path"] for event in events(tmp_path, "checkpoint_removed")]
    assert sorted([*gone, *left(tmp_path)]) == sorted(event["path"] for event in saved)
    credits_of = {row["window"]["window_id"]: row["window"]["credits_mean"] for row in events(tmp_path, "window")}
    assert credits_of[int(best[19:25])] == max(value for value in credits_of.values() if value is not None)


def test_a_kill_between_the_telling_and_the_removing_is_made_up_for(train, frugal, tmp_path, monkeypatch):
    whole, _ = train(frugal, tmp_path / "whole")

    class KilledError(Exception):
        pass

    def killed(self, missing_ok=False):
        raise KilledError

    monkeypatch.setattr("pathlib.Path.unlink", killed)
    with pytest.raises(KilledError):
        train(frugal, tmp_path / "killed")
    monkeypatch.undo()
    run, reason = train(frugal, tmp_path / "killed", resume=True)
    assert reason == "completed"
    assert left(tmp_path / "killed") == left(tmp_path / "whole")
    parameters = zip(run.learner.policy.parameters(), whole.learner.policy.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in parameters)
