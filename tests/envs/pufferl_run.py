"""A few updates of pufferlib's own trainer on ProspectorPufferEnv; prints what happened as JSON on the last line.

A script of its own because importing ``pufferlib.pufferl`` takes over signals, warnings and tracebacks.
"""

import json
import sys

import numpy as np
import pufferlib.models
import pufferlib.vector
import torch
from pufferlib import pufferl

import abp

torch.set_num_threads(1)
vectorisations = {
    "Serial": {"env_kwargs": {"num_envs": 32, "time_max": 100.0}, "backend": "Serial", "num_envs": 2},
    "halves": {"env_kwargs": {"num_envs": 64, "time_max": 100.0, "double_buffer": True}},
}
vecenv = pufferlib.vector.make(abp.ProspectorPufferEnv, **vectorisations[sys.argv[2]])
policy = pufferlib.models.Default(vecenv.driver_env, hidden_size=32)
before = [parameter.detach().clone() for parameter in policy.parameters()]
config = {
    "env": "abp/Prospector-v1",
    "seed": 1,
    "data_dir": sys.argv[1],
    "device": "cpu",
    "cpu_offload": False,
    "precision": "float32",
    "torch_deterministic": True,
    "compile": False,
    "use_rnn": False,
    "total_timesteps": 6144,
    "batch_size": 2048,
    "bptt_horizon": 32,
    "minibatch_size": 512,
    "max_minibatch_size": 512,
    "update_epochs": 1,
    "checkpoint_interval": 1000,
    "optimizer": "adam",
    "learning_rate": 1e-3,
    "anneal_lr": True,
    "adam_beta1": 0.9,
    "adam_beta2": 0.999,
    "adam_eps": 1e-8,
    "gamma": 0.99,
    "gae_lambda": 0.95,
    "clip_coef": 0.2,
    "vf_clip_coef": 0.2,
    "vf_coef": 0.5,
    "ent_coef": 0.01,
    "max_grad_norm": 0.5,
    "vtrace_rho_clip": 1.0,
    "vtrace_c_clip": 1.0,
    "prio_alpha": 0.8,
    "prio_beta0": 0.2,
}
trainer = pufferl.PuffeRL(config, vecenv, policy)
stats = {}
while trainer.global_step < config["total_timesteps"]:
    stats |= {name: float(np.mean(values)) for name, values in trainer.evaluate().items()}
    trainer.train()
changed = [not torch.equal(old, new) for old, new in zip(before, policy.parameters(), strict=True)]
result = {"updates": trainer.epoch, "steps": trainer.global_step, "changed": all(changed), "stats": stats}
trainer.close()
print("\n" + json.dumps(result))
