"""Proximal policy optimisation (Schulman et al. 2017) on Prospector, in one file: python examples/ppo.py --seed 1

It reads from top to bottom and needs only torch and the environment. ``abp train`` is the same algorithm made fast; a
test compares their rollouts, advantages, gradients and updates. It prints a line of JSON a window (docs/metrics.md).
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import torch
from gymnasium.vector import VectorWrapper
from torch import Tensor, nn
from torch.distributions import Categorical

from abp import ProspectorVecEnv
from abp.rules import CASH_OUT, NUM_ACTIONS, OBS_SIZE


@dataclass(frozen=True)
class Config:
    seed: int = 1  # Seed of the worlds, the initial weights and the sampled actions.
    total_env_steps: int = 3_145_728  # Transitions to train for, rounded up to whole windows.
    window_env_steps: int = 131_072  # Transitions in a window of metrics: whole rollouts.
    num_envs: int = 256  # Environments stepped together.
    num_steps: int = 32  # Steps of each environment in a rollout.
    time_max: float = 2000.0  # Ticks of an episode.
    hidden_size: int = 128  # Width of the two ReLU layers.
    learning_rate: float = 2e-3  # Learning rate of Adam at the start. It falls linearly to zero over the run.
    gamma: float = 0.999  # Discount factor of a step.
    gae_lambda: float = 0.97  # Lambda of generalised advantage estimation.
    clip_coef: float = 0.2  # How far a probability ratio may move from 1 before its gradient is cut.
    ent_coef: float = 0.005  # Weight of the entropy bonus.
    vf_coef: float = 0.5  # Weight of the value loss.
    update_epochs: int = 1  # Passes over a rollout.
    num_minibatches: int = 8  # Gradient steps in a pass.
    max_grad_norm: float = 0.5  # Gradients are scaled down to this norm.


class CreditReward(VectorWrapper):
    """Rewards a step with the change of credits, in hundreds, and takes 40 for a death: ``sparse`` of ``abp train``."""

    def reset(self, **options: Any) -> tuple[Any, dict[str, Any]]:
        result = self.env.reset(**options)
        self.credits = self.env.core.info["credits"]
        return result

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        obs, _, terminated, truncated, info = self.env.step(actions)
        before, self.credits = self.credits, self.env.core.info["credits"]
        after, died = self.credits, np.zeros_like(terminated)
        if info:  # Episodes that ended have started again already: final_info has their last credits.
            ended, last = info["_final_info"], info["final_info"]
            after, died = np.where(ended, last["credits"], after), ended & (last["survival"] == 0)
        return obs, (after - before) * 0.01 - 40.0 * died, terminated, truncated, info


class Policy(nn.Module):
    """Two ReLU layers shared by logits and values: ``critic * std + mean`` (PopArt, van Hasselt et al. 2016)."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        first, second = layer(OBS_SIZE, hidden_size, gain=2**0.5), layer(hidden_size, hidden_size, gain=2**0.5)
        self.body = nn.Sequential(first, nn.ReLU(), second, nn.ReLU())
        self.actor = layer(hidden_size, NUM_ACTIONS, gain=0.01)
        self.critic = layer(hidden_size, 1, gain=1.0)
        nn.init.constant_(self.actor.bias[CASH_OUT], -5.0)  # Or the first episodes end within seconds.
        self.mean, self.square, self.std, self.rollouts = torch.tensor(0.0), torch.tensor(1.0), torch.tensor(1.0), 0

    def forward(self, obs: Tensor, masks: Tensor) -> tuple[Categorical, Tensor]:
        """Choice among the valid actions and normalised values [b]. ``obs`` float32[b, 260], ``masks`` bool[b, 69]."""
        hidden = self.body(obs)
        logits = self.actor(hidden).masked_fill(~masks, -1e9)
        return Categorical(logits=logits, validate_args=False), self.critic(hidden).squeeze(-1)

    @torch.no_grad()
    def rescale(self, targets: Tensor) -> None:
        """Count a rollout's targets in mean and deviation, and change the critic so that values stay what they were."""
        mean, std, self.rollouts = self.mean, self.std, self.rollouts + 1
        weight = max(1.0 / self.rollouts, 0.01)  # A plain average at first, then an exponential one.
        self.mean = torch.lerp(mean, targets.mean(), weight)
        self.square = torch.lerp(self.square, targets.square().mean(), weight)
        self.std = (self.square - self.mean**2).clamp_min(1e-8).sqrt()
        self.critic.weight *= std / self.std
        self.critic.bias.copy_((self.critic.bias * std + mean - self.mean) / self.std)


def layer(inputs: int, outputs: int, gain: float) -> nn.Linear:
    """A linear layer with orthogonal weights and no bias at first."""
    linear = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(linear.weight, gain)
    nn.init.zeros_(linear.bias)
    return linear


class Rollout(NamedTuple):
    """T steps of n environments."""

    obs: Tensor  # float32[T, n, 260]
    masks: Tensor  # bool[T, n, 69], the valid actions
    actions: Tensor  # int64[T, n]
    log_probs: Tensor  # float32[T, n], of these actions when they were sampled
    rewards: Tensor  # float32[T, n]; where an episode was truncated, with what was still to come
    dones: Tensor  # float32[T, n], 1 where an episode ended
    values: Tensor  # float32[T + 1, n], of each observation and of those after the last step


