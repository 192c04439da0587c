//! The reference and a candidate in step: each call goes to both, and what they show is compared after it.
use prospector_core::InfoField;
use prospector_reference::{Env, Event, NUM_ACTIONS, OBS_SIZE, StateError};

use crate::candidate::Candidate;
use crate::mismatch::Mismatch;

/// The first difference, and the actions of that episode up to it.
pub type Divergence = Box<(Mismatch, Vec<u8>)>;
pub(crate) type Agreement = Result<(), Divergence>;

/// How the running episode of an env came to be.
#[derive(Clone, Default)]
struct History {
    seed: u64,
    actions: Vec<u8>,
}

/// A batch of the reference beside the candidate. Every method that returns [`Divergence`] has found a difference.
pub struct Pair<'a, C: Candidate + ?Sized> {
    reference: Vec<Env>,
    candidate: &'a mut C,
    time_max: f32,
    histories: Vec<History>,
    events: usize,
}

impl<'a, C: Candidate + ?Sized> Pair<'a, C> {
    /// Makes a pair with a candidate of `num_envs` envs and the same `time_max`, none of them reset.
    ///
    /// # Panics
    /// If `time_max` is not one that the rules allow.
    pub fn new(num_envs: usize, time_max: f32, candidate: &'a mut C) -> Self {
        let reference = (0..num_envs).map(|_| Env::new(time_max).expect("an allowed time_max")).collect();
        Self { reference, candidate, time_max, histories: vec![History::default(); num_envs], events: 0 }
    }

    pub fn num_envs(&self) -> usize {
        self.reference.len()
    }

    /// Whether each env can be stepped.
    pub fn running(&self) -> Vec<bool> {
        self.reference.iter().map(Env::running).collect()
    }

    pub fn obs(&self, env: usize) -> &[f32; OBS_SIZE] {
        self.candidate.obs(env).try_into().expect("a row of OBS_SIZE")
    }

    pub fn action_masks(&self) -> Vec<u8> {
        self.candidate.action_masks()
    }

    /// Events compared so far.
    pub fn events(&self) -> usize {
        self.events
    }

    /// Starts the envs of the mask and compares them.
    pub fn reset(&mut self, seeds: &[u64], mask: &[bool]) -> Result<(), Divergence> {
        for (i, env) in self.reference.iter_mut().enumerate().filter(|(i, _)| mask[*i]) {
            self.histories[i] = History { seed: seeds[i], actions: Vec::new() };
            env.reset(seeds[i]);
        }
        self.candidate.reset(seeds, mask);
        self.check(mask)
    }

    /// Steps the envs of the mask, or all, and compares every env. If one to be stepped has no running episode, both sides must
    /// say which is the first and step none.
    pub fn step(&mut self, actions: &[u8], mask: Option<&[bool]>) -> Result<(), Divergence> {
        let chosen = |i: usize| mask.is_none_or(|mask| mask[i]);
        let idle = (0..self.num_envs()).find(|i| chosen(*i) && !self.reference[*i].running());
        let stepped = self.candidate.step(actions, mask);
        self.equal(idle.unwrap_or(0), "the first env that cannot be stepped", idle, stepped.err())?;
        if idle.is_none() {
            for i in (0..self.num_envs()).filter(|i| chosen(*i)) {
                self.histories[i].actions.push(actions[i]);
                self.reference[i].step(actions[i]).expect("a running episode");
            }
        }
        self.check_all()?;
        let ended = |i: &usize| idle.is_none() && chosen(*i) && !self.reference[*i].running();
        (0..self.num_envs()).filter(ended).try_for_each(|i| self.state(i).map(drop))
    }

    /// Restores the bytes on both sides, which must take or refuse them alike, and compares all envs: bytes that were taken are the
    /// state from now on, refused ones have changed nothing.
    pub fn restore(&mut self, i: usize, bytes: &[u8]) -> Result<Result<(), StateError>, Divergence> {
        let before = self.reference[i].state();
        let answer = self.reference[i].set_state(bytes);
        let answer_of_candidate = self.candidate.set_state(i, bytes);
        self.equal(i, "answer to a restoration", answer, answer_of_candidate)?;
        let expected = if answer.is_ok() { bytes } else { &before };
        self.equal_bytes(i, "state of the reference after a restoration", expected, &self.reference[i].state())?;
        self.check_all()?;
        self.state(i)?;
        Ok(answer)
    }

    /// Lets a state cross over, so that an error can neither compound nor cancel unseen. The side that takes it over forgets its last
    /// step, so from here to its next step the two show the same position and no more.
    pub fn inject(&mut self, i: usize, into_candidate: bool) -> Result<(), Divergence> {
        let state = self.state(i)?;
        let restored =
            if into_candidate { self.candidate.set_state(i, &state) } else { self.reference[i].set_state(&state) };
        self.equal(i, "answer to its own state", Ok(()), restored)?;
        self.compare_position(i)
    }

