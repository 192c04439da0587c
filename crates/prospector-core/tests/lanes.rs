//! The functions of [`math`] over lanes give the bits that they give for one float, on every instruction set.
use prospector_core::math;
use prospector_simd::{Dispatch, Kernel, LANES, Lanes, Real, SimdPath, Vector};

/// The functions, in one order for an `f32` and for a vector.
#[inline(always)]
fn functions<R: Real>(x: R) -> [R; 7] {
    [math::clamp(x, -1.0, 1.0), math::exp(x), math::ln(x), math::ln1p(x), math::sin(x), math::cos(x), math::sigmoid(x)]
}

struct OverLanes<'a>(&'a Lanes);

impl Kernel for OverLanes<'_> {
    type Output = [Lanes; 7];

    #[inline(always)]
    fn run<V: Vector>(self) -> [Lanes; 7] {
        let mut results = [[0.0; LANES]; 7];
        for (vector, result) in functions(V::load(self.0)).into_iter().zip(&mut results) {
            vector.store(result);
        }
        results
    }
}

/// IEEE 754 leaves the bits of a computed NaN open.
fn same_nan(x: f32) -> u32 {
    if x.is_nan() { f32::NAN.to_bits() } else { x.to_bits() }
}

#[test]
fn every_instruction_set_gives_the_bits_of_one_float() {
    let mut state = 5u64;
    for round in 0..2000 {
        // Any bits at all in one round, numbers of the game's size in the next.
        let numbers: Lanes = std::array::from_fn(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if round % 2 == 0 { f32::from_bits((state >> 32) as u32) } else { f32::from((state >> 48) as i16) }
        });
        let singly = numbers.map(|x| functions(x).map(same_nan));
        for path in SimdPath::available() {
            let together = Dispatch::new(path).unwrap().run(OverLanes(&numbers));
            for (f, lanes) in together.iter().enumerate() {
                assert_eq!(lanes.map(same_nan), singly.map(|results| results[f]), "{}, function {f}", path.name());
            }
        }
    }
}
