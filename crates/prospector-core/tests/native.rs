//! The native batch against the scalar one: every path, odd sizes, any actions, any masks, any bytes.

use proptest::prelude::*;
use prospector_core::{Batch, ConfigError, NUM_ACTIONS, NativeCore, OBS_SIZE, Outputs, ScalarCore};
use prospector_simd::SimdPath;

/// A core and the buffers of its caller.
struct Player {
    core: Box<dyn Batch>,
    obs: Vec<f32>,
    reward: Vec<f32>,
    terminated: Vec<bool>,
    truncated: Vec<bool>,
}

impl Player {
    fn new(core: impl Batch + 'static) -> Self {
        let n = core.num_envs();
        let flags = vec![false; n];
        Self {
            core: Box::new(core),
            obs: vec![7.0; n * OBS_SIZE],
            reward: vec![7.0; n],
            terminated: flags.clone(),
            truncated: flags,
        }
    }

    fn split(&mut self) -> (&mut dyn Batch, Outputs<'_>) {
        let Self { core, obs, reward, terminated, truncated } = self;
        (core.as_mut(), Outputs { obs, reward, terminated, truncated })
    }

    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>) {
        let (core, mut out) = self.split();
        core.reset(seeds, mask, &mut out);
    }

    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>) -> Option<usize> {
        let (core, mut out) = self.split();
        core.step(actions, mask, &mut out).err().map(|ended| ended.index)
    }

    /// All that a caller sees, floats as their bits.
    fn seen(&self) -> (Vec<u32>, Vec<u8>, Vec<Vec<u8>>) {
        let n = self.core.num_envs();
        let mut mask = vec![9; n * NUM_ACTIONS];
        self.core.action_mask(&mut mask);
        let bits = self.obs.iter().chain(&self.reward).map(|x| x.to_bits()).collect();
        let flags = self.terminated.iter().chain(&self.truncated).map(|flag| u8::from(*flag));
        let last = (0..n).map(|i| self.core.last(i)).flat_map(|last| [last.dt, last.action, u8::from(last.invalid)]);
        (bits, mask.into_iter().chain(flags).chain(last).collect(), (0..n).map(|i| self.core.state(i)).collect())
    }
}

fn native(num_envs: usize, time_max: f32, num_threads: usize, path: usize) -> NativeCore {
    let paths: Vec<_> = SimdPath::available().collect();
    NativeCore::with_envs_per_thread(num_envs, time_max, num_threads, paths[path % paths.len()], 16).unwrap()
}

/// What a test does with a batch.
#[derive(Clone, Debug)]
enum Call {
    /// Steps with the actions and the mask that these numbers seed.
    Step(u64),
    StepSome(u64),
    Reset(u64),
    /// Moves the state of one env into another.
    Copy(usize, usize),
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let call = prop_oneof![
        12 => any::<u64>().prop_map(Call::Step),
        4 => any::<u64>().prop_map(Call::StepSome),
        2 => any::<u64>().prop_map(Call::Reset),
        1 => any::<(usize, usize)>().prop_map(|(from, to)| Call::Copy(from, to)),
    ];
    prop::collection::vec(call, 1..60)
}

