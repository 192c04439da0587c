//! State bytes: they continue an episode bit for bit, and nothing else is taken for one.

use proptest::prelude::*;
use prospector_core::{Episode, StateError};

const TIME_MAX: f32 = 20_000.0;
// Where fields stand, by the layout in state.rs.
const RNG_INC: usize = 32;
const NODE: usize = 60;
const SELECTED: usize = 61;
const NODE_COUNT: usize = 62;
const FLAGS: usize = 63;
const REPAIR_KITS: usize = 64;
const ESCAPE_BUFF: usize = 67;
const STABILIZE_BUFF: usize = 68;
const FUEL: usize = 84;
const PERIOD: usize = FUEL + 4 * (10 + 6 + 6 + 6);
const NODES: usize = 316;
const NODE_SIZE: usize = 108;
const EDGES: usize = 12;

fn started(seed: u64) -> Episode {
    let mut episode = Episode::new(TIME_MAX);
    episode.reset(seed);
    episode
}

/// Plays codes until the episode ends; what it returned is the proof of how it went.
fn play(episode: &mut Episode, codes: &[u8]) -> Vec<(u32, u8, bool)> {
    codes
        .iter()
        .map_while(|code| episode.step(*code, &mut ()).ok())
        .map(|outcome| (outcome.reward.to_bits(), outcome.dt, outcome.invalid))
        .collect()
}

fn seal(blob: &mut [u8]) {
    let (fields, checksum) = blob.split_at_mut(blob.len() - 8);
    let hash = fields
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    checksum.copy_from_slice(&hash.to_le_bytes());
}

/// The error of a blob in which `bytes` stand at `at`, with its checksum made right again.
fn refusal(at: usize, bytes: &[u8]) -> StateError {
    let mut blob = started(7).state();
    blob[at..at + bytes.len()].copy_from_slice(bytes);
    seal(&mut blob);
    Episode::restore(&blob, TIME_MAX).expect_err("a blob with a value that no episode has")
}

#[track_caller]
fn refuses_field(at: usize, bytes: &[u8], message: &str) {
    let error = refusal(at, bytes);
    assert!(matches!(error, StateError::Field { .. }), "{error:?}");
    assert_eq!(error.to_string(), message);
}

#[test]
fn a_blob_is_as_long_as_its_header_says() {
    let blob = started(7).state();
    assert_eq!(&blob[..8], b"ABPS\x01\x00\x00\x00");
    assert_eq!(u32::from_le_bytes(blob[8..12].try_into().unwrap()) as usize, blob.len());
}

#[test]
fn a_blob_cut_anywhere_is_refused() {
    let blob = started(7).state();
    for length in 0..blob.len() {
        let error = Episode::restore(&blob[..length], TIME_MAX).expect_err("a part of a blob");
        match error {
            StateError::Truncated { length: found } => assert!(length < 44 && found == length),
            StateError::Length { found, .. } => assert!(length >= 44 && found == length),
            other => panic!("{length} bytes: {other:?}"),
        }
    }
}

#[test]
fn any_changed_byte_is_noticed() {
    let blob = started(7).state();
    for at in 0..blob.len() {
        let mut changed = blob.clone();
        changed[at] ^= 0x10;
        assert!(Episode::restore(&changed, TIME_MAX).is_err(), "byte {at}");
    }
}

#[test]
fn the_frame_of_a_blob_is_checked() {
    assert_eq!(refusal(0, b"ABPX").to_string(), "state begins with \"ABPX\"; allowed: \"ABPS\"");
    assert_eq!(refusal(4, &[2, 0]).to_string(), "state has version 2; allowed: 1");
    assert!(matches!(refusal(8, &[1, 2, 3, 4]), StateError::Length { stated: 0x0403_0201, .. }));
    refuses_field(6, &[1, 0], "state has the reserved header field=1; allowed: 0");
    let mut blob = started(7).state();
    *blob.last_mut().unwrap() ^= 1;
    assert!(matches!(Episode::restore(&blob, TIME_MAX), Err(StateError::Checksum { .. })));
}

#[test]
fn a_blob_of_another_time_budget_is_refused() {
    let blob = started(7).state();
    let error = Episode::restore(&blob, 500.0).expect_err("another time_max");
    assert_eq!(error.to_string(), "state was recorded with time_max=20000; this core has time_max=500");
    assert!(matches!(refusal(12, &f32::NAN.to_le_bytes()), StateError::TimeMax { .. }));
}

#[test]
fn values_that_no_episode_has_are_refused() {
    let nodes = started(7).state()[NODE_COUNT];
    refuses_field(NODE_COUNT, &[7], "state has node_count=7; allowed: 8..=32");
    refuses_field(NODE_COUNT, &[33], "state has node_count=33; allowed: 8..=32");
    refuses_field(NODE, &[nodes], &format!("state has node={nodes}; allowed: 0..{nodes}"));
    refuses_field(SELECTED, &[16], "state has selected=16; allowed: 0..=15 or 255");
    let ends = "0 (running), 2 (truncated), or 1 with any of 4, 8 and 16 (terminated)";
    for flags in (0..=255).filter(|flags| ![0, 2, 5, 9, 13, 17, 21, 25, 29].contains(flags)) {
        refuses_field(FLAGS, &[flags], &format!("state has flags={flags}; allowed: {ends}"));
    }
    refuses_field(REPAIR_KITS, &[13], "state has repair_kits=13; allowed: 0..=12");
    refuses_field(REPAIR_KITS + 1, &[13], "state has stabilizers=13; allowed: 0..=12");
    refuses_field(REPAIR_KITS + 2, &[13], "state has decoys=13; allowed: 0..=12");
    refuses_field(ESCAPE_BUFF, &[9], "state has escape_buff=9; allowed: 0..=8");
    refuses_field(STABILIZE_BUFF + 15, &[9], "state has stabilize_buff=9; allowed: 0..=8");
    refuses_field(RNG_INC, &2u64.to_le_bytes(), "state has rng_inc=2; allowed: odd numbers");
    let float = "finite and between -1e9 and 1e9";
    refuses_field(FUEL, &f32::NAN.to_le_bytes(), &format!("state has fuel=NaN; allowed: {float}"));
    refuses_field(FUEL + 4, &f32::INFINITY.to_le_bytes(), &format!("state has hull=inf; allowed: {float}"));
    refuses_field(FUEL + 20, &(-2e9f32).to_le_bytes(), &format!("state has credits=-2000000000; allowed: {float}"));
    refuses_field(PERIOD, &0.5f32.to_le_bytes(), "state has period=0.5; allowed: at least 1");
}

