"""The metrics of a window, one row: what the trainer writes, the database keeps and the API answers."""

from typing import Annotated

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt

from abp.runs.record import Figure, Record, unit

Count = NonNegativeInt
Seconds = Annotated[NonNegativeFloat, unit("s")]


class WindowRow(Record):
    """A window is ``window_env_steps`` transitions, summed over all environments of a run.

    Means over episodes are over the episodes that finished in the window. None (``null`` in JSON) says that there was
    nothing to take a mean of; it is never 0 by default.
    """

    window_id: PositiveInt
    """Number of the window. The first is 1; there are no gaps."""
    env_steps_total: Annotated[Count, unit("transitions")]
    """Transitions since the start of the run, those of this window included. It is the x-axis of every curve."""
    ticks: Annotated[Count, unit("ticks")]
    """Game time of the window's transitions. A transition takes 1 to 8."""
    wall_time_s: Seconds
    """Wall time of all windows up to this one, without interruptions."""
    steps_per_second: Annotated[NonNegativeFloat, unit("1/s")]
    """Transitions of this window over its wall time: environment, policy and learning together."""
    env_time_s: Seconds
    """Part of the window's wall time that went into the environments: rules, rewards, resets, counting. It is the mean
    of the threads."""
    inference_time_s: Seconds
    """Part that went into the rest of the rollouts: forward passes of the policy, sampling, storing, advantages."""
    learning_time_s: Seconds
    """Part that went into gradient steps."""
    other_time_s: Seconds
    """Part that went into everything else: checkpoints, the replay of the window before, events. The four parts add up
    to the window's wall time."""
    episodes_completed: Annotated[Count, unit("episodes")]
    """Episodes that finished in this window."""
    episodes_terminated: Annotated[Count, unit("episodes")]
    """Finished episodes that the rules ended."""
    episodes_truncated: Annotated[Count, unit("episodes")]
    """Finished episodes that ran out of their time budget (rules 4.7)."""
    episodes_destroyed: Annotated[Count, unit("episodes")]
    """Terminated episodes that ended with the hull gone. A ship can be destroyed and stranded at once."""
    episodes_stranded: Annotated[Count, unit("episodes")]
    """Terminated episodes that ended with the fuel gone in the field."""
    episodes_cashed_out: Annotated[Count, unit("episodes")]
    """Terminated episodes that ended by cashing out."""
    return_mean: Annotated[Figure, unit("reward")]
    """Mean return of the finished episodes. A return is the sum of the frozen reward (rules 5), whatever reward is
    trained on."""
    return_median: Annotated[Figure, unit("reward")]
    """Median return of the finished episodes."""
    return_std: Annotated[Figure, unit("reward")]
    """Standard deviation of the returns of the finished episodes (divided by n)."""
    invalid_action_rate: Annotated[Figure, unit("share")]
    """Share of the transitions whose action was invalid. It is 0 with a masked policy."""
    credits_mean: Annotated[Figure, unit("credits")]
    """Mean credits at the end of an episode (rules 7)."""
    net_profit_mean: Annotated[Figure, unit("credits")]
    """Mean net profit at the end of an episode (rules 7)."""
    profit_per_tick_mean: Annotated[Figure, unit("credits/tick")]
    """Mean of each episode's own ratio of net profit to ticks."""
    survival_mean: Annotated[Figure, unit("share")]
    """Share of episodes that ended neither destroyed nor stranded."""
    overheat_ticks_mean: Annotated[Figure, unit("ticks")]
    """Mean ticks of an episode in which the heat went over its limit."""
    pirate_encounters_mean: Annotated[Figure, unit("encounters")]
    """Mean pirate encounters of an episode."""
    value_lost_to_pirates_mean: Annotated[Figure, unit("credits")]
    """Mean value that pirates took in an episode."""
    fuel_used_mean: Annotated[Figure, unit("fuel")]
    """Mean fuel that an episode's end has less than its start."""
    hull_damage_mean: Annotated[Figure, unit("hull")]
    """Mean hull that an episode's end has less than its start."""
    tool_wear_mean: Annotated[Figure, unit("tool")]
    """Mean tool condition that an episode's end has less than its start."""
    scan_count_mean: Annotated[Figure, unit("scans")]
    """Mean scans of an episode."""
    mining_ticks_mean: Annotated[Figure, unit("ticks")]
    """Mean ticks of an episode that were spent on mining."""
    cargo_utilization_avg_mean: Annotated[Figure, unit("share")]
    """Mean over episodes of the cargo over its capacity, itself a mean over the episode's ticks."""
    policy_loss: Figure
    """Clipped surrogate loss, a mean over the window's minibatches."""
    value_loss: Figure
    """Half the squared error of the normalised values."""
    entropy: Annotated[Figure, unit("nats")]
    """Entropy of the masked policy."""
    approx_kl: Annotated[Figure, unit("nats")]
    """Approximate KL divergence of an update: mean of `(ratio - 1) - ln ratio`."""
    clip_fraction: Annotated[Figure, unit("share")]
    """Share of the samples whose ratio lay outside the clip range."""
    explained_variance: Figure
    """`1 - var(target - value) / var(target)`: 1 is perfect, 0 is no better than a constant."""
    reward_mean: Annotated[Figure, unit("reward")]
    """Mean training reward of a step, over all transitions. What is estimated at truncations is included."""
    learning_rate: NonNegativeFloat
    """Learning rate of the window's last update."""
