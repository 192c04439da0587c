"""The fused heads against the same in torch, on every path that this machine can take."""

import numpy as np
import pytest
import torch

from abp import _core
from abp.players.network import Policy
from abp.rules import NUM_ACTIONS
from abp.runs.config import TrainConfig
from abp.train.heads import Experience, FusedHeads, TensorHeads

ROWS = 203


@pytest.fixture(params=["avx512", "avx2", "portable"])
def path(request, monkeypatch):
    monkeypatch.setenv("ABP_SIMD", request.param)
    try:
        _core.simd_path()
    except ValueError:
        pytest.skip(f"this machine has no {request.param}")


def heads(hidden, seed=0, rows=ROWS):
    """Both, of a policy whose logits are far apart; features and masks for them, and the policy."""
    torch.manual_seed(seed)
    config = TrainConfig(hidden_size=hidden, logbook=False)
    policy = Policy(hidden)
    with torch.no_grad():
        policy.actor.weight *= 300
        for parameter in policy.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    masks = torch.rand(rows, NUM_ACTIONS) < 0.2
    masks[torch.arange(rows), torch.randint(NUM_ACTIONS, (rows,))] = True
    features = torch.randn(rows, hidden).relu()
    return FusedHeads(config, policy), TensorHeads(config, policy, rows), features, masks, policy


def experience(masks, log_probs):
    actions = masks.float().multinomial(1)
    rows = len(masks)
    return Experience(
        masks=masks.to(torch.uint8),
        actions=actions[:, 0],
        log_probs=log_probs.gather(1, actions)[:, 0] + 0.3 * torch.randn(rows),
        advantages=torch.randn(rows),
        targets=torch.randn(rows),
    )


