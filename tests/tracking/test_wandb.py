"""Weights & Biases offline: what its own files hold after a run that was interrupted. No test leaves this machine."""

import hashlib
import json
import struct
import sys
from collections import Counter
from pathlib import Path

import pytest
from wandb.proto.wandb_internal_pb2 import Record

from abp import cli

# Each starts trainers, torch and W&B's own process.
pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]

BLOCK, HEADER = 32768, 7


def records(path):
    """The records of a .wandb file: LevelDB's log format after seven bytes, each a message of W&B's own protocol."""
    content = path.read_bytes()
    assert content.startswith(b":W&B")
    position, whole = 7, b""
    while position + HEADER <= len(content):
        if BLOCK - position % BLOCK < HEADER:
            position += BLOCK - position % BLOCK
            continue
        _, length, part = struct.unpack_from("<IHB", content, position)
        whole += content[position + HEADER : position + HEADER + length]
        position += HEADER + length
        if part in (1, 4):  # whole, or the last part
            yield Record.FromString(whole)
            whole = b""


def of_kind(path, kind):
    return [getattr(record, kind) for record in records(path) if record.WhichOneof("record_type") == kind]


def history(path):
    rows = []
    for row in of_kind(path, "history"):
        items = {(item.key or item.nested_key[0]): json.loads(item.value_json) for item in row.item}
        rows.append({name: value for name, value in items.items() if not name.startswith("_")} | {"_": row.step.num})
    return rows


@pytest.fixture(scope="module")
def tracked(lasting_run):
    """A run of three windows that lost its last checkpoint, resumed for a fourth; the .wandb file of each process."""
    run = lasting_run
    first = run.train("--track", "wandb", WANDB_MODE="offline", ABP_WANDB_PROJECT="belt", ABP_WANDB_ENTITY="miners")
    assert first.returncode == 0, first.stderr
    before = set(run.path.glob("wandb/offline-run-*/*.wandb"))
    run.lose_last_checkpoint()
    second = run.train("--track", "wandb", "--resume", "--total-env-steps", "2048", WANDB_MODE="offline")
    assert second.returncode == 0, second.stderr
    (old,), (new,) = before, set(run.path.glob("wandb/offline-run-*/*.wandb")) - before
    return run, old, new


def test_both_processes_are_one_run_of_the_project(tracked):
    run, old, new = tracked
    (first,), (second,) = of_kind(old, "run"), of_kind(new, "run")
    assert first.run_id == second.run_id == json.loads((run.path / "tracking.json").read_text())["wandb"]["id"]
    assert (first.project, first.entity, first.display_name) == ("belt", "miners", "tracked")
    assert first.resume
    assert second.resume
    config = {item.key: json.loads(item.value_json) for item in first.config.update}
    assert config["num_envs"] == 8
    assert config["hidden_size"] == 16


def test_each_window_is_a_row_once_at_its_step_with_the_figures_of_the_events(tracked):
    run, old, new = tracked
    told = [event["window"] for event in run.events("window")]
    assert [row["window_id"] for row in told] == [1, 2, 3, 3, 4]
    rows = history(old) + history(new)
    assert [(row["_"], row["env_steps_total"]) for row in rows] == [(1, 512), (2, 1024), (3, 1536), (4, 2048)]
    for row, window in zip(rows, told[:3] + told[4:], strict=True):
        assert {name: row[name] for name in row if name != "_"} == pytest.approx(
            {name: value for name, value in window.items() if value is not None}
        )
    (every,) = [metric for metric in of_kind(old, "metric") if metric.glob_name == "*"]
    assert every.step_metric == "env_steps_total"


def test_checkpoints_and_replays_are_artifacts_with_aliases(tracked):
    run, old, new = tracked
    artifacts = of_kind(old, "artifact") + of_kind(new, "artifact")
    tracked_id = json.loads((run.path / "tracking.json").read_text())["wandb"]["id"]
    kinds = Counter((artifact.type, artifact.name) for artifact in artifacts)
    assert kinds.keys() == {("model", f"checkpoint-{tracked_id}"), ("replay", f"replay-{tracked_id}")}
    hashes = {event["sha256"] for kind in ("checkpoint", "replay") for event in run.events(kind)}
    best = {event["sha256"] for event in run.events("checkpoint") if event["best"]}
    for artifact in artifacts:
        (file,) = artifact.manifest.contents
        sha256 = hashlib.sha256(Path(file.local_path).read_bytes()).hexdigest()
        assert sha256 in hashes
        about = json.loads(artifact.metadata)
        assert {"latest", f"window-{about['window_id']}"} <= set(artifact.aliases)
        if artifact.type == "model":
            assert about["sha256"] == sha256
            assert ("best" in artifact.aliases) == (sha256 in best)
        else:
            assert ("best" in artifact.aliases) == ("best_so_far" in about["tags"])
    # The last checkpoint of each process is one of them, best or not.
    last = [json.loads(of_kind(path, "artifact")[-1].metadata) for path in (old, new)]
    assert [about["window_id"] for about in last] == [3, 4]


