//! Numbers of the hidden layers: float32, or bfloat16 as its bits.

use crate::row::{OUTPUTS, WIDTH};

/// A number that features come in, and derivatives go out in.
pub trait Element: Copy {
    fn widen(self) -> f32;

    /// The nearest number to `x`, the even one of two.
    fn nearest(x: f32) -> Self;

    /// Rounds a row's outputs into `to`.
    #[inline(always)]
    #[doc(hidden)]
    fn store(row: &[f32; WIDTH], to: &mut [Self; OUTPUTS]) {
        let mut rounded = [Self::nearest(0.0); WIDTH];
        for i in 0..WIDTH {
            rounded[i] = Self::nearest(row[i]);
        }
        to.copy_from_slice(&rounded[..OUTPUTS]);
    }
}

impl Element for f32 {
    #[inline(always)]
    fn widen(self) -> f32 {
        self
    }

    #[inline(always)]
    fn nearest(x: f32) -> Self {
        x
    }
}

/// The upper half of a float32.
impl Element for u16 {
    #[inline(always)]
    fn widen(self) -> f32 {
        f32::from_bits(u32::from(self) << 16)
    }

    #[inline(always)]
    fn nearest(x: f32) -> Self {
        let bits = x.to_bits();
        let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
        if x.is_nan() { 0x7fc0 } else { rounded as u16 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_bfloat16_is_rounded_to_even() {
        let up = |x: f32| <u16 as Element>::nearest(x).widen();
        for exact in [0.0, -0.0, 1.0, -1.5, f32::INFINITY, f32::NEG_INFINITY, 2f32.powi(-130)] {
            assert_eq!(up(exact).to_bits(), exact.to_bits());
        }
        let step = 2f32.powi(-7); // between two numbers of bfloat16 above 1
        assert_eq!([up(1.0 + 0.5 * step), up(1.0 + 1.5 * step)], [1.0, 1.0 + 2.0 * step]);
        assert_eq!([up(1.0 + 0.49 * step), up(1.0 + 0.51 * step)], [1.0, 1.0 + step]);
        assert_eq!(up(f32::MAX), f32::INFINITY);
        assert!(up(f32::NAN).is_nan() && up(f32::from_bits(0x7f80_0001)).is_nan());
    }
}
