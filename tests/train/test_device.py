"""The worker of a GPU: on the CPU, where the same code runs without streams, graphs and pinned memory, and on a GPU."""

import io
import json

import numpy as np
import pytest
import torch

from abp import cli
from abp.runs import checkpoint_names
from abp.train import checkpoint
from abp.train import ppo as ppo_module
from abp.train.command import BAD_CONFIG
from abp.train.device import DeviceError, choose_device
from abp.train.gpu_worker import GpuWorker, choose
from abp.train.ppo import PPO
from abp.train.run import UsageError
from abp.train.windows import Window

no_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no GPU")


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=no_gpu)])
def learner(request, tiny, monkeypatch):
    """Makes a PPO of workers of a GPU, with some of ``tiny`` changed, on the CPU or really on a GPU."""
    monkeypatch.setattr(ppo_module, "CpuWorker", GpuWorker)

    def make(**changes):
        fields = {"num_threads": 1, "precision": "float32", "device": request.param}
        return PPO(tiny.model_copy(update=fields | changes))

    return make


def weights(ppo):
    return torch.nn.utils.parameters_to_vector(ppo.policy.parameters()).detach().cpu()


@pytest.mark.parametrize("num_envs", [1, 5, 8])
def test_the_rollout_holds_what_was_seen_and_done(learner, num_envs):
    ppo = learner(num_envs=num_envs)
    (worker,) = ppo.workers
    first = np.concatenate([np.concatenate([part.obs, part.features], 1) for part in worker.parts])
    assert len(np.unique(first, axis=0)) == num_envs
    window, rollout = Window(1), worker.rollout
    for _ in range(3):  # The second replays what the first captured.
        ppo.collect(window)
        actions, masks = rollout.actions.flatten()[:, None], rollout.masks.flatten(0, 1)
        assert masks.gather(1, actions).all()
        with torch.no_grad():
            log_probs, values = ppo.policy(rollout.obs.flatten(0, 1), masks.bool())
        torch.testing.assert_close(log_probs.gather(1, actions)[:, 0], rollout.log_probs.flatten())
        torch.testing.assert_close(ppo.values_scale.restore(values), rollout.values[:-1].flatten())
        if first is not None:
            np.testing.assert_array_equal(rollout.obs[0].cpu().numpy(), first)
        first = None
    last = torch.from_numpy(np.concatenate([np.concatenate([part.obs, part.features], 1) for part in worker.parts]))
    with torch.no_grad():
        values = ppo.values_scale.restore(ppo.policy.value(last.to(ppo.device)))
    torch.testing.assert_close(values, rollout.values[-1])
    assert window.env_steps == 3 * num_envs * ppo.config.num_steps
    assert window.invalid_actions == 0
    assert len(window.returns) == window.ends["terminated"] + window.ends["truncated"] > 0


def test_a_time_out_is_rewarded_with_the_value_of_where_it_stopped(learner):
    ppo = learner(num_envs=5, num_steps=20, time_max=2.0, reward="frozen_v1", num_minibatches=1, logbook=False)
    with torch.no_grad():
        # Only "drift", and the same value everywhere.
        ppo.policy.actor.bias[6] = 1e4
        ppo.policy.critic.weight.zero_()
        ppo.policy.critic.bias.fill_(7.0)
    ppo.collect(Window(1))
    rollout = ppo.workers[0].rollout
    time_outs = rollout.dones == 1
    assert time_outs.sum() == 50
    torch.testing.assert_close(rollout.rewards[time_outs], rollout.rewards[~time_outs] + ppo.config.gamma * 7.0)