@torch.no_grad()
@pytest.mark.parametrize(("hidden", "rows"), [(128, 203), (1, 5), (33, 4), (17, 1)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_loss_and_its_derivatives_are_those_of_torch(path, hidden, rows, dtype):
    fused, tensors, features, masks, _ = heads(hidden, rows=rows)
    features = features.to(dtype)
    logits, _ = tensors.forward(features, masks.to(torch.uint8))
    batch = experience(masks, logits.log_softmax(-1))
    found, expected = torch.zeros(2, rows, NUM_ACTIONS + 1, dtype=dtype)
    sums = fused.differentiate(features, batch, found)
    expected_sums = tensors.differentiate(features, batch, expected)
    torch.testing.assert_close(sums, expected_sums, rtol=1e-4, atol=1e-3)
    # A number between two of bfloat16 may go to either.
    tolerance = {"rtol": 2**-7, "atol": 1e-5} if dtype == torch.bfloat16 else {"rtol": 1e-4, "atol": 1e-5}
    torch.testing.assert_close(found, expected, **tolerance)
    assert found.abs().max() > 0.1
    if rows > 100:
        assert 0 < sums[4] < rows, "some rows are clipped, some are not"


@torch.no_grad()
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_is_chosen_has_the_log_probability_and_the_value_of_torch(path, dtype):
    fused, tensors, features, masks, policy = heads(128)
    features = features.to(dtype)
    logits, expected_values = tensors.forward(features, masks.to(torch.uint8))
    actions, log_probs, values = torch.zeros(ROWS, dtype=torch.int64), torch.zeros(ROWS), torch.zeros(ROWS)
    policy.critic.bias += 1.0
    fused.choose(features, masks.to(torch.uint8), torch.rand(ROWS), actions, log_probs, values)
    torch.testing.assert_close(values, expected_values)
    policy.critic.bias += 1.0
    fused.refresh()
    fused.choose(features, masks.to(torch.uint8), torch.rand(ROWS), actions, log_probs, values)
    torch.testing.assert_close(values, expected_values + 2.0)
    expected = logits.log_softmax(-1).gather(1, actions[:, None])[:, 0]
    torch.testing.assert_close(log_probs, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("draw", [0.0, 0.5, 1 - 2**-24])
def test_an_impossible_action_is_never_chosen(path, draw):
    fused, _, features, masks, _ = heads(128)
    actions, (log_probs, values) = torch.zeros(ROWS, dtype=torch.int64), torch.zeros(2, ROWS)
    fused.choose(features, masks.to(torch.uint8), torch.full((ROWS,), draw), actions, log_probs, values)
    assert masks.gather(1, actions[:, None]).all()
    assert len(actions.unique()) > 10


def test_choices_follow_the_probabilities(path):
    policy = Policy(8)
    probabilities = torch.zeros(NUM_ACTIONS)
    probabilities[[3, 10, 68]] = torch.tensor([0.2, 0.5, 0.3])
    with torch.no_grad():
        policy.actor.weight.zero_()
        policy.actor.bias[:] = probabilities.log().clamp_min(-50.0)
    rows = 40_000
    actions, (log_probs, values) = torch.zeros(rows, dtype=torch.int64), torch.zeros(2, rows)
    masks, draws = torch.ones(rows, NUM_ACTIONS, dtype=torch.uint8), torch.rand(rows)
    fused = FusedHeads(TrainConfig(hidden_size=8, logbook=False), policy)
    fused.choose(torch.zeros(rows, 8), masks, draws, actions, log_probs, values)
    counts = torch.bincount(actions, minlength=NUM_ACTIONS)
    torch.testing.assert_close(counts / rows, probabilities, atol=0.01, rtol=0)
    torch.testing.assert_close(log_probs, probabilities.log()[actions])


def test_a_row_does_not_depend_on_its_neighbours(path):
    fused, _, features, masks, _ = heads(128)
    draws = torch.rand(ROWS)

    def chosen(rows):
        n = len(draws[rows])
        actions, (log_probs, values) = torch.zeros(n, dtype=torch.int64), torch.zeros(2, n)
        fused.choose(features[rows], masks[rows].to(torch.uint8), draws[rows], actions, log_probs, values)
        return torch.stack([actions.double(), log_probs.double(), values.double()])

    whole = chosen(slice(None))
    for rows in (slice(0, 1), slice(1, 8), slice(5, 202)):
        assert torch.equal(chosen(rows), whole[:, rows])


@pytest.mark.parametrize("broken", [float("nan"), float("inf")])
def test_broken_weights_give_derivatives_that_say_so(path, broken):
    _, _, features, masks, policy = heads(128)
    with torch.no_grad():
        policy.critic.weight[0, 3] = broken
        policy.actor.weight[:, 3] = broken
    fused = FusedHeads(TrainConfig(hidden_size=128, logbook=False), policy)
    derivatives = torch.zeros(ROWS, NUM_ACTIONS + 1)
    fused.differentiate(features, experience(masks, torch.zeros(ROWS, NUM_ACTIONS)), derivatives)
    assert not torch.isfinite(derivatives.norm())


def arguments(**changed):
    rows = 3
    named = {
        "features": np.zeros((rows, 8), np.float32),
        "masks": np.ones((rows, NUM_ACTIONS), np.uint8),
        "actions": np.zeros(rows, np.int64),
        "log_probs": np.zeros(rows, np.float32),
        "advantages": np.zeros(rows, np.float32),
        "targets": np.zeros(rows, np.float32),
        "clip_coef": 0.2,
        "ent_coef": 0.01,
        "vf_coef": 0.5,
        "derivatives": np.zeros((rows, NUM_ACTIONS + 1), np.float32),
    }
    return {**named, **changed}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"features": np.zeros((3, 7), np.float32)}, "features has 21 numbers; allowed: 3 rows of 8"),
        ({"actions": np.array([0, 69, 0])}, "actions has 69; allowed: 0 to 68"),
        ({"targets": np.zeros(2, np.float32)}, "every argument must have 3 rows, masks of 69"),
        ({"derivatives": np.zeros((3, 69), np.float32)}, "derivatives has 207 numbers; allowed: 3 rows of 70"),
        ({"derivatives": np.zeros((3, 70), np.uint16)}, "features and derivatives must have the same dtype"),
    ],
)
def test_wrong_arrays_are_named(changed, message):
    fused = _core.Heads(8)
    fused.learn(**arguments())
    with pytest.raises(ValueError, match=message):
        fused.learn(**arguments(**changed))


def test_weights_of_another_size_are_refused():
    with pytest.raises(ValueError, match="weights and biases must be those of 8 hidden units"):
        _core.Heads(8).load(
            *(
                parameter.detach().numpy()
                for parameter in (*Policy(9).actor.parameters(), *Policy(9).critic.parameters())
            )
        )
    with pytest.raises(ValueError, match="hidden_size is 0; allowed: at least 1"):
        _core.Heads(0)
