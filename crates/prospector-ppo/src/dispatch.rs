//! The passes, compiled for each instruction set; which one runs is chosen when the heads are made.
#![allow(unsafe_code)]

use prospector_core::SimdPath;

use crate::vector::Plain;
#[cfg(target_arch = "x86_64")]
use crate::vector::{Avx2, Avx512};
use crate::{Element, Heads, User};

/// A path that this machine can take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kernels {
    path: SimdPath,
}

impl Kernels {
    /// With products and sums fused where `path` has vectors and this machine fuses them, else the portable ones.
    pub fn new(path: SimdPath) -> Self {
        let available = SimdPath::available().any(|available| available == path);
        Self { path: if available && fuses() { path } else { SimdPath::Portable } }
    }
}

#[cfg(target_arch = "x86_64")]
fn fuses() -> bool {
    std::arch::is_x86_feature_detected!("fma")
}

#[cfg(not(target_arch = "x86_64"))]
fn fuses() -> bool {
    false
}

impl Kernels {
    /// Gives `user` the outputs of each row, compiled together for the path.
    pub fn run<E: Element, U: User>(self, heads: &Heads, features: &[E], user: &mut U) {
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,avx512cd,avx2,bmi1,bmi2,lzcnt,popcnt,fma")]
        fn avx512<E: Element, U: User>(heads: &Heads, features: &[E], user: &mut U) {
            heads.each_row::<Avx512, E>(features, user);
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,fma")]
        fn avx2<E: Element, U: User>(heads: &Heads, features: &[E], user: &mut U) {
            heads.each_row::<Avx2, E>(features, user);
        }
        match self.path {
            // SAFETY: `Kernels::new` has seen that this machine has every feature the function is compiled for.
            #[cfg(target_arch = "x86_64")]
            SimdPath::Avx512 => unsafe { avx512(heads, features, user) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            SimdPath::Avx2 => unsafe { avx2(heads, features, user) },
            _ => heads.each_row::<Plain, E>(features, user),
        }
    }
}
