//! Sixteen lanes as arrays, on any machine: the compiler gives each loop to what vector unit there is.

use crate::pcg::pcg_output;
use crate::real::{Bits, Real};
use crate::vector::{FusedVector, LANES, Lanes, Vector};
use std::ops::{Add, BitAnd, BitXor, Div, Mul, Neg, Sub};

#[derive(Clone, Copy)]
pub(crate) struct Portable(Lanes);

#[derive(Clone, Copy)]
pub(crate) struct PortableBits([u32; LANES]);

#[derive(Clone, Copy)]
pub(crate) struct PortableDouble([f64; LANES]);

/// An expression over `i`, for each lane.
macro_rules! each {
    ($kind:ident, $zero:expr, $i:ident => $value:expr) => {{
        let mut result = [$zero; LANES];
        for $i in 0..LANES {
            result[$i] = $value;
        }
        $kind(result)
    }};
}

macro_rules! arithmetic {
    ($kind:ident, $number:ty, $zero:literal; $($name:ident $method:ident $sign:tt),*) => {
        $(
            impl $name for $kind {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    each!($kind, $zero, i => self.0[i] $sign other.0[i])
                }
            }

            impl $name<$number> for $kind {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: $number) -> Self {
                    each!($kind, $zero, i => self.0[i] $sign other)
                }
            }
        )*
    };
}

arithmetic!(Portable, f32, 0.0; Add add +, Sub sub -, Mul mul *, Div div /);
arithmetic!(PortableDouble, f64, 0.0; Add add +, Sub sub -, Mul mul *);

impl Neg for Portable {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        each!(Portable, 0.0, i => -self.0[i])
    }
}

impl BitAnd<u32> for PortableBits {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: u32) -> Self {
        each!(PortableBits, 0, i => self.0[i] & other)
    }
}

impl BitXor for PortableBits {
    type Output = Self;

    #[inline(always)]
    fn bitxor(self, other: Self) -> Self {
        each!(PortableBits, 0, i => self.0[i] ^ other.0[i])
    }
}

impl Bits for PortableBits {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        each!(PortableBits, 0, i => self.0[i].wrapping_add(other.0[i]))
    }

    #[inline(always)]
    fn plus_all(self, other: u32) -> Self {
        each!(PortableBits, 0, i => self.0[i].wrapping_add(other))
    }

    #[inline(always)]
    fn shifted_left(self, bits: u32) -> Self {
        each!(PortableBits, 0, i => self.0[i] << bits)
    }

    #[inline(always)]
    fn shifted_right(self, bits: u32) -> Self {
        each!(PortableBits, 0, i => self.0[i].shifted_right(bits))
    }
}

impl Real for Portable {
    /// All ones or all zeros, as vector units compare.
    type Mask = [u32; LANES];
    type Bits = PortableBits;
    type Double = PortableDouble;

    #[inline(always)]
    fn of(x: f32) -> Self {
        Self([x; LANES])
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        each!(Portable, 0.0, i => self.0[i].sqrt())
    }

    #[inline(always)]
    fn less(self, than: Self) -> [u32; LANES] {
        each!(identity, 0, i => if self.0[i] < than.0[i] { u32::MAX } else { 0 })
    }

    #[inline(always)]
    fn is_nan(self) -> [u32; LANES] {
        each!(identity, 0, i => if self.0[i].is_nan() { u32::MAX } else { 0 })
    }

    #[inline(always)]
    fn choose(mask: [u32; LANES], a: Self, b: Self) -> Self {
        each!(Portable, 0.0, i => if mask[i] != 0 { a.0[i] } else { b.0[i] })
    }

    #[inline(always)]
    fn lesser(a: Self, b: Self) -> Self {
        each!(Portable, 0.0, i => if a.0[i] < b.0[i] { a.0[i] } else { b.0[i] })
    }

    #[inline(always)]
    fn greater(a: Self, b: Self) -> Self {
        each!(Portable, 0.0, i => if a.0[i] > b.0[i] { a.0[i] } else { b.0[i] })
    }

