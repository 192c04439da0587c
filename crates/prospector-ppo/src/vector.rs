//! Sixteen floats as the registers of an instruction set.
//!
//! Invariant of every `unsafe` block here: the instruction is one of the features that the kernel naming the type is compiled for
//! and that the dispatch has seen on this machine.
#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

use crate::row::WIDTH;

/// Floats of a vector.
pub(crate) const LANES: usize = 16;

pub(crate) trait Vector: Copy {
    /// Rows that are multiplied together: as many as their sums fit the registers.
    const ROWS: usize;

    /// The vector of that number.
    fn load(row: &[f32; WIDTH], at: usize) -> Self;
    fn of(x: f32) -> Self;
    /// `self * factor + sum`, rounded once where the instruction set can.
    fn times_plus(self, factor: Self, sum: Self) -> Self;
    fn store(self, row: &mut [f32; WIDTH], at: usize);
}

#[derive(Clone, Copy)]
pub(crate) struct Plain([f32; LANES]);

impl Vector for Plain {
    const ROWS: usize = 1;

    #[inline(always)]
    fn load(row: &[f32; WIDTH], at: usize) -> Self {
        let mut lanes = [0.0; LANES];
        lanes.copy_from_slice(&row[at * LANES..(at + 1) * LANES]);
        Self(lanes)
    }

    #[inline(always)]
    fn of(x: f32) -> Self {
        Self([x; LANES])
    }

    #[inline(always)]
    fn times_plus(self, factor: Self, sum: Self) -> Self {
        let mut lanes = sum.0;
        for i in 0..LANES {
            lanes[i] += self.0[i] * factor.0[i];
        }
        Self(lanes)
    }

    #[inline(always)]
    fn store(self, row: &mut [f32; WIDTH], at: usize) {
        row[at * LANES..(at + 1) * LANES].copy_from_slice(&self.0);
    }
}

#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(crate) struct Avx2(__m256, __m256);

#[cfg(target_arch = "x86_64")]
impl Vector for Avx2 {
    const ROWS: usize = 1;

    #[inline(always)]
    fn load(row: &[f32; WIDTH], at: usize) -> Self {
        let lanes = &row[at * LANES..(at + 1) * LANES];
        // SAFETY: the module's invariant; both halves lie within the 16 lanes.
        unsafe { Self(_mm256_loadu_ps(lanes.as_ptr()), _mm256_loadu_ps(lanes.as_ptr().add(8))) }
    }

    #[inline(always)]
    fn of(x: f32) -> Self {
        // SAFETY: the module's invariant.
        unsafe { Self(_mm256_set1_ps(x), _mm256_set1_ps(x)) }
    }

    #[inline(always)]
    fn times_plus(self, factor: Self, sum: Self) -> Self {
        // SAFETY: the module's invariant.
        unsafe { Self(_mm256_fmadd_ps(self.0, factor.0, sum.0), _mm256_fmadd_ps(self.1, factor.1, sum.1)) }
    }

    #[inline(always)]
    fn store(self, row: &mut [f32; WIDTH], at: usize) {
        let lanes = &mut row[at * LANES..(at + 1) * LANES];
        // SAFETY: as in `load`.
        unsafe {
            _mm256_storeu_ps(lanes.as_mut_ptr(), self.0);
            _mm256_storeu_ps(lanes.as_mut_ptr().add(8), self.1);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(crate) struct Avx512(__m512);

#[cfg(target_arch = "x86_64")]
impl Vector for Avx512 {
    const ROWS: usize = 4;

    #[inline(always)]
    fn load(row: &[f32; WIDTH], at: usize) -> Self {
        let lanes = &row[at * LANES..(at + 1) * LANES];
        // SAFETY: the module's invariant; there are 16 lanes.
        unsafe { Self(_mm512_loadu_ps(lanes.as_ptr())) }
    }

    #[inline(always)]
    fn of(x: f32) -> Self {
        // SAFETY: the module's invariant.
        unsafe { Self(_mm512_set1_ps(x)) }
    }

    #[inline(always)]
    fn times_plus(self, factor: Self, sum: Self) -> Self {
        // SAFETY: the module's invariant.
        unsafe { Self(_mm512_fmadd_ps(self.0, factor.0, sum.0)) }
    }

    #[inline(always)]
    fn store(self, row: &mut [f32; WIDTH], at: usize) {
        let lanes = &mut row[at * LANES..(at + 1) * LANES];
        // SAFETY: as in `load`.
        unsafe { _mm512_storeu_ps(lanes.as_mut_ptr(), self.0) };
    }
}