def test_gradients_are_those_of_the_worker_of_a_cpu(learner, tiny, monkeypatch):
    device = learner()
    monkeypatch.undo()
    host = PPO(tiny.model_copy(update={"num_threads": 1, "precision": "float32"}))
    (theirs,), (ours,) = host.workers, device.workers
    assert torch.equal(weights(host), weights(device))
    for _ in range(3):  # Called, captured, replayed.
        host.collect(Window(1))
        for name, found in vars(theirs.rollout).items():
            getattr(ours.rollout, name).copy_(found)
        assert torch.allclose(theirs.moments(), ours.moments().cpu())
        mean, std = torch.tensor(0.1), torch.tensor(2.0)
        batches = theirs.samples(mean, std), ours.samples(mean.to(device.device), std.to(device.device))
        share = theirs.shuffle()[0]
        for blocks in (share, share[1:]):  # The second is of a size that is not captured.
            sums = theirs.differentiate(batches[0], blocks)
            found_sums = ours.differentiate(batches[1], blocks.to(device.device)).cpu()
            torch.testing.assert_close(found_sums, sums, rtol=1e-4, atol=1e-4)
            for found, expected in zip(ours.gradients, theirs.gradients, strict=True):
                torch.testing.assert_close(found.cpu(), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_an_iteration_moves_every_weight_and_starts_from_the_policy_that_acted(learner, precision):
    ppo = learner(num_minibatches=1, precision=precision)
    before = [parameter.detach().clone() for parameter in ppo.policy.parameters()]
    window = Window(1)
    ppo.iteration(window)
    assert abs(window.losses["approx_kl"][0]) < 1e-5
    assert window.losses["clip_fraction"] == [0]
    assert all(not torch.equal(old, new) for old, new in zip(before, ppo.policy.parameters(), strict=True))
    assert all(seconds > 0 for seconds in window.times.values())
    policy, scale = ppo.player()
    assert torch.equal(torch.nn.utils.parameters_to_vector(policy.parameters()), weights(ppo))
    assert scale.mean.device.type == "cpu"


def test_a_run_that_goes_on_from_a_checkpoint_ends_in_the_same_weights(learner):
    straight = learner()
    for _ in range(2):
        straight.iteration(Window(1))
    file = io.BytesIO()
    torch.save(straight.state_dict(), file)
    for _ in range(3):
        straight.iteration(Window(1))
    file.seek(0)
    state = torch.load(file, weights_only=True)
    assert state["device"] == straight.device.type
    assert {moment.device.type for moment in state["optimizer"]["state"][0].values()} == {"cpu"}
    resumed = learner()
    resumed.load_state_dict(state)
    for _ in range(3):
        resumed.iteration(Window(1))
    assert torch.equal(weights(resumed), weights(straight))


def test_a_run_does_not_go_on_on_another_kind_of_device(train, tiny, tmp_path):
    train(tiny, tmp_path, stop_after=2)
    (path,) = checkpoint_names.in_order(tmp_path / "checkpoints")
    state = checkpoint.load(path)
    assert state["learner"]["device"] == "cpu"
    state["learner"]["device"] = "cuda"
    del state["format"]
    window = state["window"]
    checkpoint.save(path.parent, state, windows=window["window_id"] - 1, steps_into_window=window["env_steps"])
    with pytest.raises(UsageError, match=f"{path.name} was trained on cuda, this is cpu; resume with device cuda"):
        train(tiny, tmp_path, resume=True)


def test_actions_are_chosen_by_their_probabilities_and_never_an_impossible_one():
    probs = torch.tensor([[0.0, 0.5, 0.0, 0.3, 0.2, 0.0]])
    draws = torch.linspace(0, 1, 10_001, dtype=torch.float64)[:-1, None]
    chosen = choose(probs.expand(10_000, -1), draws)[:, 0].bincount(minlength=6) / 10_000
    torch.testing.assert_close(chosen, probs[0], rtol=0, atol=2e-4)
    edges = torch.tensor([[0.0], [1.0 - 2.0**-53]], dtype=torch.float64)
    assert choose(probs.expand(2, -1), edges).flatten().tolist() == [1, 4]
    # Rounded down, the parts of these sum up to less than the whole.
    thirds = torch.tensor([[1 / 3, 1 / 3, 1 / 3, 0.0]])
    assert choose(thirds.expand(2, -1), edges).flatten().tolist() == [0, 2]


def test_a_gpu_is_for_one_process(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setenv("LOCAL_RANK", "1")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    assert [str(choose_device(wanted)) for wanted in ("cpu", "auto", "cuda")] == ["cpu", "cuda:1", "cuda:1"]
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "3")
    assert str(choose_device("auto")) == "cpu"
    with pytest.raises(DeviceError, match="torch finds 2 here for 3; allowed: cpu, auto"):
        choose_device("cuda")


@pytest.mark.parametrize("command", ["train", "profile"])
def test_cuda_without_a_gpu_is_refused_before_anything_is_written(command, tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "config.json"
    config.write_text(json.dumps({**tiny.model_dump(), "device": "cuda"}))
    assert cli.main([command, "--config", str(config)]) == BAD_CONFIG
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        f"abp {command}: config field device: cuda needs a GPU for each process, torch finds 0 here for 1; "
        "allowed: cpu, auto"
    )
    assert list(tmp_path.iterdir()) == [config]


def test_baselines_are_measured_on_the_cpu_only(tiny, tmp_path, capsys):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({**tiny.model_dump(), "device": "cuda"}))
    assert cli.main(["profile", "--config", str(config), "--against", "pufferl"]) == BAD_CONFIG
    assert (
        "--against compares on the CPU; config field device is 'cuda', must be cpu or auto" in capsys.readouterr().err
    )
