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

unsafe extern "C" {
    pub fn pr_env_new(time_max: f32) -> *mut PrEnv;
    pub fn pr_env_free(env: *mut PrEnv);
    pub fn pr_reset(env: *mut PrEnv, seed: u64);
    pub fn pr_step(env: *mut PrEnv, action: u8) -> bool;
    pub fn pr_running(env: *const PrEnv) -> bool;
    pub fn pr_observe(env: *const PrEnv, out: *mut f32);
    pub fn pr_action_mask(env: *const PrEnv, out: *mut u8);
    pub fn pr_cargo_value(env: *const PrEnv) -> f32;
    pub fn pr_info(env: *const PrEnv, field: u32) -> f32;
    pub fn pr_outcome(env: *const PrEnv) -> Outcome;
    pub fn pr_event(env: *const PrEnv, index: u8) -> Event;
    pub fn pr_state_size(env: *const PrEnv) -> usize;
    pub fn pr_state_write(env: *const PrEnv, out: *mut u8);
    pub fn pr_state_read(env: *mut PrEnv, bytes: *const u8, length: usize) -> u32;
    pub fn pr_language() -> c_long;
}
