//! A batch whose episodes start again as they end, in Gymnasium's three modes.

use crate::batch::{Batch, EpisodeEnded, Outputs};
use crate::constants::OBS_SIZE;
use crate::info::InfoField;
use crate::seeds::episode_seed;

/// When an env whose episode has ended starts the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoresetMode {
    /// The next call restarts it instead of stepping it. Its action is ignored.
    NextStep,
    /// The step that ends an episode starts the next. The observation is the new episode's, reward and flags are the old one's.
    SameStep,
    /// The caller starts it.
    Disabled,
}

/// The worlds that envs start on.
#[derive(Clone, Copy, Debug)]
pub enum Worlds<'a> {
    /// The next world of each env.
    Next,
    /// The first world of this seed, and then the next ones.
    Of(u64),
    /// The world that is named for the env, and then the next ones of that number as a seed. Where none is named, the next world.
    Named(&'a [Option<u64>]),
}

/// What the episodes came to that the last step ended. There is an entry for each env, 0 where no episode ended.
#[derive(Debug)]
pub struct Endings {
    pub ended: Vec<bool>,
    /// Rows of 260 under [`AutoresetMode::SameStep`], else empty: the last observations. Old ones stay where no episode ended.
    pub obs: Vec<f32>,
    /// The info by field, in the order of [`InfoField::ALL`].
    pub info: Vec<Vec<f32>>,
    pub cargo_value: Vec<f32>,
    /// Ticks, action and validity of the last step of the episode.
    pub dt: Vec<i32>,
    pub action: Vec<u8>,
    pub invalid: Vec<bool>,
    /// Sum of the rewards.
    pub episode_return: Vec<f64>,
    /// Number of steps.
    pub episode_length: Vec<i64>,
    envs: Vec<usize>,
}

/// Steps a batch and starts episodes anew. It allocates only when it is made.
#[derive(Debug)]
pub struct Autoreset {
    mode: AutoresetMode,
    /// What the first env counts as in the seeds of its episodes.
    first_env: u64,
    seeds: Vec<u64>,
    /// The episode that each env is in, from 0; -1 before the first.
    episodes: Vec<i64>,
    returns: Vec<f64>,
    lengths: Vec<i64>,
    worlds: Vec<u64>,
    /// The envs that the next step restarts under [`AutoresetMode::NextStep`], and in that step those that it does not.
    waiting: Vec<bool>,
    going: Vec<bool>,
    endings: Endings,
    /// Reward and flags of the steps that ended an episode, while its env is reset.
    kept: Vec<(f32, bool, bool)>,
}

impl Endings {
    fn new(num_envs: usize, mode: AutoresetMode) -> Self {
        let rows = if mode == AutoresetMode::SameStep { num_envs } else { 0 };
        Self {
            ended: vec![false; num_envs],
            obs: vec![0.0; rows * OBS_SIZE],
            info: vec![vec![0.0; num_envs]; InfoField::ALL.len()],
            cargo_value: vec![0.0; num_envs],
            dt: vec![0; num_envs],
            action: vec![0; num_envs],
            invalid: vec![false; num_envs],
            episode_return: vec![0.0; num_envs],
            episode_length: vec![0; num_envs],
            envs: Vec::with_capacity(num_envs),
        }
    }

    /// The envs whose episodes ended, in order.
    pub fn envs(&self) -> &[usize] {
        &self.envs
    }

    fn clear(&mut self) {
        for i in self.envs.drain(..) {
            self.info.iter_mut().for_each(|column| column[i] = 0.0);
            self.cargo_value[i] = 0.0;
            (self.dt[i], self.action[i], self.invalid[i]) = (0, 0, false);
            (self.episode_return[i], self.episode_length[i]) = (0.0, 0);
        }
    }

    fn find_ended(&mut self, out: &Outputs<'_>) {
        for (ended, (terminated, truncated)) in self.ended.iter_mut().zip(out.terminated.iter().zip(&*out.truncated)) {
            *ended = terminated | truncated;
        }
        for (at, flags) in self.ended.chunks(16).enumerate() {
            if flags.contains(&true) {
                self.envs.extend(flags.iter().enumerate().filter(|(_, ended)| **ended).map(|(i, _)| at * 16 + i));
            }
        }
    }

    fn record(&mut self, i: usize, batch: &dyn Batch, episode_return: f64, episode_length: i64) {
        for (column, field) in self.info.iter_mut().zip(InfoField::ALL) {
            column[i] = batch.info(field, i);
        }
        self.cargo_value[i] = batch.cargo_value(i);
        let last = batch.last(i);
        (self.dt[i], self.action[i], self.invalid[i]) = (i32::from(last.dt), last.action, last.invalid);
        (self.episode_return[i], self.episode_length[i]) = (episode_return, episode_length);
    }
}

