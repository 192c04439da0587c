//! Scans and listening over lanes. The wide scan runs over the 16 slots of a node, and the draws of a slot begin 14 after those of the
//! slot before. The other scans run over the quantities of one slot, and listening runs over the edges of the node.

use super::env::Env;
use super::lane_rng::{LaneRng, normal};
use super::lanes::{load, normalise_floored};
use crate::action::{Action, ScanMode};
use crate::asteroids::Slots;
use crate::constants::{ASTEROID_SLOTS, COMMODITIES};
use crate::math;
use crate::prospecting::Prospect;
use crate::rng::{EPISODE_INC, Jumps, Pcg32};
use crate::vessel::Vessel;
use prospector_simd::{LANES, Vector};

/// Draws of a slot: two for each of the six shares and for the stability.
const DRAWS: usize = 2 * (COMMODITIES + 1);
static PAST_SLOTS: Jumps<{ ASTEROID_SLOTS + 1 }> = Jumps::strides(DRAWS);

/// WIDE_SCAN as [`Prospect::scan`] does it, without events; returns its ticks.
#[inline(always)]
pub(crate) fn wide_scan<V: Vector>(env: &mut Env<'_>) -> u8 {
    // A state may come with any increment; the jumps are those of a generator that was seeded.
    let rng = env.rng();
    if rng.inc != EPISODE_INC {
        return env.scan(ScanMode::Wide, &mut ());
    }
    env.charge_scan(ScanMode::Wide);
    let count = env.node().asteroid_count;
    if count > 0 {
        scan_slots(env.slots_mut(), &mut LaneRng::<V>::strided(rng.state, &PAST_SLOTS));
        env.set_rng(Pcg32 { state: PAST_SLOTS.after(usize::from(count), rng.state), ..rng });
    }
    env.note_scan(ScanMode::Wide, count, &mut ());
    const { Action::Scan(ScanMode::Wide).ticks() }
}

/// FOCUSED_SCAN or DEEP_SCAN as [`Prospect::scan`] does it, without events; returns its ticks.
#[inline(always)]
pub(crate) fn aimed_scan<V: Vector>(env: &mut Env<'_>, mode: ScanMode) -> u8 {
    let traits = mode.traits();
    env.charge_scan(mode);
    let Some(slot) = env.selected() else { return Action::Scan(mode).ticks() };
    let (mut radius, mut turn) = ([0.0; LANES], [0.0; LANES]);
    let mut rng = env.rng();
    for i in 0..DRAWS / 2 {
        (radius[i], turn[i]) = (rng.unit(), rng.unit());
    }
    env.set_rng(rng);
    let slots = env.slots_mut();
    let mut asteroid = slots.get(slot);
    let mut noise = [0.0; LANES];
    normal(V::load(&radius), V::load(&turn), V::of(asteroid.blur(&traits))).store(&mut noise);
    asteroid.scan(noise.first_chunk().expect("there are more lanes than quantities to see"), &traits);
    slots.set(slot, &asteroid);
    env.note_scan(mode, 1, &mut ());
    Action::Scan(mode).ticks()
}

/// PASSIVE_THREAT_LISTEN as [`Navigate::listen`] does it; returns its ticks.
///
/// [`Navigate::listen`]: crate::navigation::Navigate::listen
#[inline(always)]
pub(crate) fn listen<V: Vector>(env: &mut Env<'_>) -> u8 {
    let (mut radius, mut turn) = ([0.0; LANES], [0.0; LANES]);
    let mut rng = env.rng();
    let edges = &mut env.node_mut().edges;
    for (i, _) in edges.iter().flatten().enumerate() {
        (radius[i], turn[i]) = (rng.unit(), rng.unit());
    }
    let mut noise = [0.0; LANES];
    normal(V::load(&radius), V::load(&turn), V::of(0.08)).store(&mut noise);
    for (edge, noise) in edges.iter_mut().flatten().zip(noise) {
        edge.hear(noise);
    }
    env.set_rng(rng);
    const { Action::ThreatListen.ticks() }
}

#[inline(always)]
fn scan_slots<V: Vector>(slots: &mut Slots, draws: &mut LaneRng<V>) {
    let traits = ScanMode::Wide.traits();
    let blend = traits.blend;
    let confidence = V::load(&slots.scan_conf);
    let sigma = V::load(&slots.noise) * (V::of(1.0) - confidence + 0.1) * traits.noise;
    let mut comp: [V; COMMODITIES] = load(&slots.true_comp);
    for share in &mut comp {
        *share = *share + draws.normal(sigma);
    }
    normalise_floored(&mut comp);
    for (share, estimate) in comp.iter_mut().zip(&slots.comp_est) {
        *share = V::load(estimate) * (1.0 - blend) + *share * blend;
    }
    normalise_floored(&mut comp);
    for (share, estimate) in comp.into_iter().zip(&mut slots.comp_est) {
        share.store(estimate);
    }
    let stability = math::clamp(V::load(&slots.stability) + draws.normal(sigma), 0.0, 1.0);
    let estimate = V::load(&slots.stability_est) * (1.0 - blend) + stability * blend;
    math::clamp(estimate, 0.0, 1.0).store(&mut slots.stability_est);
    math::clamp(confidence + traits.confidence, 0.0, 1.0).store(&mut slots.scan_conf);
}
