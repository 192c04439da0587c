"""Replay recipes: saved, loaded, simulated again, and refused when they are not what they say."""

import dataclasses
import json

import numpy as np
import pytest

from abp.cli import main
from abp.episodes import replay
from abp.episodes.episode import Episode
from abp.episodes.replay import ReplayFormatError, ReplayMismatchError, ReplayRecipe
from abp.rules import RULES_VERSION


def record(seed=4, time_max=120.0):
    """A recipe of random valid actions to the end of the episode, and its frames as they were made."""
    rng = np.random.default_rng(seed)
    episode = Episode.start(seed, time_max)
    frames, actions = [episode.frame], []
    while not episode.ended:
        mask = np.array(episode.frame["render_state"]["action_mask"][:68])
        actions.append(int(rng.choice(np.flatnonzero(mask))))
        frames.append(episode.step(actions[-1]))
    probabilities = rng.dirichlet(np.ones(69), size=len(actions)).astype(np.float32)
    top, top_probs = replay.top_actions(probabilities)
    info = episode.frame["info"]
    recipe = ReplayRecipe(
        rules_version=RULES_VERSION,
        package_version="0",
        config={"name": "test"},
        seed=seed,
        time_max=time_max,
        actions=np.array(actions, dtype=np.uint8),
        values=rng.random(len(actions), dtype=np.float32),
        top_actions=top,
        top_probs=top_probs,
        return_total=sum(frame["reward"] for frame in frames),
        credits=info["credits"],
        net_profit=info["net_profit"],
        survival=info["survival"],
        ticks=frames[-1]["t"] + frames[-1]["dt"],
        end_reason=replay.end_reason(
            truncated=frames[-1]["truncated"],
            survived=info["survival"] > 0,
            hull_damage=info["hull_damage"],
        ),
        final_state_hash=replay.state_hash(episode.state()),
        tags=["every_window"],
        window_id=3,
    )
    return recipe, frames


@pytest.fixture(scope="module")
def recorded():
    return record()


@pytest.fixture
def saved(recorded, tmp_path):
    path = tmp_path / "replay.npz"
    recorded[0].save(path)
    return path


def without_policy(frames):
    return [{name: value for name, value in frame.items() if name != "policy"} for frame in frames]


def test_a_saved_recipe_loads_as_it_was(recorded, saved):
    np.testing.assert_equal(dataclasses.asdict(ReplayRecipe.load(saved)), dataclasses.asdict(recorded[0]))
    with open(saved, "rb") as file:
        assert ReplayRecipe.load(file).final_state_hash == recorded[0].final_state_hash


def test_the_frames_come_back_as_they_were(recorded):
    recipe, frames = recorded
    assert recipe.steps == len(frames) - 1
    again = list(replay.iter_frames(recipe))
    np.testing.assert_equal(without_policy(again), frames)
    policy = again[1]["policy"]
    assert policy["value"] == recipe.values[0]
    assert [top["action"] for top in policy["top"]] == recipe.top_actions[0].tolist()
    assert policy["top"][0]["p"] == max(top["p"] for top in policy["top"])
    assert "policy" not in again[0]


def test_pages_are_slices_of_the_whole(recorded):
    recipe, frames = recorded
    total = len(frames)
    for offset, limit in [(0, 1), (0, 10), (1, 5), (7, 3), (total - 1, 10), (total - 3, 3), (5, 0)]:
        page = replay.frames(recipe, offset, limit)
        np.testing.assert_equal(without_policy(page), frames[offset : offset + limit])
    assert replay.frames(recipe, total, 10) == []
    assert replay.frames(recipe, total + 5, 10) == []


@pytest.mark.parametrize(("offset", "limit"), [(-1, 5), (0, -1)])
def test_negative_pages_are_errors(recorded, offset, limit):
    with pytest.raises(ValueError, match="at least 0"):
        replay.frames(recorded[0], offset, limit)


def test_verify_accepts_the_truth_and_nothing_else(recorded):
    recipe, _ = recorded
    replay.verify(recipe)
    wrong_action = recipe.actions.copy()
    wrong_action[0] = 8 if wrong_action[0] != 8 else 7
    for change, message in [
        ({"seed": recipe.seed + 1}, "the final state has hash"),
        ({"actions": wrong_action}, f"ends before its {recipe.steps} recorded"),
        ({"final_state_hash": "0" * 64}, "recorded is 0000"),
        ({"actions": recipe.actions[:-1]}, "goes on after"),
        ({"actions": np.append(recipe.actions, np.uint8(6))}, "ends before"),
        ({"rules_version": "0"}, "under rules '0'"),
    ]:
        with pytest.raises(ReplayMismatchError, match=message):
            replay.verify(dataclasses.replace(recipe, **change))