def test_a_benchmark_is_an_eval_job_in_the_group_of_the_run_that_trained_its_checkpoint(tracked):
    run, *_ = tracked
    done = run.benchmark("--track", "wandb", WANDB_MODE="offline")
    assert done.returncode == 0, done.stderr
    (path,) = run.path.glob("benchmark/wandb/offline-run-*/*.wandb")
    tracked_id = json.loads((run.path / "tracking.json").read_text())["wandb"]["id"]
    (job,) = of_kind(path, "run")
    assert (job.job_type, job.run_group) == ("eval", tracked_id)
    config = {item.key: json.loads(item.value_json) for item in job.config.update}
    assert config["model_artifact"] == f"checkpoint-{tracked_id}:window-4"
    assert config["sha256"] == run.events("checkpoint")[-1]["sha256"]
    told = {}
    for summary in of_kind(path, "summary"):
        told |= {(item.key or item.nested_key[0]): json.loads(item.value_json) for item in summary.update}
    results = json.loads((run.path / "benchmark" / "results.json").read_text())
    for player, about in results["players"].items():
        for kpi, value in about["kpis"].items():
            figures = [told[f"{player}/{kpi}/{name}"] for name in ("mean", "ci95_low", "ci95_high")]
            assert figures == pytest.approx([value["mean"], *value["ci95"]])
    (artifact,) = of_kind(path, "artifact")
    assert (artifact.type, artifact.name) == ("benchmark", f"benchmark-{tracked_id}")
    assert sorted(file.path for file in artifact.manifest.contents) == ["report.md", "results.json"]


def test_a_benchmark_that_can_not_be_tracked_as_asked_plays_nothing(tracked):
    run, *_ = tracked
    done = run.benchmark("--track", "wandb", "--out", str(run.path / "other"))
    assert done.returncode == 2
    assert done.stderr == "abp benchmark: track is wandb, and WANDB_API_KEY is not set; set it, or WANDB_MODE=offline\n"
    assert not (run.path / "other" / "results.json").exists()


def test_a_server_that_can_not_be_reached_is_told_and_the_run_goes_on_offline(run):
    done = run.train(
        "--track",
        "wandb",
        prelude="import abp.tracking.wandb_run as w; w.INIT_SECONDS = 2.0",
        WANDB_API_KEY="a" * 40,
        WANDB_BASE_URL="http://127.0.0.1:9",
    )
    assert done.returncode == 0, done.stderr
    warnings = [line for line in done.stderr.splitlines() if "W&B can't be reached" in line]
    assert len(warnings) == 1
    assert "wandb sync" in warnings[0]
    (event,) = run.events("log")
    assert event["message"] in warnings[0]
    (path,) = run.path.glob("wandb/offline-run-*/*.wandb")
    assert [row["window_id"] for row in history(path)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "WANDB_API_KEY is not set; set it, or WANDB_MODE=offline"),
        ({"WANDB_MODE": "sideways"}, "WANDB_MODE is 'sideways'; allowed: online, offline, disabled"),
    ],
)
def test_a_choice_that_can_not_work_is_an_error_before_anything_is_trained(
    environment, message, run, monkeypatch, capsys
):
    for name in ("WANDB_API_KEY", "WANDB_MODE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    words = ["train", "--run-dir", str(run.path), "--track", "wandb"]
    assert cli.main(words) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (run.path / "events.jsonl").exists()


@pytest.mark.parametrize(("track", "package"), [("wandb", "wandb"), ("tensorboard", "tensorboardX")])
def test_a_missing_package_is_such_a_choice(track, package, run, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, package, None)
    assert cli.main(["train", "--run-dir", str(run.path), "--track", track]) == 2
    assert 'is not installed; pip install "asteroid-belt-prospector[train]" brings it' in capsys.readouterr().err
