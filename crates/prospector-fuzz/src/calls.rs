//! Target `calls`: any calls on a batch of any size: steps, masked steps, resets, states moved between envs, forged states.
use prospector_parity::{Candidate, Choices, Divergence, Pair};

use crate::candidates::{Played, on_candidates};
use crate::forgery::Forgery;
use crate::input::Input;

/// Envs at most: four blocks of 16 and three lanes of a fifth.
const MOST_ENVS: usize = 67;
/// Calls at most: bounds the time of one input.
const MOST_CALLS: usize = 400;
/// Single steps at most, for the same reason.
const MOST_STEPS: usize = 1500;
/// Most plans take one thread: several on few processors wait for each other more than they work.
const THREADS: [usize; 8] = [1, 1, 2, 1, 3, 1, 4, 1];
const TIME_MAX: [f32; 8] = [20_000.0, 700.0, 33.5, 20_000.0, 3.0, 0.25, f32::MIN_POSITIVE, 16_777_216.0];
pub(crate) const MOST_CODES: usize = 16;

/// Which envs a call means: env `i` if bit `i % 64` is set, turned by one a row of 64.
#[derive(Clone, Copy, Debug)]
struct Mask(u64);

impl Mask {
    fn of(self, num_envs: usize) -> Vec<bool> {
        (0..num_envs).map(|i| self.0.rotate_right((i / 64) as u32) >> (i % 64) & 1 == 1).collect()
    }
}

#[derive(Clone, Debug)]
enum Call {
    /// Env `i` of those running takes `codes[i % codes.len()]`.
    Step {
        codes: Vec<u8>,
    },
    /// The same for those of the mask alone; of all of them, ended or not, if `blind`.
    StepSome {
        codes: Vec<u8>,
        mask: Mask,
        blind: bool,
    },
    /// All envs in a call without a mask, ended or not.
    StepAll {
        codes: Vec<u8>,
    },
    Reset {
        seed: u64,
        mask: Mask,
    },
    /// The state of one env goes to another, changed on the way.
    Move {
        from: usize,
        to: usize,
        forgery: Forgery,
    },
}

impl Call {
    fn read(input: &mut Input<'_>, num_envs: usize) -> Self {
        match input.below(32) {
            0..=15 => Self::Step { codes: input.some(MOST_CODES) },
            16..=20 => {
                Self::StepSome { codes: input.some(MOST_CODES), mask: Mask(input.u64()), blind: input.below(8) == 1 }
            }
            21..=23 => Self::StepAll { codes: input.some(MOST_CODES) },
            24..=27 => Self::Reset { seed: input.u64(), mask: Mask(input.u64()) },
            _ => Self::Move { from: input.below(num_envs), to: input.below(num_envs), forgery: Forgery::read(input) },
        }
    }
}

/// A batch and what is called on it.
#[derive(Clone, Debug)]
pub struct CallPlan {
    num_envs: usize,
    num_threads: usize,
    path: u8,
    time_max: f32,
    /// The seed of env 0. The seeds of the others are drawn from it.
    seed: u64,
    calls: Vec<Call>,
}

impl CallPlan {
    /// The plan that these bytes are; every input is one.
    pub fn read(input: &[u8]) -> Self {
        let input = &mut Input(input);
        let num_envs = 1 + input.below(MOST_ENVS);
        let num_threads = THREADS[input.below(THREADS.len())];
        let (path, time_max, seed) = (input.u8(), TIME_MAX[input.below(TIME_MAX.len())], input.u64());
        let mut calls = Vec::new();
        while !input.is_empty() && calls.len() < MOST_CALLS.min(MOST_STEPS / num_envs) {
            calls.push(Call::read(input, num_envs));
        }
        Self { num_envs, num_threads, path, time_max, seed, calls }
    }

    /// Plays it on every candidate; the error says where one parts from the reference.
    pub fn play(&self) -> Result<Played, String> {
        let Self { num_envs, num_threads, path, time_max, .. } = *self;
        let mut at = 0;
        let answer = on_candidates(num_envs, time_max, num_threads, path, |candidate, played| {
            self.play_beside(candidate, played, &mut at)
        });
        answer.map_err(|message| format!("{message}\nat call {at} of {self:?}"))
    }

    fn play_beside(
        &self,
        candidate: &mut dyn Candidate,
        played: &mut Played,
        at: &mut usize,
    ) -> Result<(), Divergence> {
        let mut pair = Pair::new(self.num_envs, self.time_max, candidate);
        pair.reset(&seeds(self.seed, self.num_envs), &vec![true; self.num_envs])?;
        for (index, call) in self.calls.iter().enumerate() {
            *at = index;
            make(call, &mut pair, played)?;
        }
        for i in 0..self.num_envs {
            pair.state(i)?;
        }
        played.events += pair.events();
        Ok(())
    }
}

fn seeds(first: u64, num_envs: usize) -> Vec<u64> {
    let mut choices = Choices(first);
    std::iter::once(first).chain(std::iter::repeat_with(|| choices.draw())).take(num_envs).collect()
}

fn make(call: &Call, pair: &mut Pair<'_, dyn Candidate + '_>, played: &mut Played) -> Result<(), Divergence> {
    let n = pair.num_envs();
    let actions = |codes: &[u8]| (0..n).map(|i| codes[i % codes.len()]).collect::<Vec<u8>>();
    let running = pair.running();
    match call {
        Call::Step { codes } => step(pair, &actions(codes), Some(&running), played),
        Call::StepAll { codes } => step(pair, &actions(codes), None, played),
        Call::StepSome { codes, mask, blind } => {
            let mask: Vec<bool> = mask.of(n).iter().zip(&running).map(|(a, b)| *a && (*b || *blind)).collect();
            step(pair, &actions(codes), Some(&mask), played)
        }
        Call::Reset { seed, mask } => {
            pair.reset(&seeds(*seed, n), &mask.of(n))?;
            pair.check_all()
        }
        Call::Move { from, to, forgery } => {
            let blob = forgery.apply(pair.state(*from)?);
            match pair.restore(*to, &blob)? {
                Ok(()) => played.taken += 1,
                Err(_) => played.refused += 1,
            }
            Ok(())
        }
    }
}

fn step(
    pair: &mut Pair<'_, dyn Candidate + '_>,
    actions: &[u8],
    mask: Option<&[bool]>,
    played: &mut Played,
) -> Result<(), Divergence> {
    let chosen = |i: &usize| mask.is_none_or(|mask| mask[*i]);
    let running = pair.running();
    if (0..actions.len()).filter(chosen).all(|i| running[i]) {
        played.steps += (0..actions.len()).filter(chosen).count();
    } else {
        played.idle += 1;
    }
    pair.step(actions, mask)
}
