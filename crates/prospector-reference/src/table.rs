//! The table of the rules as C states it, to be compared with the core's.

use std::ffi::{CStr, c_char};

use crate::ffi;
pub use crate::ffi::Sizes;

pub fn sizes() -> Sizes {
    // SAFETY: reads constants.
    unsafe { ffi::pr_sizes() }
}

/// Names of the actions, by code.
pub fn action_names() -> Vec<&'static str> {
    names(ffi::pr_action_name)
}

/// Names of the fields of [`crate::Env::info`], in its order.
pub fn info_names() -> Vec<&'static str> {
    names(ffi::pr_info_name)
}

/// Names of the types of events, by [`crate::Event::kind`].
pub fn event_names() -> Vec<&'static str> {
    names(ffi::pr_event_name)
}

/// Credits of a purchase.
///
/// # Panics
/// If `action` is not in 61..=67.
pub fn purchase_cost(action: u8) -> f32 {
    assert!((61..=67).contains(&action), "action {action} is no purchase");
    // SAFETY: the code is one of the purchases'.
    unsafe { ffi::pr_buy_price(action.into()) }
}

/// Base, least and most price of each commodity, credits a unit.
pub fn prices() -> [[f32; 6]; 3] {
    // SAFETY: constants of C, of that length.
    unsafe { [ffi::pr_base_price, ffi::pr_min_price, ffi::pr_max_price] }
}

fn names(name_of: unsafe extern "C" fn(u8) -> *const c_char) -> Vec<&'static str> {
    // SAFETY: every index is defined; a name that is not NULL is a string literal of C, ended by a zero.
    let name = |index| unsafe {
        let name = name_of(index);
        (!name.is_null()).then(|| CStr::from_ptr(name).to_str().expect("names are ASCII"))
    };
    (0..=u8::MAX).map_while(name).collect()
}