    /// The state of an env, which is the same on both sides.
    pub fn state(&self, i: usize) -> Result<Vec<u8>, Divergence> {
        let state = self.reference[i].state();
        self.equal_bytes(i, "state", &state, &self.candidate.state(i))?;
        Ok(state)
    }

    /// Compares what every env shows: also of those that the last call left alone.
    pub fn check_all(&mut self) -> Result<(), Divergence> {
        self.check(&vec![true; self.num_envs()])
    }

    fn check(&mut self, selected: &[bool]) -> Agreement {
        let masks = self.candidate.action_masks();
        for i in (0..self.num_envs()).filter(|&i| selected[i]) {
            let outcome = self.reference[i].outcome();
            let (dt, action, invalid) = self.candidate.last(i);
            self.equal(i, "dt", outcome.dt, dt)?;
            self.equal(i, "action", outcome.action, action)?;
            self.equal(i, "invalid_action", outcome.invalid, invalid)?;
            self.equal_bits(i, || "reward".into(), outcome.reward, self.candidate.reward(i))?;
            let events = self.reference[i].events();
            self.events += events.len();
            self.equal_events(i, &events, &self.candidate.events(i))?;
            let mut mask = [0; NUM_ACTIONS];
            self.reference[i].action_mask(&mut mask);
            self.equal(i, "action_mask", &mask[..], &masks[i * NUM_ACTIONS..][..NUM_ACTIONS])?;
            self.compare_position(i)?;
        }
        Ok(())
    }

    /// What a position shows, however it was reached.
    fn compare_position(&self, i: usize) -> Agreement {
        let reference = &self.reference[i];
        let outcome = reference.outcome();
        self.equal(i, "terminated", outcome.terminated, self.candidate.terminated(i))?;
        self.equal(i, "truncated", outcome.truncated, self.candidate.truncated(i))?;
        let mut obs = [0.0; OBS_SIZE];
        reference.observe(&mut obs);
        for (index, (a, b)) in obs.iter().zip(self.candidate.obs(i)).enumerate() {
            self.equal_bits(i, || format!("obs[{index}]"), *a, *b)?;
        }
        for (field, column) in InfoField::ALL.map(InfoField::column).into_iter().enumerate() {
            self.equal_bits(i, || column.name.into(), reference.info(field), self.candidate.info(field, i))?;
        }
        self.equal_bits(i, || "cargo_value".into(), reference.cargo_value(), self.candidate.cargo_value(i))
    }

    fn equal<T: PartialEq + std::fmt::Debug>(&self, i: usize, field: &str, reference: T, candidate: T) -> Agreement {
        if reference == candidate {
            return Ok(());
        }
        Err(self.mismatch(i, field, format!("{reference:?}"), format!("{candidate:?}")))
    }

    fn equal_events(&self, i: usize, reference: &[Event], candidate: &[Event]) -> Agreement {
        let bits = |event: &Event| (event.kind, event.a, event.b, event.v.map(f32::to_bits));
        if reference.iter().map(bits).eq(candidate.iter().map(bits)) {
            return Ok(());
        }
        Err(self.mismatch(i, "events", format!("{reference:?}"), format!("{candidate:?}")))
    }

    fn equal_bits(&self, i: usize, field: impl Fn() -> String, reference: f32, candidate: f32) -> Agreement {
        if reference.to_bits() == candidate.to_bits() {
            return Ok(());
        }
        let show = |x: f32| format!("{x:e} ({:#010x})", x.to_bits());
        Err(self.mismatch(i, &field(), show(reference), show(candidate)))
    }

    fn equal_bytes(&self, i: usize, field: &str, reference: &[u8], candidate: &[u8]) -> Agreement {
        if reference == candidate {
            return Ok(());
        }
        let at =
            reference.iter().zip(candidate).position(|(a, b)| a != b).unwrap_or(reference.len().min(candidate.len()));
        let show = |bytes: &[u8]| format!("{:?} of {} bytes", bytes.get(at), bytes.len());
        Err(self.mismatch(i, &format!("{field}, byte {at}"), show(reference), show(candidate)))
    }

    fn mismatch(&self, i: usize, field: &str, reference: String, candidate: String) -> Divergence {
        let History { seed, actions } = &self.histories[i];
        let mismatch = Mismatch {
            env: i,
            seed: *seed,
            time_max: self.time_max,
            step: actions.len(),
            action: actions.last().copied(),
            field: field.into(),
            reference,
            candidate,
        };
        Box::new((mismatch, actions.clone()))
    }
}
