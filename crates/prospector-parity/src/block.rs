//! One block: a batch of episodes that policies play on both sides, with a reset of whoever ends.
use prospector_reference::NUM_ACTIONS;

use crate::candidate::Candidate;
use crate::pair::{Agreement, Divergence, Pair};
use crate::policy::{Choices, POLICIES, Policy};

/// What a block runs.
#[derive(Clone, Debug)]
pub struct Block {
    pub num_envs: usize,
    /// Steps of the batch; each steps every env once.
    pub steps: usize,
    pub time_max: f32,
    /// Seeds the episodes, the policies and the moments of injection.
    pub seed: u64,
    /// Once in so many steps of an env its state crosses over, in a direction chosen at random. 0: never.
    pub inject_once_in: u64,
}

/// What a block that agreed has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Single steps compared.
    pub steps: usize,
    pub episodes: usize,
    pub injections: usize,
    pub events: usize,
}

impl std::ops::AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.steps += other.steps;
        self.episodes += other.episodes;
        self.injections += other.injections;
        self.events += other.events;
    }
}

struct Run<'a, C: Candidate + ?Sized> {
    block: &'a Block,
    pair: Pair<'a, C>,
    policies: Vec<Policy>,
    choices: Choices,
    report: Report,
}

/// Runs the block; the first difference ends it, with the actions that led there.
///
/// # Panics
/// If `time_max` is not one that the rules allow.
pub fn compare<C: Candidate + ?Sized>(block: &Block, candidate: &mut C) -> Result<Report, Divergence> {
    let mut run = Run {
        block,
        pair: Pair::new(block.num_envs, block.time_max, candidate),
        policies: vec![POLICIES[0]; block.num_envs],
        choices: Choices(block.seed),
        report: Report::default(),
    };
    run.restart(&vec![true; block.num_envs])?;
    for _ in 0..block.steps {
        run.step()?;
    }
    Ok(Report { events: run.pair.events(), ..run.report })
}

/// Plays given actions in one episode of a candidate with one env.
///
/// # Panics
/// If `time_max` is not one that the rules allow.
pub fn compare_episode<C: Candidate + ?Sized>(
    seed: u64,
    time_max: f32,
    actions: &[u8],
    candidate: &mut C,
) -> Agreement {
    let mut pair = Pair::new(1, time_max, candidate);
    pair.reset(&[seed], &[true])?;
    actions.iter().try_for_each(|action| pair.step(&[*action], None))
}

impl<C: Candidate + ?Sized> Run<'_, C> {
    fn restart(&mut self, ended: &[bool]) -> Agreement {
        let mut seeds = vec![0; self.block.num_envs];
        for i in (0..seeds.len()).filter(|i| ended[*i]) {
            self.policies[i] = POLICIES[self.choices.below(POLICIES.len() as u64) as usize];
            seeds[i] = self.choices.draw();
            self.report.episodes += 1;
        }
        self.pair.reset(&seeds, ended)
    }

    fn step(&mut self) -> Agreement {
        let masks = self.pair.action_masks();
        let (masks, _) = masks.as_chunks::<NUM_ACTIONS>();
        let mut actions = vec![0; self.block.num_envs];
        for (i, action) in actions.iter_mut().enumerate() {
            *action = self.policies[i].choose(self.pair.obs(i), &masks[i], &mut self.choices);
        }
        self.pair.step(&actions, None)?;
        self.report.steps += actions.len();
        self.inject()?;
        let ended: Vec<bool> = self.pair.running().iter().map(|running| !running).collect();
        if ended.contains(&true) { self.restart(&ended) } else { Ok(()) }
    }

    fn inject(&mut self) -> Agreement {
        for i in 0..self.block.num_envs {
            if self.block.inject_once_in != 0 && self.choices.once_in(self.block.inject_once_in) {
                let into_candidate = self.choices.once_in(2);
                self.pair.inject(i, into_candidate)?;
                self.report.injections += 1;
            }
        }
        Ok(())
    }
}