    #[inline(always)]
    fn bits(self) -> PortableBits {
        each!(PortableBits, 0, i => self.0[i].to_bits())
    }

    #[inline(always)]
    fn from_bits(bits: PortableBits) -> Self {
        each!(Portable, 0.0, i => f32::from_bits(bits.0[i]))
    }

    #[inline(always)]
    fn from_signed(bits: PortableBits) -> Self {
        each!(Portable, 0.0, i => bits.0[i].cast_signed() as f32)
    }

    #[inline(always)]
    fn from_unsigned(bits: PortableBits) -> Self {
        each!(Portable, 0.0, i => bits.0[i] as f32)
    }

    #[inline(always)]
    fn is_odd(bits: PortableBits) -> [u32; LANES] {
        each!(identity, 0, i => (bits.0[i] & 1).wrapping_neg())
    }

    #[inline(always)]
    fn widen(self) -> PortableDouble {
        each!(PortableDouble, 0.0, i => f64::from(self.0[i]))
    }

    #[inline(always)]
    fn narrow(x: PortableDouble) -> Self {
        each!(Portable, 0.0, i => x.0[i] as f32)
    }

    #[inline(always)]
    fn low_bits(x: PortableDouble) -> PortableBits {
        each!(PortableBits, 0, i => x.0[i].to_bits() as u32)
    }
}

#[inline(always)]
fn identity<T>(x: T) -> T {
    x
}

impl Vector for Portable {
    type Words = [u64; LANES];

    #[inline(always)]
    fn load(from: &Lanes) -> Self {
        Self(*from)
    }

    #[inline(always)]
    fn store(self, to: &mut Lanes) {
        *to = self.0;
    }

    #[inline(always)]
    fn of_bytes(bytes: &[u8; LANES]) -> Self {
        each!(Portable, 0.0, i => f32::from(bytes[i]))
    }

    #[inline(always)]
    fn look_up(table: &[f32; 16], index: &[u8; LANES]) -> Self {
        each!(Portable, 0.0, i => table[usize::from(index[i] & 15)])
    }

    #[inline(always)]
    fn mask(bits: u16) -> [u32; LANES] {
        each!(identity, 0, i => if bits >> i & 1 == 1 { u32::MAX } else { 0 })
    }

    #[inline(always)]
    fn mask_bits(mask: [u32; LANES]) -> u16 {
        mask.iter().enumerate().fold(0, |bits, (i, all)| bits | ((all & 1) as u16) << i)
    }

    #[inline(always)]
    fn transpose(fields: [Self; LANES]) -> [Self; LANES] {
        let mut rows = [Self([0.0; LANES]); LANES];
        for (lane, row) in rows.iter_mut().enumerate() {
            for (entry, field) in row.0.iter_mut().zip(&fields) {
                *entry = field.0[lane];
            }
        }
        rows
    }

    #[inline(always)]
    fn words(from: &[u64; LANES]) -> [u64; LANES] {
        *from
    }

    #[inline(always)]
    fn words_of(word: u64) -> [u64; LANES] {
        [word; LANES]
    }

    #[inline(always)]
    fn store_words(words: [u64; LANES], to: &mut [u64; LANES]) {
        *to = words;
    }

    #[inline(always)]
    fn choose_words(mask: [u32; LANES], a: [u64; LANES], b: [u64; LANES]) -> [u64; LANES] {
        each!(identity, 0, i => if mask[i] != 0 { a[i] } else { b[i] })
    }

    #[inline(always)]
    fn affine(words: [u64; LANES], factors: [u64; LANES], addends: [u64; LANES]) -> [u64; LANES] {
        each!(identity, 0, i => words[i].wrapping_mul(factors[i]).wrapping_add(addends[i]))
    }

    #[inline(always)]
    fn pcg_output(states: [u64; LANES]) -> PortableBits {
        each!(PortableBits, 0, i => pcg_output(states[i]))
    }
}

impl FusedVector for Portable {
    const REGISTERS: usize = 4;

    #[inline(always)]
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        each!(Portable, 0.0, i => addend.0[i] + self.0[i] * factor.0[i])
    }
}
