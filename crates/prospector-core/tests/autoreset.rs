//! Restarting batches against episodes that are played one by one.

mod buffers;

use buffers::Buffers;
use proptest::prelude::*;
use prospector_core::{
    Autoreset, AutoresetMode, Batch, Episode, EpisodeEnded, InfoField, NativeCore, OBS_SIZE, ScalarCore, Worlds,
    episode_seed,
};

const ENVS: usize = 19; // more than a block, not a whole number of them
const TIME_MAX: f32 = 60.0; // so that a hundred steps see every env end
const FIRST: u64 = 5;

fn row(obs: &[f32], i: usize) -> &[f32] {
    &obs[i * OBS_SIZE..][..OBS_SIZE]
}

fn batches() -> [Box<dyn Batch>; 2] {
    [
        Box::new(ScalarCore::new(ENVS, TIME_MAX).unwrap()),
        Box::new(NativeCore::with_envs_per_thread(ENVS, TIME_MAX, 2, prospector_simd::SimdPath::Portable, 1).unwrap()),
    ]
}

/// One env played alone.
struct Single {
    episode: Episode,
    env: u64,
    seed: u64,
    number: u64,
    sum: f64,
    steps: i64,
}

impl Single {
    fn new(env: u64, seed: u64) -> Self {
        let mut single = Self { episode: Episode::new(TIME_MAX), env, seed, number: 0, sum: 0.0, steps: 0 };
        single.start();
        single
    }

    fn start(&mut self) {
        self.episode.reset(episode_seed(self.seed, self.env, self.number));
        (self.number, self.sum, self.steps) = (self.number + 1, 0.0, 0);
    }

    fn obs(&self) -> [f32; OBS_SIZE] {
        let mut obs = [0.0; OBS_SIZE];
        self.episode.observe(&mut obs);
        obs
    }
}

fn play(mode: AutoresetMode, seed: u64, actions: &[[u8; ENVS]]) -> Result<(), TestCaseError> {
    for mut batch in batches() {
        let mut buffers = Buffers::new(ENVS);
        let mut autoreset = Autoreset::new(ENVS, mode, seed, FIRST);
        autoreset.start(&mut *batch, None, Worlds::Next, &mut buffers.outputs());
        let mut singles: Vec<_> = (0..ENVS as u64).map(|i| Single::new(FIRST + i, seed)).collect();
        for codes in actions {
            let waiting: Vec<bool> = singles.iter().map(|single| single.episode.end().reached()).collect();
            let count = autoreset.step(&mut *batch, codes, &mut buffers.outputs()).expect("all run");
            let mut ended = Vec::new();
            for (i, single) in singles.iter_mut().enumerate() {
                let told = autoreset.endings();
                if waiting[i] {
                    single.start();
                    prop_assert_eq!(
                        (buffers.reward[i], buffers.terminated[i], buffers.truncated[i]),
                        (0.0, false, false)
                    );
                    prop_assert_eq!(row(&buffers.obs, i), single.obs());
                    prop_assert!(!told.ended[i]);
                    continue;
                }
                let outcome = single.episode.step(codes[i], &mut ()).expect("it runs");
                single.sum += f64::from(outcome.reward);
                single.steps += 1;
                let end = single.episode.end();
                prop_assert_eq!(buffers.reward[i], outcome.reward);
                prop_assert_eq!((buffers.terminated[i], buffers.truncated[i]), (end.terminated, end.truncated));
                prop_assert_eq!(told.ended[i], end.reached());
                let last = (told.dt[i], told.action[i], told.invalid[i]);
                if end.reached() {
                    ended.push(i);
                    for (field, column) in InfoField::ALL.into_iter().zip(&told.info) {
                        prop_assert_eq!(column[i], single.episode.info(field), "{}", field.column().name);
                    }
                    prop_assert_eq!(told.cargo_value[i], single.episode.cargo_value());
                    prop_assert_eq!(last, (i32::from(outcome.dt), outcome.action, outcome.invalid));
                    prop_assert_eq!((told.episode_return[i], told.episode_length[i]), (single.sum, single.steps));
                    if mode == AutoresetMode::SameStep {
                        prop_assert_eq!(row(&told.obs, i), single.obs());
                        single.start();
                    }
                } else {
                    prop_assert!(told.info.iter().all(|column| column[i] == 0.0));
                    prop_assert_eq!((last, told.episode_return[i], told.episode_length[i]), ((0, 0, false), 0.0, 0));
                }
                prop_assert_eq!(row(&buffers.obs, i), single.obs());
            }
            prop_assert_eq!(autoreset.endings().envs(), &ended[..]);
            prop_assert_eq!(count, ended.len());
            if mode == AutoresetMode::Disabled && count > 0 {
                let mask = autoreset.endings().ended.clone();
                autoreset.start(&mut *batch, Some(&mask), Worlds::Next, &mut buffers.outputs());
                ended.iter().for_each(|i| singles[*i].start());
            }
            for (i, single) in singles.iter().enumerate() {
                prop_assert_eq!(autoreset.episodes()[i] + 1, single.number as i64);
                prop_assert_eq!((autoreset.returns()[i], autoreset.lengths()[i]), (single.sum, single.steps));
            }
        }
        for (i, single) in singles.iter().enumerate() {
            prop_assert_eq!(batch.state(i), single.episode.state());
        }
        prop_assert!(singles.iter().any(|single| single.number > 2), "too few episodes ended to see anything");
    }
    Ok(())
}

