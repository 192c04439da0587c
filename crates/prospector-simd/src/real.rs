//! What functions are written over that give the same bits for one float and for several side by side.

use std::ops::{Add, BitAnd, BitXor, Div, Mul, Neg, Sub};

/// Single precision numbers: an `f32`, or as many of them as a vector of the machine holds. Each operation is IEEE 754's, number
/// by number, so a function over it gives the same bits on all of them.
pub trait Real:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f32, Output = Self>
    + Sub<f32, Output = Self>
    + Mul<f32, Output = Self>
    + Div<f32, Output = Self>
    + Neg<Output = Self>
{
    /// The answer of a comparison.
    type Mask: Copy;
    type Bits: Bits;
    /// The same count of numbers in double precision.
    type Double: Copy
        + Sub<Output = Self::Double>
        + Add<f64, Output = Self::Double>
        + Sub<f64, Output = Self::Double>
        + Mul<f64, Output = Self::Double>;

    /// The same number everywhere.
    fn of(x: f32) -> Self;
    fn sqrt(self) -> Self;
    fn less(self, than: Self) -> Self::Mask;
    fn is_nan(self) -> Self::Mask;
    /// `a` where the mask holds, else `b`.
    fn choose(mask: Self::Mask, a: Self, b: Self) -> Self;
    /// The lesser of two; `b` if either is a NaN or they are equal.
    fn lesser(a: Self, b: Self) -> Self;
    /// The greater of two; `b` if either is a NaN or they are equal.
    fn greater(a: Self, b: Self) -> Self;
    fn bits(self) -> Self::Bits;
    fn from_bits(bits: Self::Bits) -> Self;
    /// Rounded to nearest.
    fn from_signed(bits: Self::Bits) -> Self;
    /// Rounded to nearest.
    fn from_unsigned(bits: Self::Bits) -> Self;
    /// Whether bit 0 is set.
    fn is_odd(bits: Self::Bits) -> Self::Mask;
    fn widen(self) -> Self::Double;
    /// Rounded to nearest.
    fn narrow(x: Self::Double) -> Self;
    /// The lower half of the bits of each.
    fn low_bits(x: Self::Double) -> Self::Bits;
}

/// The bits of a [`Real`], as whole numbers modulo 2^32.
pub trait Bits: Copy + BitAnd<u32, Output = Self> + BitXor<Output = Self> {
    fn plus(self, other: Self) -> Self;
    /// `+` of the same number everywhere.
    fn plus_all(self, other: u32) -> Self;
    fn shifted_left(self, bits: u32) -> Self;
    /// Shifts copies of the sign in.
    fn shifted_right(self, bits: u32) -> Self;
}

impl Real for f32 {
    type Mask = bool;
    type Bits = u32;
    type Double = f64;

    #[inline(always)]
    fn of(x: f32) -> Self {
        x
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        f32::sqrt(self)
    }

    #[inline(always)]
    fn less(self, than: Self) -> bool {
        self < than
    }

    #[inline(always)]
    fn is_nan(self) -> bool {
        f32::is_nan(self)
    }

    #[inline(always)]
    fn choose(mask: bool, a: Self, b: Self) -> Self {
        if mask { a } else { b }
    }

    #[inline(always)]
    fn lesser(a: Self, b: Self) -> Self {
        if a < b { a } else { b }
    }

    #[inline(always)]
    fn greater(a: Self, b: Self) -> Self {
        if a > b { a } else { b }
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        self.to_bits()
    }

    #[inline(always)]
    fn from_bits(bits: u32) -> Self {
        f32::from_bits(bits)
    }

    #[inline(always)]
    fn from_signed(bits: u32) -> Self {
        bits.cast_signed() as f32
    }

    #[inline(always)]
    fn from_unsigned(bits: u32) -> Self {
        bits as f32
    }

    #[inline(always)]
    fn is_odd(bits: u32) -> bool {
        bits & 1 == 1
    }

    #[inline(always)]
    fn widen(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn narrow(x: f64) -> Self {
        x as f32
    }

    #[inline(always)]
    fn low_bits(x: f64) -> u32 {
        x.to_bits() as u32
    }
}

impl Bits for u32 {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn plus_all(self, other: u32) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn shifted_left(self, bits: u32) -> Self {
        self << bits
    }

    #[inline(always)]
    fn shifted_right(self, bits: u32) -> Self {
        (self.cast_signed() >> bits).cast_unsigned()
    }
}
