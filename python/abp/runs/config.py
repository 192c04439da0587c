"""The configuration of a training run: of the command line, the web forms, events and checkpoints."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from abp.players.logbook import LOGBOOK_SIZE
from abp.rules import OBS_SIZE

TrackerName = Literal["none", "wandb", "tensorboard"]

MAX_SEED = 2**53 - 1
MAX_BATCH = 2**24

RESUMABLE_FIELDS = frozenset(
    {"name", "total_env_steps", "checkpoint_every_windows", "keep_checkpoints", "track", "device"}
)
"""What a resumed run may change. The rest decides what is learned, and must be as in the checkpoint; so must the kind
of device that ``device`` turns out to be."""


class TrainConfig(BaseModel):
    """Defaults train something real on two cores.

    Unknown fields and values out of range are errors that name the field.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: str = Field("prospector", min_length=1, max_length=200, description="Name of the run, as people call it.")
    seed: int = Field(
        1, ge=0, le=MAX_SEED, description="Seed of the worlds, the initial weights and the sampled actions."
    )
    total_env_steps: int = Field(
        60_000_000, ge=1, le=10**13, description="Number of transitions to train for, rounded up to whole windows."
    )
    num_envs: int = Field(1024, ge=1, le=65536, description="Number of environments that are stepped together.")
    num_steps: int = Field(32, ge=1, le=65536, description="Number of steps of each environment in a rollout.")
    window_env_steps: int = Field(
        262_144,
        ge=1,
        le=10**12,
        description="Number of transitions in a window of metrics; a multiple of num_envs * num_steps.",
    )
    checkpoint_every_windows: int = Field(
        5, ge=1, le=10**6, description="Number of windows from one checkpoint to the next."
    )
    keep_checkpoints: int = Field(
        3, ge=1, le=10**6, description="Number of the newest checkpoints to keep, beside the best one."
    )
    learning_rate: float = Field(2e-3, gt=0, le=1, description="Learning rate of Adam, at the start.")
    gamma: float = Field(0.999, ge=0, le=1, description="Discount factor of a step.")
    gae_lambda: float = Field(0.97, ge=0, le=1, description="Lambda of generalised advantage estimation.")
    clip_coef: float = Field(
        0.2, gt=0, le=10, description="Distance from 1 that a probability ratio may have before its gradient is cut."
    )
    ent_coef: float = Field(0.005, ge=0, le=10, description="Weight of the entropy bonus in the loss.")
    vf_coef: float = Field(
        0.5, ge=0, le=100, description="Weight of the value loss, which is of the normalised values."
    )
    update_epochs: int = Field(1, ge=1, le=100, description="Number of passes over a rollout.")
    num_minibatches: int = Field(
        8, ge=1, le=65536, description="Number of minibatches in a pass; each is one gradient step."
    )
    max_grad_norm: float = Field(
        0.5, gt=0, le=1e6, description="Largest norm of the gradient; a larger gradient is scaled down to it."
    )
    anneal_lr: bool = Field(True, description="Whether the learning rate falls linearly to zero.")
    hidden_size: int = Field(128, ge=1, le=4096, description="Width of the two hidden ReLU layers.")
    reward: Literal["base_worth", "net_worth", "sparse", "frozen_v1"] = Field(
        "base_worth",
        description="Reward that is learned from. base_worth and net_worth: the change of net worth, where ore "
        "counts when it is mined, at base or at current prices. sparse: the change of credits, "
        "where ore counts when it is sold. All three with a penalty for death. frozen_v1: the "
        "environment's own reward. Reported returns are always the environment's own.",
    )
    logbook: bool = Field(
        True,
        description="Whether the policy sees what the ship remembers, and has pointless actions masked out; "
        "otherwise it has the bare observation and every valid action.",
    )
    min_cutoff_steps: int = Field(
        256,
        ge=0,
        le=10**9,
        description="Smallest number of steps after which training may leave an episode; the number is drawn "
        "between this and time_max. 0: episodes are played to their end.",
    )
    stall_limit: int = Field(
        900,
        ge=0,
        le=10**9,
        description="Number of steps without a new high of credits after which training leaves an episode, with"
        " a penalty. 0, or without a logbook: never.",
    )
    time_max: float = Field(20_000.0, gt=0, le=16_777_216, description="Length of an episode, in ticks.")
    backend: Literal["native", "scalar", "reference"] = Field(
        "native", description="Implementation of the rules; all give the same bits."
    )
    num_threads: int = Field(
        2,
        ge=1,
        le=1024,
        description="Number of threads of a process, each with environments of its own; no more than the "
        "environments allow. On a GPU they step the environments.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "cpu",
        description="Device that the policy is trained on. auto: cuda where torch finds a GPU for each process,"
        " else cpu.",
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto",
        description="Number type of the observations and hidden layers in training. auto: bfloat16 on a device "
        "that multiplies it in hardware, else float32.",
    )
    track: TrackerName = Field(
        "none",
        description="Experiment tracker that hears of the run, beside the run's own files: Weights & Biases, or"
        " TensorBoard's files.",
    )
    eval_seed: int = Field(1, ge=0, le=MAX_SEED, description="Seed of the world that the evaluation replays play.")

    @property
    def inputs(self) -> int:
        """Numbers that the policy sees."""
        return OBS_SIZE + LOGBOOK_SIZE * self.logbook

    @property
    def batch_size(self) -> int:
        """Transitions in a rollout."""
        return self.num_envs * self.num_steps

    def threads(self, processes: int) -> int:
        """Threads of each of ``processes``: every one has rows for every minibatch. 0 if that is too many processes."""
        envs = -(-self.num_minibatches // self.num_steps)
        return min(self.num_threads, self.num_envs // (processes * envs))

    @property
    def minibatch_size(self) -> int:
        """Transitions in a gradient step."""
        return self.batch_size // self.num_minibatches

    @property
    def total_windows(self) -> int:
        """Windows until ``total_env_steps`` are reached."""
        return -(-self.total_env_steps // self.window_env_steps)

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        batch = f"num_envs * num_steps = {self.batch_size}"
        if self.batch_size > MAX_BATCH:
            raise ValueError(f"{batch} must be at most {MAX_BATCH}")
        if self.window_env_steps % self.batch_size:
            raise ValueError(f"window_env_steps is {self.window_env_steps}, must be a multiple of {batch}")
        if self.batch_size % self.num_minibatches:
            raise ValueError(f"num_minibatches is {self.num_minibatches}, must divide {batch}")
        if self.minibatch_size < 2:
            raise ValueError(f"num_minibatches is {self.num_minibatches}, must leave 2 of {batch} to each")
        return self