fn streams() -> impl Strategy<Value = Vec<[u8; ENVS]>> {
    prop::collection::vec(prop::array::uniform::<_, ENVS>(0..70u8), 120..150)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn next_step_restarts_in_the_step_after(seed: u64, actions in streams()) {
        play(AutoresetMode::NextStep, seed, &actions)?;
    }

    #[test]
    fn same_step_restarts_at_once_and_keeps_the_old_rewards_and_observations(seed: u64, actions in streams()) {
        play(AutoresetMode::SameStep, seed, &actions)?;
    }

    #[test]
    fn disabled_leaves_the_start_to_the_caller(seed: u64, actions in streams()) {
        play(AutoresetMode::Disabled, seed, &actions)?;
    }
}

#[test]
fn worlds_are_the_next_the_seeds_first_or_those_that_are_named() {
    let state_of = |seed| {
        let mut episode = Episode::new(TIME_MAX);
        episode.reset(seed);
        episode.state()
    };
    for mut batch in batches() {
        let mut buffers = Buffers::new(ENVS);
        let mut autoreset = Autoreset::new(ENVS, AutoresetMode::SameStep, 1, FIRST);
        let mut start = |mask: Option<&[bool]>, worlds: Worlds<'_>| {
            autoreset.start(&mut *batch, mask, worlds, &mut buffers.outputs());
            [3, 4].map(|i| batch.state(i))
        };
        let world = |seed, env: u64, episode| state_of(episode_seed(seed, FIRST + env, episode));
        assert_eq!(start(None, Worlds::Next), [world(1, 3, 0), world(1, 4, 0)]);
        assert_eq!(start(None, Worlds::Next), [world(1, 3, 1), world(1, 4, 1)]);
        let only_third: Vec<bool> = (0..ENVS).map(|i| i == 3).collect();
        assert_eq!(start(Some(&only_third), Worlds::Of(8)), [world(8, 3, 0), world(1, 4, 1)]);
        let named: Vec<Option<u64>> = (0..ENVS).map(|i| (i == 3).then_some(77)).collect();
        assert_eq!(start(None, Worlds::Named(&named)), [state_of(77), world(1, 4, 2)]);
        assert_eq!(start(None, Worlds::Next), [world(77, 3, 1), world(1, 4, 3)]);
    }
}

#[test]
fn a_step_that_cannot_be_taken_changes_nothing() {
    for mut batch in batches() {
        let mut buffers = Buffers::new(ENVS);
        let mut autoreset = Autoreset::new(ENVS, AutoresetMode::Disabled, 1, 0);
        let never = autoreset.step(&mut *batch, &[6; ENVS], &mut buffers.outputs());
        assert_eq!(never, Err(EpisodeEnded { index: 0 }));
        autoreset.start(&mut *batch, None, Worlds::Next, &mut buffers.outputs());
        let mut codes = [6; ENVS];
        codes[2] = 68;
        assert_eq!(autoreset.step(&mut *batch, &codes, &mut buffers.outputs()), Ok(1));
        let before = format!("{autoreset:?}");
        assert_eq!(autoreset.step(&mut *batch, &codes, &mut buffers.outputs()), Err(EpisodeEnded { index: 2 }));
        assert_eq!(format!("{autoreset:?}"), before);
    }
}

#[test]
fn an_env_that_the_caller_has_started_is_not_started_again() {
    for mut batch in batches() {
        let mut buffers = Buffers::new(ENVS);
        let mut autoreset = Autoreset::new(ENVS, AutoresetMode::NextStep, 1, 0);
        autoreset.start(&mut *batch, None, Worlds::Next, &mut buffers.outputs());
        assert_eq!(autoreset.step(&mut *batch, &[68; ENVS], &mut buffers.outputs()), Ok(ENVS));
        let third: Vec<bool> = (0..ENVS).map(|i| i == 3).collect();
        autoreset.start(&mut *batch, Some(&third), Worlds::Next, &mut buffers.outputs());
        assert_eq!(autoreset.step(&mut *batch, &[8; ENVS], &mut buffers.outputs()), Ok(0));
        assert_eq!([batch.last(3).dt, batch.last(4).dt], [3, 0], "it scans, the others are only restarted");
        assert_eq!(autoreset.episodes(), [1; ENVS]);
    }
}
