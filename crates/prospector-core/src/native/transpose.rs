//! From fields over lanes to rows of envs: a transposition of 16 x 16 floats. It moves bits and computes nothing. The compiler does
//! not find the shuffles by itself, so each instruction set has its own.

use super::lanes::{F, LANES};

/// An instruction set that the caller is compiled for.
pub(crate) trait Transpose: Copy {
    /// `result[lane][field]` is `fields[field][lane]`.
    fn transpose(self, fields: &[F; LANES]) -> [F; LANES];
}

/// Any machine.
#[derive(Clone, Copy)]
pub(crate) struct Plain;

impl Transpose for Plain {
    #[inline(always)]
    fn transpose(self, fields: &[F; LANES]) -> [F; LANES] {
        let mut rows = [[0.0; LANES]; LANES];
        for (lane, row) in rows.iter_mut().enumerate() {
            for (entry, field) in row.iter_mut().zip(fields) {
                *entry = field[lane];
            }
        }
        rows
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{F, LANES, Transpose};
    use std::arch::x86_64::*;

    /// Proof that the machine has AVX-512.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx512(());

    /// Proof that the machine has AVX2.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx2(());

    impl Avx512 {
        /// Only where the caller is itself compiled for the features.
        #[target_feature(enable = "avx512f")]
        #[inline]
        pub fn here() -> Self {
            Self(())
        }
    }

    impl Avx2 {
        /// Only where the caller is itself compiled for the feature.
        #[target_feature(enable = "avx2")]
        #[inline]
        pub fn here() -> Self {
            Self(())
        }
    }

    impl Transpose for Avx512 {
        #[inline(always)]
        fn transpose(self, fields: &[F; LANES]) -> [F; LANES] {
            // SAFETY: `self` was made by a function that is compiled for the feature, so the machine has it.
            unsafe { avx512(fields) }
        }
    }

    impl Transpose for Avx2 {
        #[inline(always)]
        fn transpose(self, fields: &[F; LANES]) -> [F; LANES] {
            // SAFETY: as above.
            unsafe { avx2(fields) }
        }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    fn avx512(fields: &[F; LANES]) -> [F; LANES] {
        let mut r = [_mm512_setzero_ps(); 16];
        for (r, field) in r.iter_mut().zip(fields) {
            // SAFETY: a field is 16 floats, and a load that asks for no alignment reads those.
            *r = unsafe { _mm512_loadu_ps(field.as_ptr()) };
        }
        let mut rows = [[0.0; LANES]; LANES];
        let mut t = r;
        for i in (0..16).step_by(2) {
            t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
            t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
        }
        // `u[4 * i + k]` has, in its quarter `q`, column `4 * q + k` of the rows from `4 * i`.
        let mut u = t;
        for i in (0..16).step_by(4) {
            let (a, b) = (_mm512_castps_pd(t[i]), _mm512_castps_pd(t[i + 1]));
            let (c, d) = (_mm512_castps_pd(t[i + 2]), _mm512_castps_pd(t[i + 3]));
            u[i] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, c));
            u[i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, c));
            u[i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(b, d));
            u[i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(b, d));
        }
        for k in 0..4 {
            let a = _mm512_shuffle_f32x4::<0x88>(u[k], u[k + 4]);
            let b = _mm512_shuffle_f32x4::<0xdd>(u[k], u[k + 4]);
            let c = _mm512_shuffle_f32x4::<0x88>(u[k + 8], u[k + 12]);
            let d = _mm512_shuffle_f32x4::<0xdd>(u[k + 8], u[k + 12]);
            let columns = [
                (k, _mm512_shuffle_f32x4::<0x88>(a, c)),
                (k + 4, _mm512_shuffle_f32x4::<0x88>(b, d)),
                (k + 8, _mm512_shuffle_f32x4::<0xdd>(a, c)),
                (k + 12, _mm512_shuffle_f32x4::<0xdd>(b, d)),
            ];
            for (row, column) in columns {
                // SAFETY: each row is 16 floats, and a store that asks for no alignment writes those.
                unsafe { _mm512_storeu_ps(rows[row].as_mut_ptr(), column) }
            }
        }
        rows
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn avx2(fields: &[F; LANES]) -> [F; LANES] {
        let mut rows = [[0.0; LANES]; LANES];
        for (down, across) in [(0, 0), (0, 8), (8, 0), (8, 8)] {
            let mut r = [_mm256_setzero_ps(); 8];
            for (r, field) in r.iter_mut().zip(&fields[down..]) {
                // SAFETY: 8 floats from `across`, which is 0 or 8, are within the 16 of a field.
                *r = unsafe { _mm256_loadu_ps(field.as_ptr().add(across)) };
            }
            let mut t = r;
            for i in (0..8).step_by(2) {
                t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
                t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
            }
            let mut u = t;
            for i in [0, 4] {
                let (a, b) = (_mm256_castps_pd(t[i]), _mm256_castps_pd(t[i + 1]));
                let (c, d) = (_mm256_castps_pd(t[i + 2]), _mm256_castps_pd(t[i + 3]));
                u[i] = _mm256_castpd_ps(_mm256_unpacklo_pd(a, c));
                u[i + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(a, c));
                u[i + 2] = _mm256_castpd_ps(_mm256_unpacklo_pd(b, d));
                u[i + 3] = _mm256_castpd_ps(_mm256_unpackhi_pd(b, d));
            }
            for k in 0..4 {
                let columns = [
                    (k, _mm256_permute2f128_ps::<0x20>(u[k], u[k + 4])),
                    (k + 4, _mm256_permute2f128_ps::<0x31>(u[k], u[k + 4])),
                ];
                for (row, column) in columns {
                    // SAFETY: 8 floats from `down`, which is 0 or 8, are within the 16 of a row.
                    unsafe { _mm256_storeu_ps(rows[across + row].as_mut_ptr().add(down), column) }
                }
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_moves_each_number_to_its_place() {
        let fields: [F; LANES] = std::array::from_fn(|field| std::array::from_fn(|lane| (100 * field + lane) as f32));
        let rows = Plain.transpose(&fields);
        assert_eq!(rows[3][7], fields[7][3]);
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") {
                // SAFETY: the machine has the feature.
                assert_eq!(unsafe { Avx512::here() }.transpose(&fields), rows);
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: the machine has the feature.
                assert_eq!(unsafe { Avx2::here() }.transpose(&fields), rows);
            }
        }
    }
}
