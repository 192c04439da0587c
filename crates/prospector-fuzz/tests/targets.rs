//! The fuzz targets on the inputs that fuzzing begins with, and on random ones.
use proptest::prelude::*;
use prospector_fuzz::{Played, play, seeds};

#[track_caller]
fn played(target: &str) -> Played {
    let mut total = Played::default();
    for (i, input) in seeds(target).iter().enumerate() {
        total += play(target, input).unwrap_or_else(|message| panic!("seed {i}: {message}"));
    }
    total
}

#[test]
fn the_seeds_of_calls_agree_and_reach_every_kind_of_call() {
    let Played { steps, events, taken, refused, idle } = played("calls");
    assert!(steps > 20_000 && events > 10_000, "{steps} steps, {events} events");
    assert!(taken > 20 && refused > 20 && idle > 5, "{taken} taken, {refused} refused, {idle} idle");
}

#[test]
fn the_seeds_of_blob_agree_and_are_taken_as_well_as_refused() {
    let Played { steps, taken, refused, .. } = played("blob");
    assert!(steps > 500 && taken > 10 && refused > 10, "{steps} steps, {taken} taken, {refused} refused");
}

/// Forgery finds most of these by chance and a run of a minute not all: node, selected, counts, flags, consumables, buffs.
#[test]
fn every_value_of_every_small_number_of_the_ship_is_taken_or_refused_alike() {
    let (mut total, first, last) = (Played::default(), 60u16, 83u16);
    for (at, value) in (first..=last).flat_map(|at| (0..=u8::MAX).map(move |value| (at, value))) {
        let [low, high] = at.to_le_bytes();
        let (path, real, sealed, one_edit, a_byte, anywhere, as_it_is) = (value, 2, 1, 1, 0, 0, 0);
        // After one step along the first edge of seed 9's station; then an edge back, a scan and a sale.
        let input =
            [path, real, sealed, one_edit, a_byte, anywhere, low, high, as_it_is, value, 9, 0, 0, 0, 2, 0, 8, 43];
        total += play("blob", &input).unwrap_or_else(|message| panic!("{value} at {at}: {message}"));
    }
    let Played { taken, refused, .. } = total;
    assert_eq!(taken + refused, 2 * 24 * 256);
    assert!(taken > 400 && refused > 10_000, "{taken} taken, {refused} refused");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_calls_on_any_batch_agree(input in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(play("calls", &input).err(), None);
    }

    #[test]
    fn any_blob_is_taken_or_refused_alike(input in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(play("blob", &input).err(), None);
    }
}
