//! The batch: masks, errors that change nothing, and rows that are single episodes.

mod buffers;

use buffers::Buffers;
use prospector_core::{
    Batch, ConfigError, Episode, EpisodeEnded, Event, InfoField, NUM_ACTIONS, OBS_SIZE, Outcome, ScalarCore,
};

fn started(seeds: &[u64]) -> (ScalarCore, Buffers) {
    let mut core = ScalarCore::new(seeds.len(), 20_000.0).unwrap();
    let mut buffers = Buffers::new(seeds.len());
    core.reset(seeds, None, &mut buffers.outputs());
    (core, buffers)
}

#[test]
fn a_configuration_outside_the_rules_is_refused() {
    assert_eq!(ScalarCore::new(0, 100.0).err(), Some(ConfigError::NumEnvs));
    for time_max in [0.0, -1.0, 16_777_218.0, f32::INFINITY, f32::NAN] {
        let error = ScalarCore::new(1, time_max).err().expect("a bad time_max");
        assert_eq!(error.to_string(), format!("time_max is {time_max}; allowed: 0 < time_max <= 16777216"));
    }
    for time_max in [f32::MIN_POSITIVE, 16_777_216.0] {
        assert!(ScalarCore::new(1, time_max).is_ok());
    }
}

#[test]
fn each_row_is_the_episode_of_its_seed() {
    let seeds = [5, 6, 5];
    let (mut core, mut buffers) = started(&seeds);
    let mut episodes: Vec<Episode> = seeds
        .iter()
        .map(|seed| {
            let mut episode = Episode::new(20_000.0);
            episode.reset(*seed);
            episode
        })
        .collect();
    for step in 0..12u8 {
        let actions = [42 + step, 28 + step % 8, 200 - step];
        core.step(&actions, None, &mut buffers.outputs()).unwrap();
        for (i, episode) in episodes.iter_mut().enumerate() {
            let outcome = episode.step(actions[i], &mut ()).unwrap();
            assert_eq!(core.last(i), outcome);
            assert_eq!(buffers.reward[i], outcome.reward);
            let mut obs = [0.0; OBS_SIZE];
            episode.observe(&mut obs);
            assert_eq!(buffers.obs[i * OBS_SIZE..][..OBS_SIZE], obs);
            assert_eq!(core.state(i), episode.state());
            assert_eq!(core.info(InfoField::FuelUsed, i), episode.info(InfoField::FuelUsed));
        }
    }
}

#[test]
fn envs_outside_the_mask_keep_their_state_and_their_outputs() {
    let (mut core, mut buffers) = started(&[1, 2, 3]);
    core.step(&[8, 8, 8], None, &mut buffers.outputs()).unwrap();
    let (before, states) = (buffers.clone(), [core.state(0), core.state(2)]);
    core.step(&[7, 7, 7], Some(&[false, true, false]), &mut buffers.outputs()).unwrap();
    core.reset(&[9, 9, 9], Some(&[false, true, false]), &mut buffers.outputs());
    for i in [0, 2] {
        assert_eq!(buffers.obs[i * OBS_SIZE..][..OBS_SIZE], before.obs[i * OBS_SIZE..][..OBS_SIZE]);
        assert_eq!(buffers.reward[i], before.reward[i]);
    }
    assert_eq!([core.state(0), core.state(2)], states);
    assert_eq!((buffers.reward[1], core.last(1)), (0.0, Outcome::NONE));
}

#[test]
fn stepping_an_ended_or_unstarted_env_is_an_error_that_changes_nothing() {
    let mut core = ScalarCore::new(3, 20_000.0).unwrap();
    let mut buffers = Buffers::new(3);
    core.reset(&[1, 2, 3], Some(&[true, true, false]), &mut buffers.outputs());
    let (states, before) = ([core.state(0), core.state(1)], buffers.clone());
    let error = core.step(&[6, 6, 6], None, &mut buffers.outputs()).unwrap_err();
    assert_eq!(error, EpisodeEnded { index: 2 });
    core.step(&[6, 68, 6], Some(&[false, true, false]), &mut buffers.outputs()).unwrap();
    assert!(buffers.terminated[1]);
    assert_eq!(core.step(&[6, 6, 6], None, &mut buffers.outputs()), Err(EpisodeEnded { index: 1 }));
    assert_eq!(core.state(0), states[0]);
    assert_eq!(buffers.obs[..OBS_SIZE], before.obs[..OBS_SIZE]);
    core.step(&[6, 6, 6], Some(&[true, false, false]), &mut buffers.outputs()).unwrap();
}

#[test]
fn events_are_kept_only_when_they_are_recorded() {
    let (mut core, mut buffers) = started(&[1]);
    core.step(&[42], None, &mut buffers.outputs()).unwrap();
    assert!(core.events(0).is_empty());
    core.record_events(true);
    core.step(&[42], None, &mut buffers.outputs()).unwrap();
    assert_eq!(core.events(0), [Event::Dock.row()]);
    core.step(&[6], None, &mut buffers.outputs()).unwrap();
    assert!(core.events(0).is_empty(), "events are those of the last step");
}

#[test]
fn the_mask_has_a_row_for_each_env() {
    let mut core = ScalarCore::new(2, 20_000.0).unwrap();
    let mut buffers = Buffers::new(2);
    core.reset(&[1, 1], Some(&[true, false]), &mut buffers.outputs());
    let mut mask = [9; 2 * NUM_ACTIONS];
    core.action_mask(&mut mask);
    assert_eq!(mask[42], 1);
    assert_eq!(mask[NUM_ACTIONS..], [0; NUM_ACTIONS], "an env that was never reset allows nothing");
}

#[test]
fn a_state_moves_an_env_and_its_outputs() {
    let (mut core, mut buffers) = started(&[1, 2]);
    core.step(&[8, 7], None, &mut buffers.outputs()).unwrap();
    let blob = core.state(1);
    let before = buffers.clone();
    core.set_state(0, &blob, &mut buffers.outputs()).unwrap();
    assert_eq!(core.state(0), blob);
    assert_eq!(buffers.obs[..OBS_SIZE], before.obs[OBS_SIZE..]);
    assert_eq!((buffers.reward[0], core.last(0)), (0.0, Outcome::NONE));
    let (states, before) = ([core.state(0), core.state(1)], buffers.clone());
    assert!(core.set_state(0, &blob[1..], &mut buffers.outputs()).is_err());
    assert_eq!(([core.state(0), core.state(1)], buffers), (states, before));
}
