//! The implementations that a plan is played on, and what that came to.
use prospector_parity::{Candidate, Divergence, Native, Scalar};
use prospector_simd::SimdPath;

/// What a plan came to on all its candidates together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Single steps compared.
    pub steps: usize,
    pub events: usize,
    /// Blobs restored.
    pub taken: usize,
    /// Blobs refused.
    pub refused: usize,
    /// Calls that named an env without a running episode.
    pub idle: usize,
}

impl std::ops::AddAssign for Played {
    fn add_assign(&mut self, other: Self) {
        self.steps += other.steps;
        self.events += other.events;
        self.taken += other.taken;
        self.refused += other.refused;
        self.idle += other.idle;
    }
}

/// Runs `one` on each candidate of a plan: the scalar core, and the native core on the path that a number picks.
pub(crate) fn on_candidates(
    num_envs: usize,
    time_max: f32,
    num_threads: usize,
    path: u8,
    mut one: impl FnMut(&mut dyn Candidate, &mut Played) -> Result<(), Divergence>,
) -> Result<Played, String> {
    let paths: Vec<_> = SimdPath::available().collect();
    let path = paths[usize::from(path) % paths.len()];
    let mut played = Played::default();
    one(&mut Scalar::new(num_envs, time_max), &mut played).map_err(|parted| format!("scalar: {}", parted.0))?;
    one(&mut Native::new(num_envs, time_max, num_threads, path), &mut played)
        .map_err(|parted| format!("native {} on {num_threads} threads: {}", path.name(), parted.0))?;
    Ok(played)
}
