"""PufferLib's PuffeRL on ProspectorPufferEnv with our network, batch and threads: a baseline for ``comparison.py``.

Run as ``python -m abp.profiling.pufferl CONFIG.json-text``. It has no masks, and takes the environment's own reward.
"""

import sys
import tempfile

import pufferlib.vector
import torch
from pufferlib import pufferl
from torch import Tensor

from abp.envs.puffer import ProspectorPufferEnv
from abp.players.network import Policy
from abp.profiling.comparison import answer_on_stdin
from abp.runs.config import TrainConfig
from abp.train.mlp import body_dtype


class UnmaskedPolicy(Policy):
    """Our network with the calls that PuffeRL makes."""

    def forward(self, obs: Tensor, state: object = None) -> tuple[Tensor, Tensor]:
        hidden = self.body(obs)
        return self.actor(hidden), self.critic(hidden)

    forward_eval = forward


def main() -> None:
    """Make the trainer and iterate whenever asked."""
    config = TrainConfig.model_validate_json(sys.argv[1])
    torch.set_num_threads(config.num_threads)
    vecenv = pufferlib.vector.make(
        ProspectorPufferEnv,
        env_kwargs={
            "num_envs": config.num_envs,
            "time_max": config.time_max,
            "backend": config.backend,
            "num_threads": config.num_threads,
        },
    )
    with tempfile.TemporaryDirectory() as directory:
        trainer = pufferl.PuffeRL(settings(config, directory), vecenv, UnmaskedPolicy(config.hidden_size))

        def iterate() -> None:
            trainer.evaluate()
            trainer.train()

        answer_on_stdin(iterate, config.batch_size)
        trainer.close()


def settings(config: TrainConfig, directory: str) -> dict[str, object]:
    """Our config in PuffeRL's terms; what ours has no word for is at PuffeRL's defaults."""
    return {
        "env": "abp/Prospector-v1",
        "seed": config.seed,
        "data_dir": directory,
        "device": "cpu",
        "cpu_offload": False,
        "precision": str(body_dtype(config.precision, torch.device("cpu"))).removeprefix("torch."),
        "torch_deterministic": False,
        "compile": False,
        "use_rnn": False,
        "total_timesteps": config.total_env_steps,
        "batch_size": config.batch_size,
        "bptt_horizon": config.num_steps,
        "minibatch_size": config.minibatch_size,
        "max_minibatch_size": config.minibatch_size,
        "update_epochs": config.update_epochs,
        "checkpoint_interval": 10**9,
        "optimizer": "adam",
        "learning_rate": config.learning_rate,
        "anneal_lr": config.anneal_lr,
        "adam_beta1": 0.9,
        "adam_beta2": 0.999,
        "adam_eps": 1e-5,
        "gamma": config.gamma,
        "gae_lambda": config.gae_lambda,
        "clip_coef": config.clip_coef,
        "vf_clip_coef": 0.2,
        "vf_coef": config.vf_coef,
        "ent_coef": config.ent_coef,
        "max_grad_norm": config.max_grad_norm,
        "vtrace_rho_clip": 1.0,
        "vtrace_c_clip": 1.0,
        "prio_alpha": 0.8,
        "prio_beta0": 0.2,
    }


if __name__ == "__main__":
    main()
