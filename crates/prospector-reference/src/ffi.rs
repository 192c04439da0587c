//! The C side, as csrc/prospector.h declares it.
use std::ffi::c_long;

/// One episode. Only C looks inside.
#[repr(C)]
pub struct PrEnv {
    _opaque: [u8; 0],
}

/// What the last step returned.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    pub reward: f32,
    /// Ticks the step took; 0 after a reset.
    pub dt: u8,
    /// The action as resolved; 255 after a reset.
    pub action: u8,
    pub invalid: bool,
    pub terminated: bool,
    pub truncated: bool,
    pub(crate) event_count: u8,
}

/// One event; what `a`, `b` and `v` mean for each type is said in csrc/prospector.h.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    pub kind: u8,
    pub a: u8,
    pub b: u8,
    pub v: [f32; 7],
}

/// Declares [`Library`] and a build of it for each prefix of the symbols.
macro_rules! library {
    ({ $($(#[$attribute:meta])* $build:ident = $prefix:literal;)+ } $functions:tt) => {
        library!(@table $functions);
        $(library!(@build [$(#[$attribute])*] $build $prefix $functions);)+
    };
    (@table { $($name:ident($($argument:ident: $type:ty),*) $(-> $output:ty)?;)+ }) => {
        /// The functions of an episode in one build of the C code.
        pub struct Library {
            $(pub $name: unsafe extern "C" fn($($argument: $type),*) $(-> $output)?,)+
        }
    };
    (@build [$($attribute:tt)*] $build:ident $prefix:literal
        { $($name:ident($($argument:ident: $type:ty),*) $(-> $output:ty)?;)+ }) => {
        $($attribute)*
        pub static $build: Library = {
            unsafe extern "C" {
                $(
                    #[link_name = concat!($prefix, "pr_", stringify!($name))]
                    fn $name($($argument: $type),*) $(-> $output)?;
                )+
            }
            Library { $($name,)+ }
        };
    };
}

unsafe extern "C" {
    pub fn pr_language() -> c_long;
}

library! {
    {
        REFERENCE = "";
        #[cfg(feature = "tuned")]
        TUNED = "tuned_";
    }
    {
        env_new(time_max: f32) -> *mut PrEnv;
        env_free(env: *mut PrEnv);
        reset(env: *mut PrEnv, seed: u64);
        step(env: *mut PrEnv, action: u8) -> bool;
        running(env: *const PrEnv) -> bool;
        observe(env: *const PrEnv, out: *mut f32);
        action_mask(env: *const PrEnv, out: *mut u8);
        cargo_value(env: *const PrEnv) -> f32;
        info(env: *const PrEnv, field: u32) -> f32;
        outcome(env: *const PrEnv) -> Outcome;
        event(env: *const PrEnv, index: u8) -> Event;
        state_size(env: *const PrEnv) -> usize;
        state_write(env: *const PrEnv, out: *mut u8);
        state_read(env: *mut PrEnv, bytes: *const u8, length: usize) -> u32;
    }
}