fn mixed(seed: u64, i: usize) -> u64 {
    let mut z = seed.wrapping_add((i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z ^ (z >> 29)
}

/// Mostly codes of the table.
fn action(random: u64) -> u8 {
    if random.is_multiple_of(16) { (random >> 8) as u8 } else { (random >> 8) as u8 % 68 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_calls_give_the_bits_of_the_scalar_core(
        num_envs in 1usize..70, num_threads in 1usize..5, path in 0usize..3, time_max in 20.0f32..600.0, calls in calls(),
    ) {
        let mut cores =
            [Player::new(ScalarCore::new(num_envs, time_max).unwrap()), Player::new(native(num_envs, time_max, num_threads, path))];
        let seeds: Vec<u64> = (0..num_envs as u64).collect();
        for core in &mut cores {
            core.reset(&seeds, None);
        }
        for call in calls {
            for core in &mut cores {
                let some = |seed: u64| (0..num_envs).map(|i| mixed(seed, i).is_multiple_of(3)).collect::<Vec<_>>();
                let running: Vec<bool> =
                    (0..num_envs).map(|i| !core.terminated[i] && !core.truncated[i]).collect();
                match call {
                    Call::Step(seed) => {
                        let actions: Vec<u8> = (0..num_envs).map(|i| action(mixed(seed, i))).collect();
                        prop_assert_eq!(core.step(&actions, Some(&running)), None);
                    }
                    Call::StepSome(seed) => {
                        let actions: Vec<u8> = (0..num_envs).map(|i| action(mixed(seed, i))).collect();
                        let mask: Vec<bool> = some(!seed).iter().zip(&running).map(|(a, b)| a & b).collect();
                        prop_assert_eq!(core.step(&actions, Some(&mask)), None);
                    }
                    Call::Reset(seed) => {
                        let seeds: Vec<u64> = (0..num_envs).map(|i| mixed(seed, i)).collect();
                        core.reset(&seeds, Some(&some(seed)));
                    }
                    Call::Copy(from, to) => {
                        let blob = core.core.state(from % num_envs);
                        let (core, mut out) = core.split();
                        core.set_state(to % num_envs, &blob, &mut out).unwrap();
                    }
                }
            }
            let [scalar, native] = &cores;
            prop_assert!(scalar.seen() == native.seen(), "after {:?}", call);
        }
    }

    /// Bytes that pass for a state are played by both alike; no bytes stop either.
    #[test]
    fn any_state_that_is_taken_is_played_alike(
        seed in 0u64..50,
        edits in prop::collection::vec((20usize..6000, any::<u8>()), 1..6),
        codes in prop::collection::vec(any::<u8>(), 40),
        path in 0usize..3,
    ) {
        let mut cores = [Player::new(ScalarCore::new(3, 20_000.0).unwrap()), Player::new(native(3, 20_000.0, 1, path))];
        for core in &mut cores {
            core.reset(&[seed, seed + 1, seed + 2], None);
        }
        let mut blob = cores[0].core.state(1);
        let last = blob.len() - 9;
        for (at, byte) in edits {
            blob[at.min(last)] = byte;
        }
        let (fields, checksum) = blob.split_at_mut(last + 1);
        let hash = fields.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        checksum.copy_from_slice(&hash.to_le_bytes());
        let taken = cores.each_mut().map(|core| {
            let (core, mut out) = core.split();
            core.set_state(1, &blob, &mut out).is_ok()
        });
        prop_assert_eq!(taken[0], taken[1]);
        for code in codes {
            let stepped = cores.each_mut().map(|core| core.step(&[6, code, 6], None));
            prop_assert_eq!(stepped[0], stepped[1]);
            prop_assert!(cores[0].seen() == cores[1].seen(), "after {}", code);
        }
    }
}

#[test]
fn rows_elsewhere_are_written_whole() {
    let mut core = native(20, 20_000.0, 1, 0);
    let mut buffers = [Player::new(native(20, 20_000.0, 1, 0)), Player::new(native(20, 20_000.0, 1, 0))];
    let seeds: Vec<u64> = (0..20).collect();
    core.reset(&seeds, None, &mut buffers[0].split().1);
    for turn in 0..6 {
        core.step(&[12; 20], None, &mut buffers[turn % 2].split().1).unwrap();
        let mut twin = Player::new(ScalarCore::new(20, 20_000.0).unwrap());
        for i in 0..20 {
            let (core_of_twin, mut out) = twin.split();
            core_of_twin.set_state(i, &core.state(i), &mut out).unwrap();
        }
        assert_eq!(twin.obs, buffers[turn % 2].obs, "turn {turn}");
    }
}

#[test]
fn events_are_those_of_the_scalar_core() {
    let mut cores = [Player::new(ScalarCore::new(17, 300.0).unwrap()), Player::new(native(17, 300.0, 1, 0))];
    let seeds: Vec<u64> = (0..17).collect();
    for core in &mut cores {
        core.core.record_events(true);
        core.reset(&seeds, None);
    }
    for step in 0..40 {
        let running: Vec<bool> = (0..17).map(|i| !cores[0].terminated[i] && !cores[0].truncated[i]).collect();
        let actions: Vec<u8> = (0..17).map(|i| action(mixed(step, i))).collect();
        for core in &mut cores {
            assert_eq!(core.step(&actions, Some(&running)), None);
        }
        for i in 0..17 {
            assert_eq!(cores[0].core.events(i), cores[1].core.events(i));
        }
        assert!(cores[0].seen() == cores[1].seen());
    }
}

#[test]
fn an_ended_env_stops_the_batch_before_anything_moves() {
    for num_threads in [1, 3] {
        let mut player = Player::new(native(50, 20_000.0, num_threads, 0));
        player.reset(&(0..50).collect::<Vec<_>>(), None);
        let mut mask = vec![false; 50];
        mask[41] = true;
        assert_eq!(player.step(&[68; 50], Some(&mask)), None);
        let before = player.seen();
        assert_eq!(player.step(&[6; 50], None), Some(41));
        assert!(player.seen() == before);
    }
}

#[test]
fn a_path_that_is_unknown_and_a_batch_without_threads_are_refused() {
    let error = SimdPath::named("sse9").unwrap_err().to_string();
    assert!(error.starts_with("ABP_SIMD is \"sse9\"; this machine allows: ") && error.contains("portable"), "{error}");
    assert_eq!(NativeCore::new(4, 100.0, 0).err(), Some(ConfigError::NumThreads));
    assert_eq!(NativeCore::new(0, 100.0, 1).err(), Some(ConfigError::NumEnvs));
}
