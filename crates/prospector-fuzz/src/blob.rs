//! Target `blob`: any bytes offered as the state of an env, raw or made of a real state; what is taken is played on.
use prospector_core::Action;
use prospector_parity::{Candidate, Divergence, Pair};
use prospector_reference::Env;

use crate::candidates::{Played, on_candidates};
use crate::forgery::{Forgery, framed};
use crate::input::Input;

const TIME_MAX: f32 = 20_000.0;
/// Envs of the batch, and the env that gets the blob.
const NUM_ENVS: usize = 3;
const RESTORED: usize = 1;
const HOLD: u8 = Action::HoldDrift.code();
const MOST_CODES: usize = 64;

#[derive(Clone, Debug)]
enum Source {
    /// The bytes as they are.
    Raw(Vec<u8>),
    /// The bytes as the fields of an episode, in a right frame.
    Framed(Vec<u8>),
    /// The state after these actions, changed.
    Real { seed: u64, codes: Vec<u8>, forgery: Forgery },
}

/// Bytes for a state, and what is played after them.
#[derive(Clone, Debug)]
pub struct BlobPlan {
    path: u8,
    source: Source,
    codes: Vec<u8>,
}

impl BlobPlan {
    /// The plan that these bytes are; every input is one.
    pub fn read(input: &[u8]) -> Self {
        let input = &mut Input(input);
        let (path, kind) = (input.u8(), input.below(8));
        // What changes the blob comes first: libFuzzer's inputs are short, and an edit that they do not reach is none.
        let (source, codes) = match kind {
            0 | 1 => {
                let codes = input.some(MOST_CODES);
                let bytes = input.0.to_vec();
                (if kind == 0 { Source::Raw(bytes) } else { Source::Framed(bytes) }, codes)
            }
            _ => {
                let (forgery, seed) = (Forgery::read(input), u64::from(input.u16()));
                (Source::Real { seed, codes: input.some(MOST_CODES), forgery }, input.some(MOST_CODES))
            }
        };
        Self { path, source, codes }
    }

    fn blob(&self) -> Vec<u8> {
        match &self.source {
            Source::Raw(bytes) => bytes.clone(),
            Source::Framed(fields) => framed(fields, TIME_MAX),
            Source::Real { seed, codes, forgery } => {
                let mut env = Env::new(TIME_MAX).expect("an allowed time_max");
                env.reset(*seed);
                for code in codes {
                    let _ = env.step(*code); // one that has ended stays as it is
                }
                forgery.apply(env.state())
            }
        }
    }

    /// Plays it on every candidate; the error says where one parts from the reference.
    pub fn play(&self) -> Result<Played, String> {
        let blob = self.blob();
        let answer = on_candidates(NUM_ENVS, TIME_MAX, 1, self.path, |candidate, played| {
            self.play_beside(candidate, &blob, played)
        });
        answer.map_err(|message| format!("{message}\nin {self:?}"))
    }

    fn play_beside(&self, candidate: &mut dyn Candidate, blob: &[u8], played: &mut Played) -> Result<(), Divergence> {
        let mut pair = Pair::new(NUM_ENVS, TIME_MAX, candidate);
        pair.reset(&[1, 2, 3], &[true; NUM_ENVS])?;
        pair.step(&[HOLD; NUM_ENVS], None)?;
        match pair.restore(RESTORED, blob)? {
            Ok(()) => played.taken += 1,
            Err(_) => {
                played.refused += 1;
                return pair.step(&[HOLD; NUM_ENVS], None);
            }
        }
        for code in &self.codes {
            let running = pair.running();
            let mut actions = [HOLD; NUM_ENVS];
            actions[RESTORED] = *code;
            pair.step(&actions, Some(&running))?;
            played.steps += running.iter().filter(|running| **running).count();
            if !running[RESTORED] {
                break;
            }
        }
        pair.state(RESTORED)?;
        played.events += pair.events();
        Ok(())
    }
}
