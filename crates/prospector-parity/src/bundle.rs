//! A mismatch on disk: what is needed to see it again.
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use prospector_reference::Env;

use crate::block::compare_episode;
use crate::candidate::Candidate;
use crate::mismatch::Mismatch;

/// An episode that parts the two: its seed, its time budget and every action up to the step that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    pub seed: u64,
    pub time_max: f32,
    pub actions: Vec<u8>,
}

impl Bundle {
    pub fn read(folder: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(folder.join("episode.txt"))?;
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            line.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("episode.txt has no {name:?}")))
        };
        let invalid = |error: &dyn std::fmt::Display| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        Ok(Self {
            seed: field("seed ")?.parse().map_err(|error| invalid(&error))?,
            time_max: field("time_max ")?.parse().map_err(|error| invalid(&error))?,
            actions: fs::read(folder.join("actions.bin"))?,
        })
    }

    /// Plays the episode on both sides; `Some` is the difference that it still shows.
    pub fn replay<C: Candidate + ?Sized>(&self, candidate: &mut C) -> Option<Mismatch> {
        compare_episode(self.seed, self.time_max, &self.actions, candidate).err().map(|found| found.0)
    }

    /// The reference's state before the last action.
    fn state_before(&self) -> Vec<u8> {
        let mut env = Env::new(self.time_max).expect("a time_max that ran");
        env.reset(self.seed);
        for &action in self.actions.iter().rev().skip(1).rev() {
            env.step(action).expect("an episode that ran");
        }
        env.state()
    }
}

/// Writes `root/seed-<seed>-step-<step>/` with the message, the episode and the reference's state before the step.
pub fn write_bundle(root: &Path, mismatch: &Mismatch, actions: &[u8]) -> io::Result<PathBuf> {
    let bundle = Bundle { seed: mismatch.seed, time_max: mismatch.time_max, actions: actions.to_vec() };
    let folder = root.join(format!("seed-{}-step-{}", mismatch.seed, mismatch.step));
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("mismatch.txt"), format!("{mismatch}\n"))?;
    fs::write(folder.join("episode.txt"), format!("seed {}\ntime_max {}\n", bundle.seed, bundle.time_max))?;
    fs::write(folder.join("actions.bin"), actions)?;
    fs::write(folder.join("state-before.bin"), bundle.state_before())?;
    Ok(folder)
}
