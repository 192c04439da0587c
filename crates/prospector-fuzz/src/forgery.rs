//! State bytes with changes in them, sealed again so that they come past the frame's checks.
use crate::input::Input;

const LENGTH: std::ops::Range<usize> = 8..12;
/// Before this stand the magic, the version, the length and the time budget.
const FIELDS: usize = 16;
const CHECKSUM: usize = 8;
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
    Byte { at: u16, value: u8 },
    Float { word: u16, value: f32 },
    Flip { at: u16, bit: u8 },
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
            0..=6 => Edit::Byte { at: input.u16(), value: input.u8() },
            7..=10 => Edit::Float { word: input.u16(), value: FLOATS[input.below(FLOATS.len())] },
            11..=13 => Edit::Flip { at: input.u16(), bit: input.u8() % 8 },
            14 => Edit::Cut { bytes: input.u16() },
            _ => Edit::Grow { bytes: input.u8(), value: input.u8() },
        };
        Self { edits: (0..input.below(5)).map(|_| edit(input)).collect(), sealed }
    }

    pub fn apply(&self, mut blob: Vec<u8>) -> Vec<u8> {
        for edit in &self.edits {
            let length = blob.len().max(1);
            let at = |at: u16| usize::from(at) % length;
            match *edit {
                Edit::Cut { bytes } => blob.truncate(at(bytes)),
                Edit::Grow { bytes, value } => blob.extend(std::iter::repeat_n(value, usize::from(bytes))),
                Edit::Byte { at: place, value } => set(&mut blob, at(place), &[value]),
                Edit::Flip { at: place, bit } => {
                    if let Some(byte) = blob.get_mut(at(place)) {
                        *byte ^= 1 << bit;
                    }
                }
                Edit::Float { word, value } => set(&mut blob, usize::from(word) * 4 % length, &value.to_le_bytes()),
            }
        }
        if self.sealed {
            seal(&mut blob);
        }
        blob
    }
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
