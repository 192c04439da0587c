"""Stable-Baselines3's PPO on ProspectorVecEnv with our network, batch and threads: a baseline for ``comparison.py``.

Run as ``python -m abp.profiling.sb3 CONFIG.json-text``. It has no masks, and takes the environment's own reward.
"""

import sys
from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch
from gymnasium.vector import AutoresetMode
from stable_baselines3 import PPO
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor, nn

from abp.envs.vector import ProspectorVecEnv
from abp.players.network import Policy
from abp.profiling.comparison import answer_on_stdin
from abp.rules import NUM_ACTIONS, OBS_SIZE
from abp.runs.config import TrainConfig


class Body(BaseFeaturesExtractor):  # type: ignore[misc]
    """The two layers that our logits and value share."""

    def __init__(self, space: gym.Space[Any], hidden_size: int) -> None:
        super().__init__(space, hidden_size)
        self.body = Policy(hidden_size).body

    def forward(self, obs: Tensor) -> Tensor:
        hidden: Tensor = self.body(obs)
        return hidden


class Sb3Envs(VecEnv):  # type: ignore[misc]
    """ProspectorVecEnv as Stable-Baselines3 wants its environments."""

    def __init__(self, envs: ProspectorVecEnv) -> None:
        self.envs = envs
        self.actions = np.zeros(envs.num_envs, dtype=np.int64)
        super().__init__(
            envs.num_envs, gym.spaces.Box(-1.0, 1.0, (OBS_SIZE,), np.float32), gym.spaces.Discrete(NUM_ACTIONS)
        )

    def reset(self) -> npt.NDArray[np.float32]:
        return np.array(self.envs.reset()[0])

    def step_async(self, actions: npt.NDArray[np.int64]) -> None:
        self.actions = actions

    def step_wait(self) -> tuple[Any, ...]:
        obs, reward, terminated, truncated, info = self.envs.step(self.actions)
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        done = terminated | truncated
        for i in np.flatnonzero(done):
            infos[i] = {"terminal_observation": info["final_obs"][i], "TimeLimit.truncated": bool(truncated[i])}
        return np.array(obs), np.array(reward, dtype=np.float32), done, infos

    def close(self) -> None:
        self.envs.close()

    def seed(self, seed: int | None = None) -> Sequence[None]:
        return [None] * self.num_envs

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        return [getattr(self.envs, attr_name, None)] * self.num_envs

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise AttributeError(f"{attr_name} can't be set")

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        raise AttributeError(f"{method_name} can't be called")

    def env_is_wrapped(self, wrapper_class: type[gym.Wrapper[Any, Any, Any, Any]], indices: Any = None) -> list[bool]:
        return [False] * self.num_envs


def main() -> None:
    """Make the trainer and iterate whenever asked."""
    config = TrainConfig.model_validate_json(sys.argv[1])
    torch.set_num_threads(config.num_threads)
    envs = ProspectorVecEnv(
        config.num_envs,
        seed=config.seed,
        time_max=config.time_max,
        backend=config.backend,
        num_threads=config.num_threads,
        autoreset_mode=AutoresetMode.SAME_STEP,
    )
    model = PPO(
        "MlpPolicy",
        Sb3Envs(envs),
        learning_rate=config.learning_rate,
        n_steps=config.num_steps,
        batch_size=config.minibatch_size,
        n_epochs=config.update_epochs,
        gamma=config.gamma,
        gae_lambda=config.gae_lambda,
        clip_range=config.clip_coef,
        ent_coef=config.ent_coef,
        vf_coef=config.vf_coef,
        max_grad_norm=config.max_grad_norm,
        policy_kwargs={
            "activation_fn": nn.ReLU,
            "net_arch": [],
            "features_extractor_class": Body,
            "features_extractor_kwargs": {"hidden_size": config.hidden_size},
        },
        seed=config.seed,
        device="cpu",
    )
    answer_on_stdin(
        lambda: model.learn(total_timesteps=config.batch_size, reset_num_timesteps=False), config.batch_size
    )


if __name__ == "__main__":
    main()
