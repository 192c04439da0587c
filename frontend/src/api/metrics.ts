// Written by `make generate` from abp.runs.window; changes are lost.
/** Unit and meaning of each metric of a window. */
export const WINDOW_METRICS = {
  window_id: { unit: "", meaning: "Number of the window. The first is 1; there are no gaps." },
  env_steps_total: {
    unit: "transitions",
    meaning:
      "Transitions since the start of the run, those of this window included. It is the x-axis of every curve.",
  },
  ticks: { unit: "ticks", meaning: "Game time of the window's transitions. A transition takes 1 to 8." },
  wall_time_s: { unit: "s", meaning: "Wall time of all windows up to this one, without interruptions." },
  steps_per_second: {
    unit: "1/s",
    meaning: "Transitions of this window over its wall time: environment, policy and learning together.",
  },
  env_time_s: {
    unit: "s",
    meaning:
      "Part of the window's wall time that went into the environments: rules, rewards, resets, counting. It is the mean of the threads.",
  },
  inference_time_s: {
    unit: "s",
    meaning:
      "Part that went into the rest of the rollouts: forward passes of the policy, sampling, storing, advantages.",
  },
  learning_time_s: { unit: "s", meaning: "Part that went into gradient steps." },
  other_time_s: {
    unit: "s",
    meaning:
      "Part that went into everything else: checkpoints, the replay of the window before, events. The four parts add up to the window's wall time.",
  },
  episodes_completed: { unit: "episodes", meaning: "Episodes that finished in this window." },
  episodes_terminated: { unit: "episodes", meaning: "Finished episodes that the rules ended." },
  episodes_truncated: {
    unit: "episodes",
    meaning: "Finished episodes that ran out of their time budget (rules 4.7).",
  },
  episodes_destroyed: {
    unit: "episodes",
    meaning:
      "Terminated episodes that ended with the hull gone. A ship can be destroyed and stranded at once.",
  },
  episodes_stranded: {
    unit: "episodes",
    meaning: "Terminated episodes that ended with the fuel gone in the field.",
  },
  episodes_cashed_out: { unit: "episodes", meaning: "Terminated episodes that ended by cashing out." },
  return_mean: {
    unit: "reward",
    meaning:
      "Mean return of the finished episodes. A return is the sum of the frozen reward (rules 5), whatever reward is trained on.",
  },
  return_median: { unit: "reward", meaning: "Median return of the finished episodes." },
  return_std: {
    unit: "reward",
    meaning: "Standard deviation of the returns of the finished episodes (divided by n).",
  },
  invalid_action_rate: {
    unit: "share",
    meaning: "Share of the transitions whose action was invalid. It is 0 with a masked policy.",
  },
  credits_mean: { unit: "credits", meaning: "Mean credits at the end of an episode (rules 7)." },
  net_profit_mean: { unit: "credits", meaning: "Mean net profit at the end of an episode (rules 7)." },
  profit_per_tick_mean: {
    unit: "credits/tick",
    meaning: "Mean of each episode's own ratio of net profit to ticks.",
  },
  survival_mean: { unit: "share", meaning: "Share of episodes that ended neither destroyed nor stranded." },
  overheat_ticks_mean: {
    unit: "ticks",
    meaning: "Mean ticks of an episode in which the heat went over its limit.",
  },
  pirate_encounters_mean: { unit: "encounters", meaning: "Mean pirate encounters of an episode." },
  value_lost_to_pirates_mean: { unit: "credits", meaning: "Mean value that pirates took in an episode." },
  fuel_used_mean: { unit: "fuel", meaning: "Mean fuel that an episode's end has less than its start." },
  hull_damage_mean: { unit: "hull", meaning: "Mean hull that an episode's end has less than its start." },
  tool_wear_mean: {
    unit: "tool",
    meaning: "Mean tool condition that an episode's end has less than its start.",
  },
  scan_count_mean: { unit: "scans", meaning: "Mean scans of an episode." },
  mining_ticks_mean: { unit: "ticks", meaning: "Mean ticks of an episode that were spent on mining." },
  cargo_utilization_avg_mean: {
    unit: "share",
    meaning: "Mean over episodes of the cargo over its capacity, itself a mean over the episode's ticks.",
  },
  policy_loss: { unit: "", meaning: "Clipped surrogate loss, a mean over the window's minibatches." },
  value_loss: { unit: "", meaning: "Half the squared error of the normalised values." },
  entropy: { unit: "nats", meaning: "Entropy of the masked policy." },
  approx_kl: {
    unit: "nats",
    meaning: "Approximate KL divergence of an update: mean of (ratio - 1) - ln ratio.",
  },
  clip_fraction: { unit: "share", meaning: "Share of the samples whose ratio lay outside the clip range." },
  explained_variance: {
    unit: "",
    meaning: "1 - var(target - value) / var(target): 1 is perfect, 0 is no better than a constant.",
  },
  reward_mean: {
    unit: "reward",
    meaning:
      "Mean training reward of a step, over all transitions. What is estimated at truncations is included.",
  },
  learning_rate: { unit: "", meaning: "Learning rate of the window's last update." },
} as const;
