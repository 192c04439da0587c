"""Episode makes the frames of docs/records.md."""

import json

import numpy as np
import pytest

import abp
from abp import rules
from abp.episodes.episode import Episode
from abp.rules import ACTION_NAMES, INFO_FIELDS

FRAME_FIELDS = {
    "schema_version", "frame_index", "t", "dt", "action", "action_name", "reward", "terminated", "truncated",
    "events", "render_state", "info",
}  # fmt: skip
RENDER_FIELDS = {
    "observation", "time_remaining", "credits", "total_spend", "net_profit", "node", "known_graph", "action_mask",
}  # fmt: skip


def random_steps(episode, rng, count):
    """Valid actions but cashing out, until the end or for ``count`` steps. Yields (action, frame)."""
    for _ in range(count):
        if episode.ended:
            return
        mask = np.array(episode.frame["render_state"]["action_mask"][:68])
        action = int(rng.choice(np.flatnonzero(mask)))
        yield action, episode.step(action)


def test_frame_zero_is_the_reset():
    frame = Episode.start(5).frame
    assert set(frame) == FRAME_FIELDS
    assert set(frame["render_state"]) == RENDER_FIELDS
    head = {name: frame[name] for name in ("frame_index", "t", "dt", "action", "action_name", "reward", "events")}
    assert head == {
        "frame_index": 0, "t": 0, "dt": 0, "action": None, "action_name": None, "reward": 0.0, "events": [],
    }  # fmt: skip
    assert (frame["terminated"], frame["truncated"]) == (False, False)
    assert frame["render_state"]["node"] == 0


def test_frames_agree_with_the_core():
    rng = np.random.default_rng(0)
    episode = Episode.start(8, time_max=500.0)
    core = abp.BatchCore(1, time_max=500.0, record_events=True)
    core.reset(np.array([8]))
    ticks = steps = 0
    for action, frame in random_steps(episode, rng, 300):
        core.step(np.array([action], dtype=np.uint8))
        assert set(frame) == FRAME_FIELDS
        assert (frame["action"], frame["action_name"]) == (action, ACTION_NAMES[action])
        assert frame["t"] == ticks
        assert frame["dt"] == core.info["dt"][0]
        ticks += frame["dt"]
        steps += 1
        assert frame["frame_index"] == steps == episode.frame_index
        assert frame["reward"] == core.reward[0]
        assert (frame["terminated"], frame["truncated"]) == (core.terminated[0], core.truncated[0])
        assert frame["events"] == core.events(0)
        assert frame["info"] == {field: core.info[field][0].item() for field in INFO_FIELDS}
        render = frame["render_state"]
        np.testing.assert_array_equal(render["observation"], core.obs[0])
        assert render["action_mask"] == core.action_mask[0].tolist()
        assert render["credits"] == core.info["credits"][0]
    assert steps > 20


def test_frames_are_json_but_for_the_observation_array():
    frame = Episode.start(1).step(8)
    assert frame["render_state"]["observation"].dtype == np.float32
    json.dumps(frame, default=lambda array: array.tolist(), allow_nan=False)


def test_the_policy_is_kept_in_its_frame_only():
    policy = {"value": 1.5, "top": [{"action": rules.HOLD, "name": ACTION_NAMES[rules.HOLD], "p": 0.9}]}
    episode = Episode.start(1)
    assert episode.step(6, policy)["policy"] == policy
    assert "policy" not in episode.step(6)


