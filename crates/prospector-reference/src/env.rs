//! One episode of the C reference, safe to use.

use std::error::Error;
use std::fmt;
use std::ptr::NonNull;

use crate::ffi::{self, Library};
pub use crate::ffi::{Event, Outcome};

pub const OBS_SIZE: usize = 260;
pub const NUM_ACTIONS: usize = 69;
/// How many fields [`Env::info`] has.
const INFO_FIELDS: usize = 15;

/// `__STDC_VERSION__` of the compiler that built the reference: proof that a C program answers.
pub fn language() -> i64 {
    // SAFETY: reads a constant.
    unsafe { ffi::pr_language() }
}

/// The episode has ended, or was never reset; the step changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpisodeEnded;

/// Why a blob was not restored; the env is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateError {
    Truncated,
    Magic,
    Version,
    Length,
    Checksum,
    TimeMax,
    Field,
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "state is cut off: it is shorter than its header",
            Self::Magic => "state does not begin with \"ABPS\": these bytes are no episode",
            Self::Version => "state has another version than 1, the only one known",
            Self::Length => "state is not as long as its header says: bytes are missing or added",
            Self::Checksum => "state does not match its checksum: bytes were changed",
            Self::TimeMax => "state was recorded with another time_max than this core has",
            Self::Field => "state holds a value that no episode can have",
        })
    }
}

impl Error for StateError {}

/// One episode of the C reference.
pub struct Env {
    library: &'static Library,
    /// Invariant: from `library.env_new`, freed once, in `drop`.
    env: NonNull<ffi::PrEnv>,
}

// SAFETY: the C side has no globals that change and no thread affinity; `Env` owns its memory.
unsafe impl Send for Env {}
// SAFETY: through `&Env` the C side only reads.
unsafe impl Sync for Env {}

impl Env {
    /// `None` unless `time_max` is in (0, 2^24].
    pub fn new(time_max: f32) -> Option<Self> {
        Self::of(&ffi::REFERENCE, time_max)
    }

    /// The same C code, compiled for this machine alone: no oracle, but what a fast core is to be measured against.
    #[cfg(feature = "tuned")]
    pub fn tuned(time_max: f32) -> Option<Self> {
        Self::of(&ffi::TUNED, time_max)
    }

    fn of(library: &'static Library, time_max: f32) -> Option<Self> {
        // SAFETY: takes a number; NULL is handled.
        NonNull::new(unsafe { (library.env_new)(time_max) }).map(|env| Self { library, env })
    }

    pub fn reset(&mut self, seed: u64) {
        // SAFETY: `env` is live and ours alone.
        unsafe { (self.library.reset)(self.env.as_ptr(), seed) }
    }

    pub fn step(&mut self, action: u8) -> Result<Outcome, EpisodeEnded> {
        // SAFETY: `env` is live and ours alone; every action code is defined.
        if unsafe { (self.library.step)(self.env.as_ptr(), action) } { Ok(self.outcome()) } else { Err(EpisodeEnded) }
    }

    /// Whether a step would be taken: the episode was reset and has not ended.
    pub fn running(&self) -> bool {
        // SAFETY: `env` is live.
        unsafe { (self.library.running)(self.env.as_ptr()) }
    }

    pub fn outcome(&self) -> Outcome {
        // SAFETY: `env` is live.
        unsafe { (self.library.outcome)(self.env.as_ptr()) }
    }

    /// Events of the last step, in order.
    pub fn events(&self) -> Vec<Event> {
        // SAFETY: `env` is live and the index is below the count that C gave.
        (0..self.outcome().event_count).map(|i| unsafe { (self.library.event)(self.env.as_ptr(), i) }).collect()
    }

    pub fn observe(&self, out: &mut [f32; OBS_SIZE]) {
        // SAFETY: `out` has the 260 places that C writes.
        unsafe { (self.library.observe)(self.env.as_ptr(), out.as_mut_ptr()) }
    }

    pub fn action_mask(&self, out: &mut [u8; NUM_ACTIONS]) {
        // SAFETY: `out` has the 69 places that C writes.
        unsafe { (self.library.action_mask)(self.env.as_ptr(), out.as_mut_ptr()) }
    }

    pub fn cargo_value(&self) -> f32 {
        // SAFETY: `env` is live.
        unsafe { (self.library.cargo_value)(self.env.as_ptr()) }
    }

    /// The field that `table::info_names` names at that index.
    ///
    /// # Panics
    /// If `field` is not below 15.
    pub fn info(&self, field: usize) -> f32 {
        assert!(field < INFO_FIELDS, "info field {field} is not below {}", INFO_FIELDS);
        // SAFETY: `env` is live and the field is one of the enum's.
        unsafe { (self.library.info)(self.env.as_ptr(), field as u32) }
    }

    pub fn state(&self) -> Vec<u8> {
        // SAFETY: C writes exactly the number of bytes that it announced.
        unsafe {
            let mut bytes = vec![0; (self.library.state_size)(self.env.as_ptr())];
            (self.library.state_write)(self.env.as_ptr(), bytes.as_mut_ptr());
            bytes
        }
    }

    pub fn set_state(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        // SAFETY: C reads at most `len` bytes and checks each before it uses it.
        match unsafe { (self.library.state_read)(self.env.as_ptr(), bytes.as_ptr(), bytes.len()) } {
            0 => Ok(()),
            1 => Err(StateError::Truncated),
            2 => Err(StateError::Magic),
            3 => Err(StateError::Version),
            4 => Err(StateError::Length),
            5 => Err(StateError::Checksum),
            6 => Err(StateError::TimeMax),
            _ => Err(StateError::Field),
        }
    }
}

impl Drop for Env {
    fn drop(&mut self) {
        // SAFETY: freed here and nowhere else.
        unsafe { (self.library.env_free)(self.env.as_ptr()) }
    }
}
