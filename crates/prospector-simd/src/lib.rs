//! Sixteen lanes side by side on AVX-512, AVX2 or what every machine has, and the dispatch that picks one when the program runs.
//!
//! Code is written once, over [`Vector`]. It is put into a [`Kernel`], which [`Dispatch`] runs compiled for the instruction set of
//! this machine. Operations of a [`Vector`] are IEEE 754's, so every instruction set gives the same bits. A [`FusedKernel`] may also
//! use [`FusedVector`], whose fused operation rounds once where the machine can: its bits depend on the instruction set.

#![deny(unsafe_code)]

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "the instructions of the set")]
mod avx2;
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "the instructions of the set")]
mod avx512;
#[expect(unsafe_code, reason = "calls functions that are compiled for more than the baseline")]
mod dispatch;
mod path;
mod pcg;
mod portable;
mod real;
mod vector;

pub use dispatch::{Dispatch, FusedDispatch, FusedKernel, Kernel};
pub use path::{SIMD_VARIABLE, SimdError, SimdPath};
pub use pcg::pcg_output;
pub use real::{Bits, Real};
pub use vector::{FusedVector, LANES, Lanes, Vector};