def test_the_known_graph_grows_with_the_visits_and_shows_nothing_else():
    rng = np.random.default_rng(4)
    episode = Episode.start(12)
    visited = [0]
    for _ in range(300):
        frame = episode.frame
        graph = frame["render_state"]["known_graph"]
        node = frame["render_state"]["node"]
        if node not in visited:
            visited.append(node)
        assert episode.visited == visited
        assert [n["id"] for n in graph["nodes"] if n["visited"]] == visited
        assert {edge["from"] for edge in graph["edges"]} == set(visited)
        assert {n["id"] for n in graph["nodes"]} == set(visited) | {edge["to"] for edge in graph["edges"]}
        assert_neighbors_match_the_observation(frame)
        if episode.ended:
            break
        mask = np.array(frame["render_state"]["action_mask"])
        # Travel often, listen now and then.
        episode.step(11 if rng.random() < 0.2 else int(rng.choice(np.flatnonzero(mask[:6]))))
    assert len(visited) > 3


def assert_neighbors_match_the_observation(frame):
    render = frame["render_state"]
    types = {node["id"]: node["type"] for node in render["known_graph"]["nodes"]}
    here = {e["slot"]: e for e in render["known_graph"]["edges"] if e["from"] == render["node"]}
    for slot in range(6):
        exists, *kind, time, fuel, threat = render["observation"][24 + 7 * slot : 31 + 7 * slot].tolist()
        assert bool(exists) == (slot in here)
        if exists:
            edge = here[slot]
            assert types[edge["to"]] == ("station", "cluster", "hazard")[kind.index(1.0)]
            assert edge["time"] == pytest.approx(8 * time)
            assert edge["fuel"] == pytest.approx(160 * fuel)
            assert edge["threat_estimate"] == pytest.approx(threat)


def test_a_restored_episode_goes_on_with_the_same_frames():
    rng = np.random.default_rng(2)
    episode = Episode.start(21)
    for _ in random_steps(episode, rng, 30):
        pass
    assert not episode.ended
    twin = Episode.restore(episode.state(), frame_index=episode.frame_index, visited=episode.visited)
    np.testing.assert_equal(twin.frame["render_state"], episode.frame["render_state"])
    assert twin.frame["t"] == episode.frame["t"] + episode.frame["dt"]
    steps = 0
    for action, frame in random_steps(episode, rng, 100):
        np.testing.assert_equal(twin.step(action), frame)
        steps += 1
    assert steps > 20
    assert twin.state() == episode.state()


def test_skipping_leads_to_the_same_frame_as_stepping():
    rng = np.random.default_rng(3)
    stepped, skipped = Episode.start(33), Episode.start(33)
    actions = [action for action, _ in random_steps(stepped, rng, 40)]
    skipped.skip(np.array(actions[:-1], dtype=np.uint8))
    np.testing.assert_equal(skipped.step(actions[-1]), stepped.frame)


def test_an_ended_episode_stays_ended():
    episode = Episode.start(1)
    frame = episode.step(68)
    assert (episode.ended, frame["terminated"]) == (True, True)
    assert frame["events"][-1]["type"] == "cash_out"
    with pytest.raises(abp.EpisodeEndedError):
        episode.step(6)
    assert episode.frame is frame
    assert Episode.restore(episode.state(), frame_index=1, visited=[0]).ended


@pytest.mark.parametrize("action", [69, 255, 256, -1])
def test_a_code_that_is_no_action_is_shown_as_invalid(action):
    frame = Episode.start(1).step(action)
    assert frame["action_name"] == "INVALID"
    assert frame["info"]["invalid_action"] is True


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range_is_an_error(seed):
    with pytest.raises(ValueError, match="seed must be in"):
        Episode.start(seed)


def test_a_state_that_is_none_is_an_error():
    good = Episode.start(1).state()
    for blob in (b"", b"nonsense", good[:-1], good + b"x"):
        with pytest.raises(ValueError, match=r"state|blob"):
            Episode.restore(blob, frame_index=0, visited=[0])
    with pytest.raises(ValueError, match="time_max"):
        Episode.restore(good, time_max=float("nan"), frame_index=0, visited=[0])
    for visited in ([], [99], [-1]):
        with pytest.raises(ValueError, match="visited must name nodes"):
            Episode.restore(good, frame_index=0, visited=visited)
