"""Proximal policy optimisation (Schulman et al. 2017) with masked actions, GAE and normalised values.

One ``iteration`` is a rollout of ``num_steps`` in every environment and the passes of gradient steps over it.
Everything that the next iteration depends on is in ``state_dict``: a run that goes on from it ends in the
same weights.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from abp.constants import NUM_ACTIONS, OBS_SIZE
from abp.seeds import episode_seeds
from abp.train.config import TrainConfig
from abp.train.envs import TrainingEnvs
from abp.train.policy import Policy, ValueScale, sample
from abp.train.windows import Window


class DivergedError(RuntimeError):
    """The loss is no longer a number."""


class PPO:
    """A learner and its environments. Buffers are allocated once; T = num_steps, n = num_envs."""

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        torch.set_num_threads(config.torch_threads)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.policy = Policy(config.hidden_size)
        self.values_scale = ValueScale()
        self.optimizer = torch.optim.Adam(self.policy.parameters(), config.learning_rate, eps=1e-5, fused=True)
        self.generator = torch.Generator().manual_seed(int(episode_seeds(config.seed, -1, 0)[0]))
        self.envs = TrainingEnvs(config)
        self.env_steps = 0

        steps, n = config.num_steps, config.num_envs
        self.obs = torch.zeros(steps, n, OBS_SIZE)
        self.masks = torch.zeros(steps, n, NUM_ACTIONS, dtype=torch.bool)
        self.actions = torch.zeros(steps, n, dtype=torch.int64)
        self.log_probs = torch.zeros(steps, n)
        self.rewards = torch.zeros(steps, n)
        self.dones = torch.zeros(steps, n)
        self.values = torch.zeros(steps + 1, n)
        self.advantages = torch.zeros(steps, n)

        # The environments' own buffers, seen as tensors.
        self._env_obs = torch.from_numpy(self.envs.obs)
        self._env_reward = torch.from_numpy(self.envs.reward)
        self._env_done = torch.from_numpy(self.envs.done)
        self.envs.reset()

    @property
    def learning_rate(self) -> float:
        """Of the next update: falls linearly to zero over the run when ``anneal_lr``."""
        if not self.config.anneal_lr:
            return self.config.learning_rate
        total = self.config.total_windows * self.config.window_env_steps
        return self.config.learning_rate * max(0.0, 1.0 - self.env_steps / total)

    def iteration(self, window: Window) -> None:
        """A rollout and an update, counted in ``window``. Raises DivergedError."""
        self.collect(window)
        self.estimate_advantages()
        window.add_update(self.update())
        self.env_steps += self.config.batch_size

    @torch.no_grad()
    def collect(self, window: Window) -> None:
        """Fill the rollout buffers with T steps of every environment."""
        for t in range(self.config.num_steps):
            self.obs[t].copy_(self._env_obs)
            self.masks[t].copy_(torch.from_numpy(self.envs.mask))
            log_probs, values = self.policy(self.obs[t], self.masks[t])
            actions = sample(log_probs, self.generator)
            self.actions[t].copy_(actions)
            self.log_probs[t].copy_(log_probs.gather(1, actions[:, None]).squeeze(1))
            self.values[t].copy_(self.values_scale.restore(values))

            self.envs.step(actions.numpy().astype(np.uint8), window)
            self.rewards[t].copy_(self._env_reward)
            self.dones[t].copy_(self._env_done)
            if len(self.envs.truncated):
                # Time ran out, the ship could have gone on: what it would have earned counts as reward of the
                # last step.
                future = self.values_scale.restore(self.policy.value(torch.from_numpy(self.envs.final_obs)))
                self.rewards[t, torch.from_numpy(self.envs.truncated)] += self.config.gamma * future
        self.values[-1].copy_(self.values_scale.restore(self.policy.value(self._env_obs)))

    @torch.no_grad()
    def estimate_advantages(self) -> None:
        """Generalised advantage estimation (Schulman et al. 2016), backwards through the rollout."""
        decay = self.config.gamma * self.config.gae_lambda
        advantage = torch.zeros(self.config.num_envs)
        for t in reversed(range(self.config.num_steps)):
            goes_on = 1.0 - self.dones[t]
            delta = self.rewards[t] + self.config.gamma * self.values[t + 1] * goes_on - self.values[t]
            advantage = delta + decay * goes_on * advantage
            self.advantages[t].copy_(advantage)

    def update(self) -> dict[str, float]:
        """Gradient steps over the rollout.

        Returns the LOSS_FIELDS of windows.py, means over all minibatches.
        """
        config = self.config
        self.optimizer.param_groups[0]["lr"] = self.learning_rate
        values = self.values[:-1]
        targets = self.advantages + values
        explained = 1.0 - (self.advantages.var() / targets.var().clamp_min(1e-12)).item()
        self.values_scale.update(targets, self.policy.critic)

        obs = self.obs.flatten(0, 1)
        masks = self.masks.flatten(0, 1)
        actions = self.actions.flatten()
        old_log_probs = self.log_probs.flatten()
        targets = self.values_scale.normalise(targets).flatten()
        advantages = ((self.advantages - self.advantages.mean()) / (self.advantages.std() + 1e-8)).flatten()

        sums = torch.zeros(5)
        for _ in range(config.update_epochs):
            order = torch.randperm(config.batch_size, generator=self.generator)
            for rows in order.view(config.num_minibatches, config.minibatch_size):
                log_probs, value = self.policy(obs[rows], masks[rows])
                log_ratio = log_probs.gather(1, actions[rows, None]).squeeze(1) - old_log_probs[rows]
                ratio = log_ratio.exp()
                clipped = ratio.clamp(1 - config.clip_coef, 1 + config.clip_coef)
                advantage = advantages[rows]

                policy_loss = -torch.min(advantage * ratio, advantage * clipped).mean()
                value_loss = 0.5 * (value - targets[rows]).square().mean()
                entropy = -(log_probs.exp() * log_probs).sum(-1).mean()
                loss = policy_loss + config.vf_coef * value_loss - config.ent_coef * entropy
                if not torch.isfinite(loss):
                    raise DivergedError(
                        f"the loss is {loss.item()} after {self.env_steps} steps; try a lower learning_rate"
                    )

                self.optimizer.zero_grad(set_to_none=True)
                loss.backward()
                nn.utils.clip_grad_norm_(self.policy.parameters(), config.max_grad_norm)
                self.optimizer.step()

                with torch.no_grad():
                    approx_kl = ((ratio - 1) - log_ratio).mean()
                    clip_fraction = (ratio != clipped).float().mean()
                    sums += torch.stack([policy_loss, value_loss, entropy, approx_kl, clip_fraction])

        means = (sums / (config.update_epochs * config.num_minibatches)).tolist()
        names = ("policy_loss", "value_loss", "entropy", "approx_kl", "clip_fraction")
        return {**dict(zip(names, means, strict=True)), "explained_variance": explained}

    def state_dict(self) -> dict[str, Any]:
        """Tensors and plain values only, as ``torch.load(weights_only=True)`` takes them."""
        return {
            "policy": self.policy.state_dict(),
            "values_scale": self.values_scale.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "envs": self.envs.state_dict(),
            "env_steps": self.env_steps,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what ``state_dict`` gave under the same config."""
        self.policy.load_state_dict(state["policy"])
        self.values_scale.load_state_dict(state["values_scale"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.envs.load_state_dict(state["envs"])
        self.env_steps = state["env_steps"]
