//! Every path against the portable one: products that are fused round once less, and nothing else differs.
use prospector_core::NUM_ACTIONS;
use prospector_ppo::{Batch, Choices, Coefficients, Element, Heads, OUTPUTS, SUMS};
use prospector_simd::SimdPath;

/// Numbers in [-1, 1), the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    fn take<E: Element>(&mut self, n: usize) -> Vec<E> {
        (0..n).map(|_| E::nearest(self.next())).collect()
    }
}

struct Played<E> {
    actions: Vec<i64>,
    numbers: Vec<f32>,
    derivatives: Vec<E>,
    sums: [f32; SUMS],
}

/// Chooses, and learns from what was chosen as if by a policy that was a little different.
fn play<E: Element>(path: SimdPath, hidden: usize, rows: usize) -> Played<E> {
    let mut numbers = Numbers(hidden as u64 * 1000 + rows as u64);
    let mut heads = Heads::new(hidden, path);
    let (actor, bias) = (numbers.take(NUM_ACTIONS * hidden), numbers.take(NUM_ACTIONS));
    heads.load(&actor, &bias, &numbers.take(hidden), 0.5);
    let features: Vec<E> = numbers.take(rows * hidden);
    let mut masks: Vec<u8> = (0..rows * NUM_ACTIONS).map(|_| u8::from(numbers.next() > 0.5)).collect();
    (0..rows).for_each(|row| masks[row * NUM_ACTIONS + row % NUM_ACTIONS] = 1);
    let draws: Vec<f32> = numbers.take(rows).into_iter().map(f32::abs).collect();

    let (mut actions, mut log_probs, mut values) = (vec![0; rows], vec![0.0; rows], vec![0.0; rows]);
    let mut choices = Choices { actions: &mut actions, log_probs: &mut log_probs, values: &mut values };
    heads.choose(&features, &masks, &draws, &mut choices);
    assert!(actions.iter().enumerate().all(|(row, action)| masks[row * NUM_ACTIONS + *action as usize] == 1));

    let old: Vec<f32> = log_probs.iter().map(|log_prob| log_prob + 0.3 * numbers.next()).collect();
    let (advantages, targets) = (numbers.take(rows), numbers.take(rows));
    let batch = Batch { masks: &masks, actions: &actions, log_probs: &old, advantages: &advantages, targets: &targets };
    let mut derivatives = vec![E::nearest(f32::NAN); rows * OUTPUTS];
    let sums = heads.learn(&features, batch, Coefficients { clip: 0.2, entropy: 0.01, value: 0.5 }, &mut derivatives);
    log_probs.append(&mut values);
    Played { actions, numbers: log_probs, derivatives, sums }
}

#[track_caller]
fn close(found: f32, expected: f32, tolerance: f32) {
    assert!((found - expected).abs() <= tolerance * (1.0 + expected.abs()), "{found} for {expected}");
}

fn paths_agree<E: Element>(tolerance: f32) {
    for (hidden, rows) in [(1, 1), (3, 2), (17, 5), (64, 16), (128, 67)] {
        let portable = play::<E>(SimdPath::Portable, hidden, rows);
        assert_eq!(portable.sums[5], rows as f32);
        for path in SimdPath::available() {
            let played = play::<E>(path, hidden, rows);
            assert_eq!(played.actions, portable.actions, "{}", path.name());
            played.numbers.iter().zip(&portable.numbers).for_each(|(a, b)| close(*a, *b, 1e-5));
            played.sums.iter().zip(portable.sums).for_each(|(a, b)| close(*a, b, 1e-4));
            let derivatives = played.derivatives.iter().zip(&portable.derivatives);
            derivatives.for_each(|(a, b)| close(a.widen(), b.widen(), tolerance));
        }
    }
}

#[test]
fn every_path_makes_the_same_of_float32() {
    paths_agree::<f32>(1e-5);
}

#[test]
fn every_path_makes_the_same_of_bfloat16() {
    paths_agree::<u16>(1.0 / 128.0);
}

#[test]
fn an_agreement_on_nothing_would_be_noticed() {
    let played = play::<f32>(SimdPath::Portable, 128, 67);
    assert!(played.sums[4] > 5.0 && played.sums[4] < 62.0, "{} of 67 rows clipped", played.sums[4]);
    assert!(played.derivatives.iter().all(|derivative| derivative.is_finite()));
    let moved = played.derivatives.iter().filter(|derivative| derivative.abs() > 0.01).count();
    assert!(moved > 100, "{moved}");
}