impl Autoreset {
    /// For batches of `num_envs`. Env `i` plays the worlds [`episode_seed`]`(seed, first_env + i, 0..)`, unless it is started on
    /// others.
    pub fn new(num_envs: usize, mode: AutoresetMode, seed: u64, first_env: u64) -> Self {
        Self {
            mode,
            first_env,
            seeds: vec![seed; num_envs],
            episodes: vec![-1; num_envs],
            returns: vec![0.0; num_envs],
            lengths: vec![0; num_envs],
            worlds: vec![0; num_envs],
            waiting: vec![false; num_envs],
            going: vec![true; num_envs],
            endings: Endings::new(num_envs, mode),
            kept: Vec::with_capacity(num_envs),
        }
    }

    pub fn endings(&self) -> &Endings {
        &self.endings
    }

    /// The episode that each env is in, from 0; -1 before the first. With [`Autoreset::returns`], [`Autoreset::lengths`] and
    /// the seeds of the envs it is all that a batch of running episodes needs to go on.
    pub fn episodes(&mut self) -> &mut [i64] {
        &mut self.episodes
    }

    /// Sums of the rewards of the episodes so far.
    pub fn returns(&mut self) -> &mut [f64] {
        &mut self.returns
    }

    /// Steps of the episodes so far.
    pub fn lengths(&mut self) -> &mut [i64] {
        &mut self.lengths
    }

    /// Starts an episode in each env, or in those that `mask` names.
    ///
    /// # Panics
    /// If a slice has not `num_envs` entries.
    pub fn start(&mut self, batch: &mut dyn Batch, mask: Option<&[bool]>, worlds: Worlds<'_>, out: &mut Outputs<'_>) {
        for i in (0..self.seeds.len()).filter(|i| mask.is_none_or(|mask| mask[*i])) {
            let named = match worlds {
                Worlds::Next => None,
                Worlds::Of(seed) => {
                    (self.seeds[i], self.episodes[i]) = (seed, -1);
                    None
                }
                Worlds::Named(worlds) => worlds[i],
            };
            self.waiting[i] = false;
            self.advance(i);
            if let Some(world) = named {
                (self.seeds[i], self.episodes[i], self.worlds[i]) = (world, 0, world);
            }
        }
        batch.reset(&self.worlds, mask, out);
    }

    /// Steps env `i` with `actions[i]`, and starts episodes as the mode has it; how many episodes the step ended.
    /// [`Autoreset::endings`] tells of them. On an error nothing changed.
    ///
    /// # Panics
    /// If a slice has not `num_envs` entries.
    pub fn step(
        &mut self,
        batch: &mut dyn Batch,
        actions: &[u8],
        out: &mut Outputs<'_>,
    ) -> Result<usize, EpisodeEnded> {
        let restarting = self.waiting.contains(&true);
        if restarting {
            self.going.iter_mut().zip(&self.waiting).for_each(|(going, waiting)| *going = !waiting);
        }
        batch.step(actions, restarting.then_some(&self.going), out)?;
        for ((sum, length), reward) in self.returns.iter_mut().zip(&mut self.lengths).zip(&*out.reward) {
            *sum += f64::from(*reward);
            *length += 1;
        }
        if restarting {
            self.restart_waiting(batch, out);
        }
        self.endings.clear();
        self.endings.find_ended(out);
        for at in 0..self.endings.envs.len() {
            let i = self.endings.envs[at];
            self.endings.record(i, batch, self.returns[i], self.lengths[i]);
        }
        match self.mode {
            AutoresetMode::NextStep => self.waiting.copy_from_slice(&self.endings.ended),
            AutoresetMode::SameStep if !self.endings.envs.is_empty() => self.restart_ended(batch, out),
            AutoresetMode::SameStep | AutoresetMode::Disabled => {}
        }
        Ok(self.endings.envs.len())
    }

    /// The rest of a step under [`AutoresetMode::NextStep`] for the envs that took no part in it.
    fn restart_waiting(&mut self, batch: &mut dyn Batch, out: &mut Outputs<'_>) {
        for i in 0..self.waiting.len() {
            if self.waiting[i] {
                self.advance(i);
            }
        }
        batch.reset(&self.worlds, Some(&self.waiting), out);
        self.waiting.fill(false);
    }

    /// The rest of a step under [`AutoresetMode::SameStep`] that ended episodes.
    fn restart_ended(&mut self, batch: &mut dyn Batch, out: &mut Outputs<'_>) {
        for at in 0..self.endings.envs.len() {
            let i = self.endings.envs[at];
            let row = i * OBS_SIZE..(i + 1) * OBS_SIZE;
            self.endings.obs[row.clone()].copy_from_slice(&out.obs[row]);
            self.kept.push((out.reward[i], out.terminated[i], out.truncated[i]));
            self.advance(i);
        }
        batch.reset(&self.worlds, Some(&self.endings.ended), out);
        for (i, kept) in self.endings.envs.iter().zip(self.kept.drain(..)) {
            (out.reward[*i], out.terminated[*i], out.truncated[*i]) = kept;
        }
    }

    /// Env `i` goes to its next episode.
    fn advance(&mut self, i: usize) {
        self.episodes[i] += 1;
        self.worlds[i] = episode_seed(self.seeds[i], self.first_env.wrapping_add(i as u64), self.episodes[i] as u64);
        (self.returns[i], self.lengths[i]) = (0.0, 0);
    }
}
