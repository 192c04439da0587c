//! The C side, as csrc/prospector.h declares it.
use std::ffi::{c_char, c_int, c_long};

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

/// Sizes and limits of the rules (rules 2).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    pub nodes: u32,
    pub edges: u32,
    pub slots: u32,
    pub commodities: u32,
    pub actions: u32,
    pub obs: u32,
    pub consumable_cap: u32,
    pub unreachable: u32,
    pub fuel_max: f32,
    pub cargo_max: f32,
    pub hull_max: f32,
    pub heat_max: f32,
    pub tool_max: f32,
    pub alert_max: f32,
    pub time_max_limit: f32,
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
    pub fn pr_sizes() -> Sizes;
    pub fn pr_action_name(action: u8) -> *const c_char;
    pub fn pr_info_name(field: u8) -> *const c_char;
    pub fn pr_event_name(kind: u8) -> *const c_char;
    pub fn pr_buy_price(action: c_int) -> f32;
    pub static pr_base_price: [f32; 6];
    pub static pr_min_price: [f32; 6];
    pub static pr_max_price: [f32; 6];
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
