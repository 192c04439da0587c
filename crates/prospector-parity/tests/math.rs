//! The float functions of C and Rust give the same bits, and stay within their error bounds.
//!
//! The yardstick is the f64 function of the platform's libm: its error is below 2^-50 relative, so against a float's 2^-24
//! it counts as exact, and rounded to f32 it is the correctly rounded result except within 2^-26 ulp of a tie.

use prospector_core::math as rust;
use prospector_reference::math as c;

type F32Function = fn(f32) -> f32;

/// The floats of `[lo, hi]`, both of one sign, each `stride`th from the one nearest to zero.
fn floats(lo: f32, hi: f32, stride: usize) -> impl Iterator<Item = f32> {
    let (first, last) = (lo.to_bits().min(hi.to_bits()), lo.to_bits().max(hi.to_bits()));
    assert_eq!(first >> 31, last >> 31, "a range of one sign");
    (first..=last).step_by(stride).chain([last]).map(f32::from_bits)
}

/// The spacing of floats at `exact`, at least that of the least normal float.
fn ulp_at(exact: f64) -> f64 {
    let rounded = (exact as f32).abs().max(f32::MIN_POSITIVE);
    f64::from(f32::from_bits(rounded.to_bits() & 0x7f80_0000)) * 2f64.powi(-23)
}

/// Floats counted from negative to positive infinity, so that neighbours differ by 1 and the zeros are one.
fn rank(x: f32) -> i64 {
    let magnitude = i64::from(x.to_bits() & 0x7fff_ffff);
    if x.is_sign_negative() { -magnitude } else { magnitude }
}

/// Asserts equal bits in C and Rust, an error of at most `bound` ulp, and at most `floats_off` floats between the result and
/// the correctly rounded one.
fn check(
    name: &str,
    (in_c, in_rust, exact): (F32Function, F32Function, fn(f64) -> f64),
    arguments: impl Iterator<Item = f32>,
    (bound, floats_off): (f64, i64),
) {
    for x in arguments {
        let result = in_rust(x);
        assert_eq!(in_c(x).to_bits(), result.to_bits(), "{name}({x:e}) in C and in Rust");
        let expected = exact(f64::from(x));
        let error = (f64::from(result) - expected).abs() / ulp_at(expected);
        assert!(error <= bound, "{name}({x:e}) = {result:e}, exactly {expected:e}: {error} ulp, allowed {bound}");
        let off = (rank(result) - rank(expected as f32)).abs();
        assert!(off <= floats_off, "{name}({x:e}) = {result:e} is {off} floats off {expected:e}");
    }
}

const EXP: (F32Function, F32Function, fn(f64) -> f64) = (c::exp, rust::exp, f64::exp);
const LN: (F32Function, F32Function, fn(f64) -> f64) = (c::ln, rust::ln, f64::ln);
const LN1P: (F32Function, F32Function, fn(f64) -> f64) = (c::ln1p, rust::ln1p, f64::ln_1p);
const SIN: (F32Function, F32Function, fn(f64) -> f64) = (c::sin, rust::sin, f64::sin);
const COS: (F32Function, F32Function, fn(f64) -> f64) = (c::cos, rust::cos, f64::cos);
const SIGMOID: (F32Function, F32Function, fn(f64) -> f64) = (c::sigmoid, rust::sigmoid, |x| 1.0 / (1.0 + (-x).exp()));

const EXP_LEAST: f32 = -87.336_54;
const EXP_GREATEST: f32 = 88.722_83;

#[test]
fn exp_over_its_whole_finite_range() {
    check("exp", EXP, floats(0.0, EXP_GREATEST, 101), (0.87, 1));
    check("exp", EXP, floats(-0.0, EXP_LEAST, 101), (0.87, 1));
}

#[test]
fn exp_flushes_to_zero_and_overflows_to_infinity() {
    for x in floats(EXP_LEAST.next_down(), f32::NEG_INFINITY, 101) {
        assert_eq!(rust::exp(x).to_bits(), 0, "exp({x:e})");
        assert_eq!(c::exp(x).to_bits(), 0, "exp({x:e})");
    }
    for x in floats(EXP_GREATEST.next_up(), f32::INFINITY, 101) {
        assert_eq!(rust::exp(x), f32::INFINITY, "exp({x:e})");
        assert_eq!(c::exp(x), f32::INFINITY, "exp({x:e})");
    }
}

#[test]
fn ln_over_all_normal_floats() {
    check("ln", LN, floats(f32::MIN_POSITIVE, f32::MAX, 101), (0.83, 1));
}

#[test]
fn ln_over_the_arguments_of_the_generator() {
    check("ln", LN, floats(1e-8, 1.0, 13), (0.83, 1));
}

#[test]
fn ln1p_over_all_positive_floats() {
    check("ln1p", LN1P, floats(0.0, f32::MAX, 101), (0.85, 1));
}

#[test]
fn sin_and_cos_over_one_turn() {
    let turn = rust::TWO_PI;
    check("sin", SIN, floats(0.0, turn, 101), (0.91, 1));
    check("cos", COS, floats(0.0, turn, 101), (0.91, 1));
}