#[test]
fn nodes_and_edges_that_no_belt_has_are_refused() {
    let nodes = started(7).state()[NODE_COUNT];
    let node_1 = NODES + NODE_SIZE;
    let types = "0 at node 0, 1 or 2 elsewhere";
    refuses_field(NODES, &[1], &format!("state has node type=1 at node 0; allowed: {types}"));
    refuses_field(node_1, &[0], &format!("state has node type=0 at node 1; allowed: {types}"));
    refuses_field(node_1, &[3], &format!("state has node type=3 at node 1; allowed: {types}"));
    refuses_field(node_1 + 1, &[32], "state has steps_to_station=32; allowed: 0..=31");
    let counts = "0 at node 0, 0..=16 elsewhere";
    refuses_field(NODES + 2, &[1], &format!("state has asteroid_count=1 at node 0; allowed: {counts}"));
    refuses_field(node_1 + 2, &[17], &format!("state has asteroid_count=17 at node 1; allowed: {counts}"));
    refuses_field(node_1 + 3, &[1], "state has a node's reserved byte=1; allowed: 0");
    let edge = node_1 + EDGES;
    refuses_field(edge, &[nodes], &format!("state has edge to={nodes}; allowed: 0..{nodes} or 255"));
    refuses_field(edge, &[255], "state has an empty edge=other numbers than 0; allowed: zeros");
    let blob = started(7).state();
    let mut slots = (NODES..).step_by(NODE_SIZE).flat_map(|node| (0..6).map(move |slot| node + EDGES + 16 * slot));
    let empty = slots.find(|at| blob[*at] == 255).expect("no belt has six edges at every node");
    refuses_field(empty + 8, &(-0.0f32).to_le_bytes(), "state has an empty edge=other numbers than 0; allowed: zeros");
    refuses_field(edge + 1, &[0], "state has edge time=0; allowed: 1..=8");
    refuses_field(edge + 1, &[9], "state has edge time=9; allowed: 1..=8");
    refuses_field(edge + 3, &[1], "state has an edge's reserved field=256; allowed: 0");
}

#[test]
fn counts_that_do_not_fit_the_length_are_refused() {
    let count = NODES + NODE_SIZE + 2;
    let asteroids = started(7).state()[count];
    let message = refusal(count, &[asteroids - 1]).to_string();
    assert_eq!(message, "state has the length=72 bytes more than its counts ask for; allowed: none left over");
    let message = refusal(count, &[asteroids + 1]).to_string();
    assert_eq!(message, "state has the length=too few bytes for its counts; allowed: all that its counts ask for");
}

#[test]
fn an_ended_episode_is_restored_as_ended() {
    let mut episode = started(7);
    episode.step(68, &mut ()).unwrap();
    let mut restored = Episode::restore(&episode.state(), TIME_MAX).unwrap();
    assert!(!restored.running());
    assert!(restored.step(6, &mut ()).is_err());
    assert_eq!(restored, episode);
}

proptest! {
    #[test]
    fn a_restored_episode_goes_on_bit_for_bit(
        seed: u64,
        before in prop::collection::vec(0u8..68, 0..120),
        after in prop::collection::vec(0u8..75, 1..60),
    ) {
        let mut episode = started(seed);
        play(&mut episode, &before);
        let blob = episode.state();
        let mut restored = Episode::restore(&blob, TIME_MAX).unwrap();
        prop_assert_eq!(&restored.state(), &blob);
        prop_assert_eq!(play(&mut restored, &after), play(&mut episode, &after));
        prop_assert_eq!(restored.state(), episode.state());
    }

    #[test]
    fn whatever_passes_can_be_played_on(
        seed in 0u64..20,
        edits in prop::collection::vec((12usize..6000, any::<u8>()), 1..4),
        codes in prop::collection::vec(any::<u8>(), 30),
    ) {
        let mut blob = started(seed).state();
        for (at, byte) in edits {
            let last = blob.len() - 9;
            blob[at.min(last)] = byte;
        }
        seal(&mut blob);
        if let Ok(mut episode) = Episode::restore(&blob, TIME_MAX) {
            play(&mut episode, &codes);
            let _ = episode.state();
        }
    }

    #[test]
    fn arbitrary_bytes_are_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..800), framed: bool) {
        if framed && bytes.len() >= 44 {
            let length = bytes.len() as u32;
            bytes[..8].copy_from_slice(b"ABPS\x01\x00\x00\x00");
            bytes[8..12].copy_from_slice(&length.to_le_bytes());
            bytes[12..16].copy_from_slice(&TIME_MAX.to_le_bytes());
            seal(&mut bytes);
        }
        prop_assert!(Episode::restore(&bytes, TIME_MAX).is_err());
    }
}
