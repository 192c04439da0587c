//! State bytes with changes in them, sealed again so that they come past the frame's checks.
use crate::input::Input;

const LENGTH: std::ops::Range<usize> = 8..12;
/// Before this stand the magic, the version, the length and the time budget.
const FIELDS: usize = 16;
const CHECKSUM: usize = 8;
// The layout in `prospector-core/src/state.rs`: where the nodes begin, what a node takes, where its edges begin and what one takes.
const NODES: usize = 316;
const NODE: usize = 108;
const EDGES: usize = 12;
const EDGE: usize = 16;
/// Values at the limits that whole-number fields have, and beside them.
const BYTES: [u8; 18] = [0, 1, 2, 3, 6, 7, 8, 9, 12, 13, 15, 16, 17, 31, 32, 33, 254, 255];
/// Numbers that rules about floats tend to forget.
const FLOATS: [f32; 16] = [
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    -0.0,
    0.0,
    1e9,
    -1e9,
    1_000_000_064.0, // the next above the limit
    f32::MIN_POSITIVE,
    1e-45,
    -1e-45,
    0.999_999_94,
    1.0,
    100.0,
    -1.0,
    16_777_216.0,
];

/// A change of some bytes.
#[derive(Clone, Debug)]
enum Edit {
    Byte { at: usize, value: u8 },
    Float { at: usize, value: f32 },
    Flip { at: usize, bit: u8 },
    Cut { bytes: u16 },
    Grow { bytes: u8, value: u8 },
}

/// What is done to a blob before it is offered.
#[derive(Clone, Debug)]
pub(crate) struct Forgery {
    edits: Vec<Edit>,
    /// The length and the checksum are made right again.
    sealed: bool,
}

impl Forgery {
    pub fn read(input: &mut Input<'_>) -> Self {
        let sealed = !input.u8().is_multiple_of(8);
        let edit = |input: &mut Input<'_>| match input.below(16) {
            0..=6 => Edit::Byte { at: place(input), value: value(input) },
            7..=10 => Edit::Float { at: place(input) / 4 * 4, value: FLOATS[input.below(FLOATS.len())] },
            11..=13 => Edit::Flip { at: place(input), bit: input.u8() % 8 },
            14 => Edit::Cut { bytes: input.u16() },
            _ => Edit::Grow { bytes: input.u8(), value: input.u8() },
        };
        Self { edits: (0..input.below(5)).map(|_| edit(input)).collect(), sealed }
    }

    pub fn apply(&self, mut blob: Vec<u8>) -> Vec<u8> {
        for edit in &self.edits {
            let length = blob.len().max(1);
            match *edit {
                Edit::Cut { bytes } => blob.truncate(usize::from(bytes) % length),
                Edit::Grow { bytes, value } => blob.extend(std::iter::repeat_n(value, usize::from(bytes))),
                Edit::Byte { at, value } => set(&mut blob, at % length, &[value]),
                Edit::Float { at, value } => set(&mut blob, at % length, &value.to_le_bytes()),
                Edit::Flip { at, bit } => {
                    if let Some(byte) = blob.get_mut(at % length) {
                        *byte ^= 1 << bit;
                    }
                }
            }
        }
        if self.sealed {
            seal(&mut blob);
        }
        blob
    }
}

/// Anywhere, or where a change means more: the ship and the market, the small whole numbers of nodes and edges. Most of a blob is
/// floats of asteroids.
fn place(input: &mut Input<'_>) -> usize {
    let anywhere = |input: &mut Input<'_>| usize::from(input.u16());
    let node = |input: &mut Input<'_>| NODES + NODE * input.below(32);
    match input.below(8) {
        0..=1 => anywhere(input),
        2..=3 => FIELDS + anywhere(input) % (NODES - FIELDS),
        4..=5 => node(input) + input.below(4),
        6 => node(input) + EDGES + EDGE * input.below(6) + input.below(4),
        _ => node(input) + input.below(NODE),
    }
}

fn value(input: &mut Input<'_>) -> u8 {
    let [choice, value] = input.take();
    if choice % 2 == 0 { value } else { BYTES[usize::from(value) % BYTES.len()] }
}

/// Writes what of `bytes` there is place for.
fn set(blob: &mut [u8], at: usize, bytes: &[u8]) {
    for (place, byte) in blob.iter_mut().skip(at).zip(bytes) {
        *place = *byte;
    }
}

/// Puts the frame of an episode around bytes that are to be its fields.
pub(crate) fn framed(fields: &[u8], time_max: f32) -> Vec<u8> {
    let mut blob = [b"ABPS\x01\0\0\0", &[0; 4][..], &time_max.to_le_bytes(), fields, &[0; CHECKSUM]].concat();
    seal(&mut blob);
    blob
}

/// Makes the length and the checksum right, where there is place for them.
fn seal(blob: &mut [u8]) {
    if blob.len() < FIELDS + CHECKSUM {
        return;
    }
    let length = blob.len() as u32;
    blob[LENGTH].copy_from_slice(&length.to_le_bytes());
    let (fields, checksum) = blob.split_at_mut(blob.len() - CHECKSUM);
    let fnv1a = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    checksum.copy_from_slice(&fields.iter().fold(0xcbf2_9ce4_8422_2325, fnv1a).to_le_bytes());
}