#[test]
fn sin_and_cos_over_their_domain() {
    check("sin", SIN, floats(1.0, 1.0e6, 101), (0.91, 1));
    check("cos", COS, floats(1.0, 1.0e6, 101), (0.91, 1));
    check("sin", SIN, floats(-0.0, -1.0e6, 307), (0.91, 1));
    check("cos", COS, floats(-0.0, -1.0e6, 307), (0.91, 1));
}

#[test]
fn sigmoid_over_its_range() {
    check("sigmoid", SIGMOID, floats(0.0, 90.0, 101), (2.5, 2));
    check("sigmoid", SIGMOID, floats(-0.0, EXP_LEAST, 101), (2.5, 2));
    check("sigmoid", SIGMOID, floats(0.001, 8.0, 7), (2.0, 2));
    check("sigmoid", SIGMOID, floats(-0.001, -8.0, 7), (2.0, 2));
}

#[test]
fn every_function_gives_the_same_bits_over_all_bit_patterns() {
    let functions: [(&str, F32Function, F32Function); 6] = [
        ("exp", c::exp, rust::exp),
        ("ln", c::ln, rust::ln),
        ("ln1p", c::ln1p, rust::ln1p),
        ("sin", c::sin, rust::sin),
        ("cos", c::cos, rust::cos),
        ("sigmoid", c::sigmoid, rust::sigmoid),
    ];
    for (name, in_c, in_rust) in functions {
        for bits in (0..=u32::MAX).step_by(3989) {
            let x = f32::from_bits(bits);
            assert_eq!(in_c(x).to_bits(), in_rust(x).to_bits(), "{name} of the float with bits {bits:#010x}");
        }
    }
}

#[test]
fn outside_their_domains_the_functions_do_what_they_say() {
    let not_a_number = [f32::NAN, -f32::NAN, f32::from_bits(0x7f80_0001), f32::from_bits(0xffff_ffff)];
    for x in not_a_number {
        for function in [rust::exp, rust::ln, rust::ln1p, rust::sin, rust::cos, rust::sigmoid] {
            assert_eq!(function(x).to_bits(), 0x7fc0_0000);
        }
        for function in [c::exp, c::ln, c::ln1p, c::sin, c::cos, c::sigmoid] {
            assert_eq!(function(x).to_bits(), 0x7fc0_0000);
        }
    }
    for x in [0.0, -0.0, -1.0, f32::NEG_INFINITY, f32::MIN_POSITIVE.next_down()] {
        assert_eq!(rust::ln(x), f32::NEG_INFINITY, "ln({x:e})");
        assert_eq!(c::ln(x), f32::NEG_INFINITY, "ln({x:e})");
    }
    for (in_c, in_rust) in [(c::ln as F32Function, rust::ln as F32Function), (c::ln1p, rust::ln1p)] {
        assert_eq!(in_c(f32::INFINITY), f32::INFINITY);
        assert_eq!(in_rust(f32::INFINITY), f32::INFINITY);
    }
    assert_eq!(rust::ln1p(-3.0).to_bits(), 0);
    assert_eq!(c::ln1p(-3.0).to_bits(), 0);
    for x in [1.0e6f32.next_up(), f32::MAX, f32::INFINITY] {
        assert_eq!(rust::sin(x).to_bits(), c::sin(1.0e6).to_bits());
        assert_eq!(rust::cos(-x).to_bits(), c::cos(-1.0e6).to_bits());
    }
}

#[test]
fn whole_powers_are_products_from_the_left() {
    for x in floats(0.0, f32::INFINITY, 99_991).chain(floats(-0.0, f32::NEG_INFINITY, 99_991)) {
        let mut product = x;
        for n in 1..=8 {
            assert_eq!(rust::pow_int(x, n as f32).to_bits(), product.to_bits(), "{x:e}^{n}");
            assert_eq!(c::pow_int(x, n).to_bits(), product.to_bits(), "{x:e}^{n}");
            product *= x;
        }
        for (n, end) in [(i32::MIN, 1), (0, 1), (9, 8), (i32::MAX, 8)] {
            assert_eq!(rust::pow_int(x, n as f32).to_bits(), rust::pow_int(x, end as f32).to_bits(), "{x:e}^{n}");
            assert_eq!(c::pow_int(x, n).to_bits(), rust::pow_int(x, end as f32).to_bits(), "{x:e}^{n}");
        }
    }
}

#[test]
fn the_sales_decay_is_correctly_rounded() {
    for dt in 1..=8 {
        let expected = (-f64::from(dt) / 14.0).exp() as f32;
        assert_eq!(rust::decay14(dt), expected, "exp(-{dt}/14)");
        assert_eq!(c::decay14(dt), expected, "exp(-{dt}/14)");
    }
    for (dt, end) in [(i32::MIN, 1), (0, 1), (9, 8), (i32::MAX, 8)] {
        assert_eq!(rust::decay14(dt), rust::decay14(end));
        assert_eq!(c::decay14(dt), rust::decay14(end));
    }
}
