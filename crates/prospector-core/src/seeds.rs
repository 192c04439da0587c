//! Which world an env plays next: a seed for each episode of each env.

/// Episode seeds are below 2^53, so that JSON numbers and signed 64-bit database columns hold them.
pub const SEED_BITS: u32 = 53;

/// The seed of the `episode`-th episode (from 0) of env `env` in a batch that began with `seed`: splitmix64 chained over the
/// three, its top 53 bits. It depends on nothing else, so a batch plays the same worlds in whatever order its episodes end.
pub fn episode_seed(seed: u64, env: u64, episode: u64) -> u64 {
    splitmix64(splitmix64(splitmix64(seed) ^ env) ^ episode) >> (u64::BITS - SEED_BITS)
}

/// One output of Steele, Lea and Flood's splitmix64 from the state `x`.
fn splitmix64(x: u64) -> u64 {
    let z = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mix_is_splitmix64_as_published() {
        let gamma = 0x9e37_79b9_7f4a_7c15_u64;
        let outputs: Vec<u64> = (0..3).map(|i| splitmix64(gamma.wrapping_mul(i))).collect();
        assert_eq!(outputs, [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]);
    }

    #[test]
    fn every_part_counts() {
        let seeds = [episode_seed(1, 2, 3), episode_seed(2, 1, 3), episode_seed(1, 3, 2), episode_seed(3, 2, 1)];
        assert!((1..4).all(|i| !seeds[..i].contains(&seeds[i])));
        assert!(seeds.iter().all(|seed| *seed < 1 << SEED_BITS));
    }
}
