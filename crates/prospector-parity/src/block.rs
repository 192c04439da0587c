//! One block: a batch of episodes stepped on both sides, every output compared after every step.
use prospector_reference::{Env, Event, INFO_FIELDS, NUM_ACTIONS, OBS_SIZE};

use crate::policy::Choices;
use crate::{Candidate, Mismatch, POLICIES, Policy};

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

/// A running episode and how it came to be.
struct Episode {
    seed: u64,
    policy: Policy,
    actions: Vec<u8>,
}

struct Run<'a, C: Candidate + ?Sized> {
    block: &'a Block,
    reference: Vec<Env>,
    candidate: &'a mut C,
    episodes: Vec<Episode>,
    choices: Choices,
    report: Report,
}

/// Runs the block; the first difference ends it, with the actions that led there.
///
/// # Panics
/// If `time_max` is not one that the rules allow.
pub fn compare<C: Candidate + ?Sized>(block: &Block, candidate: &mut C) -> Result<Report, Box<(Mismatch, Vec<u8>)>> {
    let reference = (0..block.num_envs).map(|_| Env::new(block.time_max).expect("an allowed time_max")).collect();
    let mut choices = Choices(block.seed);
    let episodes = (0..block.num_envs)
        .map(|_| Episode { seed: choices.next(), policy: POLICIES[0], actions: Vec::new() })
        .collect();
    let mut run = Run { block, reference, candidate, episodes, choices, report: Report::default() };
    run.restart(&vec![true; block.num_envs])?;
    for _ in 0..block.steps {
        run.step()?;
    }
    Ok(run.report)
}

/// Plays given actions in one episode of a candidate with one env.
///
/// # Panics
/// If `time_max` is not one that the rules allow, or the episode ends before its actions do.
pub fn compare_episode<C: Candidate + ?Sized>(seed: u64, time_max: f32, actions: &[u8], candidate: &mut C) -> Outcome {
    let block = Block { num_envs: 1, steps: actions.len(), time_max, seed, inject_once_in: 0 };
    let episodes = vec![Episode { seed, policy: POLICIES[0], actions: Vec::new() }];
    let reference = vec![Env::new(time_max).expect("an allowed time_max")];
    let mut run = Run { block: &block, reference, candidate, episodes, choices: Choices(0), report: Report::default() };
    run.reference[0].reset(seed);
    run.candidate.reset(&[seed], &[true]);
    run.check(&[true])?;
    for &action in actions {
        run.act(&[action])?;
    }
    Ok(())
}

type Outcome = Result<(), Box<(Mismatch, Vec<u8>)>>;

