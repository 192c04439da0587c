//! The reference and the Rust core are two programs that give the same bits.
use prospector_parity::{Block, Bundle, Candidate, Mismatch, Native, Report, Scalar, compare, write_bundle};
use prospector_reference::{Env, Event, StateError};
use prospector_simd::SimdPath;

/// Steps of the suite's run, beside what `make parity` does.
const STEPS: usize = 2_100_000;
/// Those of them that each path of the native core takes.
const NATIVE_STEPS: usize = 300_000;

fn agree(block: &Block, candidate: &mut impl Candidate) -> Report {
    compare(block, candidate).unwrap_or_else(|found| {
        let folder = write_bundle(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")), &found.0, &found.1);
        panic!("{}\nbundle: {folder:?}", found.0)
    })
}

#[test]
fn two_million_steps_of_mixed_policies_agree_bit_for_bit() {
    let mut total = Report::default();
    for (seed, num_envs, time_max) in
        [(1, 1, 20_000.0), (2, 16, 20_000.0), (3, 67, 700.0), (4, 33, 33.5), (5, 64, 20_000.0)]
    {
        let block = Block { num_envs, steps: STEPS / 5 / num_envs + 1, time_max, seed, inject_once_in: 300 };
        total += agree(&block, &mut Scalar::new(num_envs, time_max));
    }
    println!("{total:?}");
    assert!(total.steps >= 2_000_000 && total.episodes > 5_000 && total.injections > 5_000, "{total:?}");
}

/// Every size from 1 to 67 and 1024, on 1 to 4 threads.
fn native_agrees(path: SimdPath) {
    let mut total = Report::default();
    for num_envs in (1..=67).chain([1024]) {
        let time_max = [20_000.0, 700.0, 33.5][num_envs % 3];
        let threads = num_envs % 4 + 1;
        let steps = NATIVE_STEPS / 68 / num_envs + 1;
        let block = Block { num_envs, steps, time_max, seed: num_envs as u64, inject_once_in: 150 };
        total += agree(&block, &mut Native::new(num_envs, time_max, threads, path));
    }
    println!("{path:?}: {total:?}");
    assert!(total.steps >= NATIVE_STEPS / 2 && total.injections > 1000, "{total:?}");
}

#[test]
fn native_agrees_on_every_path_of_this_machine() {
    SimdPath::available().for_each(native_agrees);
}

#[test]
fn the_two_are_two_programs() {
    assert_eq!(prospector_reference::language(), 201_112, "the reference is C11");
    let core = concat!(env!("CARGO_MANIFEST_DIR"), "/../prospector-core/Cargo.toml");
    let manifest = std::fs::read_to_string(core).expect("the core's manifest");
    assert!(!manifest.contains("prospector-reference"), "the core must not be built on its oracle");
    // Each keeps its own state: a step of one moves nothing in the other.
    let (mut reference, mut scalar) = (Env::new(20_000.0).unwrap(), Scalar::new(1, 20_000.0));
    reference.reset(7);
    scalar.reset(&[7], &[true]);
    reference.step(8).unwrap();
    assert_ne!(reference.state(), scalar.state(0));
    scalar.step(&[8], None).unwrap();
    assert_eq!(reference.state(), scalar.state(0));
}

/// The scalar core with one observation off by the least amount there is, from a given step on.
struct OneBitOff {
    inner: Scalar,
    steps: usize,
    from: usize,
    obs: Vec<f32>,
}

impl OneBitOff {
    fn publish(&mut self) {
        self.obs = self.inner.obs(0).to_vec();
        if self.steps >= self.from {
            self.obs[247] = f32::from_bits(self.obs[247].to_bits() ^ 1);
        }
    }
}

impl Candidate for OneBitOff {
    fn reset(&mut self, seeds: &[u64], mask: &[bool]) {
        self.inner.reset(seeds, mask);
        self.publish();
    }
    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>) -> Result<(), usize> {
        self.inner.step(actions, mask)?;
        self.steps += 1;
        self.publish();
        Ok(())
    }
    fn obs(&self, _: usize) -> &[f32] {
        &self.obs
    }
    fn reward(&self, env: usize) -> f32 {
        self.inner.reward(env)
    }
    fn terminated(&self, env: usize) -> bool {
        self.inner.terminated(env)
    }
    fn truncated(&self, env: usize) -> bool {
        self.inner.truncated(env)
    }
    fn last(&self, env: usize) -> (u8, u8, bool) {
        self.inner.last(env)
    }
    fn action_masks(&self) -> Vec<u8> {
        self.inner.action_masks()
    }
    fn info(&self, field: usize, env: usize) -> f32 {
        self.inner.info(field, env)
    }
    fn cargo_value(&self, env: usize) -> f32 {
        self.inner.cargo_value(env)
    }
    fn events(&self, env: usize) -> Vec<Event> {
        self.inner.events(env)
    }
    fn state(&self, env: usize) -> Vec<u8> {
        self.inner.state(env)
    }
    fn set_state(&mut self, env: usize, bytes: &[u8]) -> Result<(), StateError> {
        self.inner.set_state(env, bytes)
    }
}

#[test]
fn one_wrong_bit_is_named_and_bundled() {
    let faulty = || OneBitOff { inner: Scalar::new(1, 500.0), steps: 0, from: 5, obs: Vec::new() };
    let block = Block { num_envs: 1, steps: 100, time_max: 500.0, seed: 11, inject_once_in: 0 };
    let (mismatch, actions) = *compare(&block, &mut faulty()).unwrap_err();
    let Mismatch { step, ref field, ref reference, ref candidate, .. } = mismatch;
    assert_eq!((step, field.as_str(), actions.len()), (5, "obs[247]", 5));
    assert_ne!(reference, candidate);
    let message = mismatch.to_string();
    for part in [&format!("seed {}", mismatch.seed), "step 5", "obs[247]", reference, candidate] {
        assert!(message.contains(part), "{message:?} does not say {part:?}");
    }

    let folder = write_bundle(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")), &mismatch, &actions).unwrap();
    let bundle = Bundle::read(&folder).unwrap();
    assert_eq!(bundle, Bundle { seed: mismatch.seed, time_max: 500.0, actions });
    assert_eq!(bundle.replay(&mut faulty()), Some(mismatch), "the bundle shows the same difference");
    assert_eq!(bundle.replay(&mut Scalar::new(1, 500.0)), None, "the scalar core has no difference there");
    assert!(std::fs::read(folder.join("state-before.bin")).unwrap().starts_with(b"ABPS"));
}