@torch.no_grad()
def collect(env: Any, obs: Any, policy: Policy, config: Config, episodes: list[float]) -> tuple[Any, Rollout]:
    """Play T steps from ``obs`` on. Returns the next ``obs`` and the rollout; ``episodes`` gets their final credits."""
    steps, values = [], []
    for _ in range(config.num_steps):
        seen, masks = torch.tensor(obs), torch.tensor(env.unwrapped.action_masks()).bool()
        choice, value = policy(seen, masks)
        action = choice.sample()
        obs, reward, terminated, truncated, info = env.step(action.numpy())
        reward, done = torch.tensor(reward, dtype=torch.float32), torch.tensor(terminated | truncated).float()
        if info:
            episodes.extend(info["final_info"]["credits"][info["_final_info"]].tolist())
        if truncated.any():  # Time ran out. The value of the last observation stands for what was still to come.
            future = policy.critic(policy.body(torch.tensor(np.stack(info["final_obs"][truncated])))).squeeze(-1)
            reward[torch.tensor(truncated)] += config.gamma * (future * policy.std + policy.mean)
        steps.append((seen, masks, action, choice.log_prob(action), reward, done))
        values.append(value)
    values.append(policy.critic(policy.body(torch.tensor(obs))).squeeze(-1))
    return obs, Rollout(*map(torch.stack, zip(*steps, strict=True)), torch.stack(values) * policy.std + policy.mean)


def estimate_advantages(rewards: Tensor, dones: Tensor, values: Tensor, config: Config) -> Tensor:
    """Generalised advantage estimation (Schulman et al. 2016) for the tensors of a rollout: float32[T, n]."""
    advantages, advantage = torch.zeros_like(rewards), torch.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        goes_on = 1.0 - dones[t]
        error = rewards[t] + config.gamma * values[t + 1] * goes_on - values[t]
        advantages[t] = advantage = error + config.gamma * config.gae_lambda * goes_on * advantage
    return advantages


def loss(policy: Policy, config: Config, rows: list[Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    """Mean loss and metrics of b rows of obs, masks, actions, log_probs, advantages and targets, both normalised."""
    obs, masks, actions, log_probs, advantages, targets = rows
    choice, values = policy(obs, masks)
    log_ratio = choice.log_prob(actions) - log_probs
    ratio = log_ratio.exp()
    clipped = ratio.clamp(1 - config.clip_coef, 1 + config.clip_coef)
    policy_loss = -torch.min(advantages * ratio, advantages * clipped).mean()
    value_loss = 0.5 * (values - targets).square().mean()
    entropy = choice.entropy().mean()
    metrics = {"policy_loss": policy_loss, "value_loss": value_loss, "entropy": entropy}
    metrics |= {"approx_kl": (ratio - 1 - log_ratio).mean(), "clip_fraction": (ratio != clipped).float().mean()}
    return policy_loss + config.vf_coef * value_loss - config.ent_coef * entropy, metrics


def update(policy: Policy, optimizer: torch.optim.Adam, rollout: Rollout, config: Config) -> dict[str, float]:
    """Learn from a rollout. Returns the metrics of the last minibatch."""
    advantages = estimate_advantages(rollout.rewards, rollout.dones, rollout.values, config)
    targets = advantages + rollout.values[:-1]
    policy.rescale(targets)
    advantages = (advantages - advantages.mean()) / (advantages.std(correction=0) + 1e-8)
    columns = [part.flatten(0, 1) for part in (*rollout[:4], advantages, (targets - policy.mean) / policy.std)]
    for _ in range(config.update_epochs):
        for rows in torch.randperm(advantages.numel()).chunk(config.num_minibatches):
            objective, metrics = loss(policy, config, [column[rows] for column in columns])
            optimizer.zero_grad()
            objective.backward()
            nn.utils.clip_grad_norm_(policy.parameters(), config.max_grad_norm)
            optimizer.step()
    return {name: metric.item() for name, metric in metrics.items()}


def train(config: Config) -> Iterator[dict[str, float | None]]:
    """Train from scratch, and yield the metrics of each window."""
    torch.set_num_threads(1)  # More threads of torch round otherwise, and a network this small gains nothing by them.
    torch.manual_seed(config.seed)
    policy = Policy(config.hidden_size)
    optimizer = torch.optim.Adam(policy.parameters(), config.learning_rate, eps=1e-5)
    env = CreditReward(ProspectorVecEnv(config.num_envs, time_max=config.time_max, autoreset_mode="SameStep"))
    obs, _ = env.reset(seed=config.seed)
    windows = -(-config.total_env_steps // config.window_env_steps)
    updates = config.window_env_steps // (config.num_envs * config.num_steps)
    for window in range(windows):
        rewards, episodes = [], []
        for i in range(updates):
            optimizer.param_groups[0]["lr"] = config.learning_rate * (1 - (window + i / updates) / windows)
            obs, rollout = collect(env, obs, policy, config, episodes)
            metrics = update(policy, optimizer, rollout, config)
            rewards.append(rollout.rewards.mean().item())
        means = {"credits_mean": np.mean(episodes) if episodes else None, "reward_mean": np.mean(rewards)}
        yield {"env_steps_total": (window + 1) * config.window_env_steps, **means, **metrics}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for field in fields(Config):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    for row in train(Config(**vars(parser.parse_args()))):
        print(json.dumps(row), flush=True)