impl<C: Candidate + ?Sized> Run<'_, C> {
    fn restart(&mut self, ended: &[bool]) -> Outcome {
        let mut seeds = vec![0; self.block.num_envs];
        for (i, episode) in self.episodes.iter_mut().enumerate().filter(|(i, _)| ended[*i]) {
            let policy = POLICIES[self.choices.below(POLICIES.len() as u64) as usize];
            *episode = Episode { seed: self.choices.next(), policy, actions: Vec::new() };
            seeds[i] = episode.seed;
            self.reference[i].reset(episode.seed);
            self.report.episodes += 1;
        }
        self.candidate.reset(&seeds, ended);
        self.check(ended)
    }

    fn step(&mut self) -> Outcome {
        let masks = self.candidate.action_masks();
        let mut actions = vec![0; self.block.num_envs];
        for (i, action) in actions.iter_mut().enumerate() {
            let obs = self.candidate.obs(i).try_into().expect("a row of OBS_SIZE");
            let mask = masks[i * NUM_ACTIONS..][..NUM_ACTIONS].try_into().expect("a row of NUM_ACTIONS");
            *action = self.episodes[i].policy.choose(obs, mask, &mut self.choices);
        }
        self.act(&actions)?;
        self.inject()?;
        let ended: Vec<bool> = self.reference.iter().map(|env| !env.running()).collect();
        if ended.contains(&true) { self.restart(&ended) } else { Ok(()) }
    }

    /// One step of every env on both sides.
    fn act(&mut self, actions: &[u8]) -> Outcome {
        for (i, &action) in actions.iter().enumerate() {
            self.episodes[i].actions.push(action);
            self.reference[i].step(action).expect("a running episode");
        }
        self.candidate.step(actions);
        self.report.steps += actions.len();
        self.check(&vec![true; actions.len()])
    }

    /// Lets a state cross over, so that an error can neither compound nor cancel unseen.
    fn inject(&mut self) -> Outcome {
        for i in 0..self.block.num_envs {
            if self.block.inject_once_in == 0 || !self.choices.once_in(self.block.inject_once_in) {
                continue;
            }
            let (from_reference, from_candidate) = (self.reference[i].state(), self.candidate.state(i));
            self.equal_bytes(i, "state", &from_reference, &from_candidate)?;
            let restored = if self.choices.once_in(2) {
                self.candidate.set_state(i, &from_reference)
            } else {
                self.reference[i].set_state(&from_candidate).map_err(|error| error.to_string())
            };
            if let Err(error) = restored {
                return Err(self.mismatch(i, "state restored", "accepted".into(), error));
            }
            self.compare_position(i)?;
            self.report.injections += 1;
        }
        Ok(())
    }

    fn check(&mut self, selected: &[bool]) -> Outcome {
        let masks = self.candidate.action_masks();
        for i in (0..self.block.num_envs).filter(|&i| selected[i]) {
            let outcome = self.reference[i].outcome();
            let (dt, action, invalid) = self.candidate.last(i);
            self.equal(i, "dt", outcome.dt, dt)?;
            self.equal(i, "action", outcome.action, action)?;
            self.equal(i, "invalid_action", outcome.invalid, invalid)?;
            self.equal_bits(i, || "reward".into(), outcome.reward, self.candidate.reward(i))?;
            let events = self.reference[i].events();
            self.report.events += events.len();
            self.equal_events(i, &events, &self.candidate.events(i))?;
            let mut mask = [0; NUM_ACTIONS];
            self.reference[i].action_mask(&mut mask);
            self.equal(i, "action_mask", &mask[..], &masks[i * NUM_ACTIONS..][..NUM_ACTIONS])?;
            self.compare_position(i)?;
            if !self.reference[i].running() {
                self.equal_bytes(i, "final state", &self.reference[i].state(), &self.candidate.state(i))?;
            }
        }
        Ok(())
    }

    /// What a position shows, however it was reached.
    fn compare_position(&self, i: usize) -> Outcome {
        let reference = &self.reference[i];
        let outcome = reference.outcome();
        self.equal(i, "terminated", outcome.terminated, self.candidate.terminated(i))?;
        self.equal(i, "truncated", outcome.truncated, self.candidate.truncated(i))?;
        let mut obs = [0.0; OBS_SIZE];
        reference.observe(&mut obs);
        for (index, (a, b)) in obs.iter().zip(self.candidate.obs(i)).enumerate() {
            self.equal_bits(i, || format!("obs[{index}]"), *a, *b)?;
        }
        for (field, name) in INFO_FIELDS.iter().enumerate() {
            self.equal_bits(i, || (*name).into(), reference.info(field), self.candidate.info(field, i))?;
        }
        self.equal_bits(i, || "cargo_value".into(), reference.cargo_value(), self.candidate.cargo_value(i))
    }

    fn equal<T: PartialEq + std::fmt::Debug>(&self, i: usize, field: &str, reference: T, candidate: T) -> Outcome {
        if reference == candidate {
            return Ok(());
        }
        Err(self.mismatch(i, field, format!("{reference:?}"), format!("{candidate:?}")))
    }

    fn equal_events(&self, i: usize, reference: &[Event], candidate: &[Event]) -> Outcome {
        let bits = |event: &Event| (event.kind, event.a, event.b, event.v.map(f32::to_bits));
        if reference.iter().map(bits).eq(candidate.iter().map(bits)) {
            return Ok(());
        }
        Err(self.mismatch(i, "events", format!("{reference:?}"), format!("{candidate:?}")))
    }

    fn equal_bits(&self, i: usize, field: impl Fn() -> String, reference: f32, candidate: f32) -> Outcome {
        if reference.to_bits() == candidate.to_bits() {
            return Ok(());
        }
        let show = |x: f32| format!("{x:e} ({:#010x})", x.to_bits());
        Err(self.mismatch(i, &field(), show(reference), show(candidate)))
    }

    fn equal_bytes(&self, i: usize, field: &str, reference: &[u8], candidate: &[u8]) -> Outcome {
        if reference == candidate {
            return Ok(());
        }
        let at =
            reference.iter().zip(candidate).position(|(a, b)| a != b).unwrap_or(reference.len().min(candidate.len()));
        let show = |bytes: &[u8]| format!("{:?} of {} bytes", bytes.get(at), bytes.len());
        Err(self.mismatch(i, &format!("{field}, byte {at}"), show(reference), show(candidate)))
    }

    fn mismatch(&self, i: usize, field: &str, reference: String, candidate: String) -> Box<(Mismatch, Vec<u8>)> {
        let Episode { seed, actions, .. } = &self.episodes[i];
        let mismatch = Mismatch {
            env: i,
            seed: *seed,
            time_max: self.block.time_max,
            step: actions.len(),
            action: actions.last().copied(),
            field: field.into(),
            reference,
            candidate,
        };
        Box::new((mismatch, actions.clone()))
    }
}
