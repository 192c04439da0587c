//! The output function of the random number generator, for one lane.

/// What a PCG32 generator (XSH-RR 64/32, O'Neill 2014) draws at `state`.
#[inline(always)]
pub fn pcg_output(state: u64) -> u32 {
    let shifted = (((state >> 18) ^ state) >> 27) as u32;
    shifted.rotate_right((state >> 59) as u32)
}
