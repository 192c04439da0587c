//! What holds for every stream of actions.

use proptest::prelude::*;
use prospector_core::{Episode, Event, InfoField, NUM_ACTIONS, OBS_SIZE};

/// One code a step: any byte, or one of the mask's if it is given as a choice.
#[derive(Clone, Debug)]
enum Choice {
    Code(u8),
    Valid(usize),
}

fn streams() -> impl Strategy<Value = Vec<Choice>> {
    let choice = prop_oneof![
        1 => any::<u8>().prop_map(Choice::Code),
        6 => any::<usize>().prop_map(Choice::Valid),
        2 => (28u8..36).prop_map(Choice::Code),
    ];
    prop::collection::vec(choice, 1..150)
}

fn mask_of(episode: &Episode) -> [u8; NUM_ACTIONS] {
    let mut mask = [9; NUM_ACTIONS];
    episode.action_mask(&mut mask);
    mask
}

/// The valid codes of a mask but for cashing out, which would end most streams early.
fn resolve(choice: &Choice, mask: &[u8; NUM_ACTIONS]) -> u8 {
    match choice {
        Choice::Code(code) => *code,
        Choice::Valid(index) => {
            let valid: Vec<u8> = (0..68).filter(|code| mask[usize::from(*code)] == 1).collect();
            valid[index % valid.len()]
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_mask_allows_exactly_what_is_valid(seed: u64, stream in streams()) {
        let mut episode = Episode::new(20_000.0);
        episode.reset(seed);
        for choice in &stream {
            let mask = mask_of(&episode);
            for code in 0..=255u8 {
                let allowed = mask.get(usize::from(code)).is_some_and(|entry| *entry == 1);
                if usize::from(code) < NUM_ACTIONS || code % 31 == 0 {
                    let outcome = episode.clone().step(code, &mut ()).unwrap();
                    prop_assert_eq!(outcome.invalid, !allowed, "code {}", code);
                }
            }
            if episode.step(resolve(choice, &mask), &mut ()).is_ok() && !episode.running() {
                prop_assert_eq!(mask_of(&episode), [0; NUM_ACTIONS]);
                break;
            }
        }
    }
}

proptest! {
    #[test]
    fn observations_stay_between_minus_one_and_one(seed: u64, time_max in 1.0f32..3000.0, stream in streams()) {
        let mut episode = Episode::new(time_max);
        episode.reset(seed);
        let mut obs = [f32::NAN; OBS_SIZE];
        episode.observe(&mut obs);
        prop_assert!(obs.iter().all(|x| (-1.0..=1.0).contains(x)));
        for choice in &stream {
            let code = resolve(choice, &mask_of(&episode));
            let outcome = episode.step(code, &mut ()).unwrap();
            obs.fill(f32::NAN);
            episode.observe(&mut obs);
            for (index, x) in obs.iter().enumerate() {
                prop_assert!((-1.0..=1.0).contains(x), "obs[{}] is {}", index, x);
            }
            prop_assert!(outcome.reward.is_finite());
            prop_assert!((1..=8).contains(&outcome.dt));
            for field in InfoField::ALL {
                prop_assert!(episode.info(field).is_finite(), "{}", field.column().name);
            }
            if !episode.running() {
                break;
            }
        }
    }

    #[test]
    fn recording_events_changes_nothing_and_they_tell_of_validity_and_end(seed: u64, stream in streams()) {
        let mut episode = Episode::new(400.0);
        episode.reset(seed);
        let mut silent = episode.clone();
        for choice in &stream {
            let code = resolve(choice, &mask_of(&episode));
            let mut events = Vec::new();
            let outcome = episode.step(code, &mut events).unwrap();
            prop_assert_eq!(silent.step(code, &mut ()).unwrap(), outcome);
            prop_assert_eq!(&silent, &episode);
            let invalid = matches!(events.first(), Some(Event::Invalid { action }) if *action == code);
            prop_assert_eq!(invalid, outcome.invalid);
            let invalid_later = events.iter().skip(1).any(|event| matches!(event, Event::Invalid { .. }));
            prop_assert!(!invalid_later);
            let end = episode.end();
            prop_assert_eq!(events.contains(&Event::Destroyed), end.destroyed);
            prop_assert_eq!(events.contains(&Event::Stranded), end.stranded);
            prop_assert_eq!(events.last() == Some(&Event::Timeout), end.truncated);
            if end.reached() {
                break;
            }
        }
    }
}
