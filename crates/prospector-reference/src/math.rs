//! The C reference's float functions (`csrc/math.h`), one safe wrapper each.

mod ffi {
    unsafe extern "C" {
        pub fn pr_exp(x: f32) -> f32;
        pub fn pr_ln(x: f32) -> f32;
        pub fn pr_ln1p(x: f32) -> f32;
        pub fn pr_sin(x: f32) -> f32;
        pub fn pr_cos(x: f32) -> f32;
        pub fn pr_sigmoid(x: f32) -> f32;
        pub fn pr_pow_int(x: f32, n: i32) -> f32;
        pub fn pr_decay14(dt: i32) -> f32;
    }
}

macro_rules! wrap {
    ($($name:ident => $c_name:ident($($argument:ident: $type:ty),+);)+) => {$(
        pub fn $name($($argument: $type),+) -> f32 {
            // SAFETY: a pure function of its arguments, defined for every value of them.
            unsafe { ffi::$c_name($($argument),+) }
        }
    )+};
}

wrap! {
    exp => pr_exp(x: f32);
    ln => pr_ln(x: f32);
    ln1p => pr_ln1p(x: f32);
    sin => pr_sin(x: f32);
    cos => pr_cos(x: f32);
    sigmoid => pr_sigmoid(x: f32);
    pow_int => pr_pow_int(x: f32, n: i32);
    decay14 => pr_decay14(dt: i32);
}