def test_frames_of_a_recipe_that_does_not_fit_are_an_error(recorded):
    recipe, frames = recorded
    longer = dataclasses.replace(
        recipe,
        actions=np.append(recipe.actions, np.uint8(6)),
        values=np.append(recipe.values, np.float32(0)),
        top_actions=np.vstack([recipe.top_actions, recipe.top_actions[-1:]]),
        top_probs=np.vstack([recipe.top_probs, recipe.top_probs[-1:]]),
    )
    with pytest.raises(ReplayMismatchError, match="ends before"):
        replay.frames(longer, len(frames), 1)


def rewrite(path, **changes):
    """The file at ``path`` with arrays replaced (None: left out) or, for ``meta``, fields replaced."""
    with np.load(path) as archive:
        arrays = dict(archive)
    meta = json.loads(arrays["meta"].tobytes()) | changes.pop("meta", {})
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)
    arrays |= changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"actions": None}, "actions"),
        ({"actions": np.zeros(3, dtype=np.int64)}, "dtype int64"),
        ({"values": np.zeros(3, dtype=np.float32)}, "shape"),
        ({"meta": {"schema_version": 2}}, "schema_version must be 1"),
        ({"meta": {"seed": -1}}, "seed is -1"),
        ({"meta": {"seed": "x"}}, "seed is 'x'"),
        ({"meta": {"seed": True}}, "seed is True"),
        ({"meta": {"time_max": 0}}, "time_max is 0"),
        ({"meta": {"time_max": float("nan")}}, "time_max is nan"),
        ({"meta": {"end_reason": "bored"}}, "bored"),
        ({"meta": {"surprise": 1}}, "surprise"),
        ({"actions": np.array([{"a": 1}], dtype=object)}, "pickle"),
    ],
)
def test_a_file_with_a_wrong_part_is_refused_by_name(saved, changes, message):
    rewrite(saved, **changes)
    with pytest.raises(ReplayFormatError, match=message):
        ReplayRecipe.load(saved)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 half a zip"])
def test_a_file_that_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "broken.npz"
    path.write_bytes(content)
    with pytest.raises(ReplayFormatError, match="not a replay recipe"):
        ReplayRecipe.load(path)


def test_a_cut_or_damaged_file_is_refused(saved):
    content = saved.read_bytes()
    for broken in (content[: len(content) // 2], content[:200] + b"\xff" * 50 + content[250:]):
        saved.write_bytes(broken)
        with pytest.raises(ReplayFormatError):
            ReplayRecipe.load(saved)


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        ReplayRecipe.load(tmp_path / "none.npz")


def test_saving_leaves_the_old_file_when_it_fails(saved, recorded, monkeypatch):
    before = saved.read_bytes()
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        recorded[0].save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"truncated": True, "survived": True, "hull_damage": 10.0}, "timeout"),
        ({"truncated": False, "survived": True, "hull_damage": 10.0}, "cash_out"),
        ({"truncated": False, "survived": False, "hull_damage": 100.0}, "destroyed"),
        ({"truncated": False, "survived": False, "hull_damage": 40.0}, "stranded"),
    ],
)
def test_the_end_has_a_reason(facts, reason):
    assert replay.end_reason(**facts) == reason


def test_the_command_verifies_and_shows_a_replay(saved, recorded, capsys):
    assert main(["replay", str(saved)]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["verified"] is True
    assert summary["credits"] == recorded[0].credits
    assert main(["replay", str(saved), "--frames", "--offset", "2", "--limit", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["frame_index"] for line in lines] == [2, 3, 4]


def test_the_command_refuses_what_it_can_not_verify_in_one_line(saved, recorded, capsys, tmp_path):
    dataclasses.replace(recorded[0], final_state_hash="0" * 64).save(saved)
    (tmp_path / "broken.npz").write_bytes(b"x")
    for path in (saved, tmp_path / "broken.npz", tmp_path / "none.npz"):
        assert main(["replay", str(path)]) == 1
        error = capsys.readouterr().err
        assert error.startswith("abp replay: ")
        assert error.count("\n") == 1
