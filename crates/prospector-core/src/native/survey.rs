//! Looking around over lanes: the wide scan over the 16 slots of a node, each slot's draws 14 further on, and listening over
//! the ways from it.

use super::lanes::{F, Hold, LANES, draws, normals, sums};
use crate::actions::ScanMode;
use crate::constants::{ASTEROID_SLOTS, COMMODITIES, TINY};
use crate::episode::Episode;
use crate::math;
use crate::navigation::LISTEN_TICKS;
use crate::rng::{EPISODE_INC, Jump};

/// Six shares and the stability, two draws each.
const DRAWS: usize = 2 * (COMMODITIES + 1);
static PAST_SLOTS: [Jump; ASTEROID_SLOTS + 1] = Jump::strides(DRAWS);

/// WIDE_SCAN as [`Episode::execute`] does it, without events; returns its ticks.
#[inline(always)]
pub(crate) fn wide_scan(episode: &mut Episode) -> u8 {
    // A state may come with any increment; the jumps are those of a generator that was seeded.
    if episode.rng.inc != EPISODE_INC {
        return episode.scan(ScanMode::Wide, &mut ());
    }
    episode.charge_scan(ScanMode::Wide);
    let count = episode.node().asteroid_count;
    if count > 0 {
        let mut state = [0; LANES];
        for (state, jump) in state.iter_mut().zip(&PAST_SLOTS) {
            *state = jump.after(episode.rng.state);
        }
        episode.rng.state = PAST_SLOTS[usize::from(count)].after(episode.rng.state);
        look(episode, &draws(&mut state, &[EPISODE_INC; LANES]));
    }
    episode.note_scan(ScanMode::Wide, count, &mut ());
    ScanMode::Wide.traits().dt
}

/// PASSIVE_THREAT_LISTEN as [`Episode::execute`] does it; returns its ticks.
#[inline(always)]
pub(crate) fn listen(episode: &mut Episode) -> u8 {
    let (mut first, mut second) = ([0; LANES], [0; LANES]);
    let edges = &mut episode.world.nodes[usize::from(episode.ship.node)].edges;
    for (i, _) in edges.iter().flatten().enumerate() {
        (first[i], second[i]) = (episode.rng.next_u32(), episode.rng.next_u32());
    }
    let noise = normals(&first, &second, |_| 0.0, |_| 0.08);
    for (edge, noise) in edges.iter_mut().flatten().zip(noise) {
        edge.hear(noise);
    }
    LISTEN_TICKS
}

#[inline(always)]
fn look(episode: &mut Episode, drawn: &[[u32; LANES]; DRAWS]) {
    let traits = ScanMode::Wide.traits();
    let blend = traits.blend;
    let slots = episode.slots_mut();
    let mut sigma = [0.0; LANES];
    for i in 0..LANES {
        sigma[i] = slots.noise[i] * (1.0 - slots.scan_conf[i] + 0.1) * traits.noise;
    }
    let mut noisy = slots.true_comp;
    for (c, share) in noisy.iter_mut().enumerate() {
        let noise = normals(&drawn[2 * c], &drawn[2 * c + 1], |_| 0.0, |i| sigma[i]);
        for i in 0..LANES {
            share[i] += noise[i];
        }
    }
    normalise_floored(&mut noisy);
    for c in 0..COMMODITIES {
        for i in 0..LANES {
            slots.comp_est[c][i] = (1.0 - blend) * slots.comp_est[c][i] + blend * noisy[c][i];
        }
    }
    normalise_floored(&mut slots.comp_est);
    let noise = normals(&drawn[DRAWS - 2], &drawn[DRAWS - 1], |_| 0.0, |i| sigma[i]);
    for i in 0..LANES {
        let stability = math::clamp(slots.stability[i] + noise[i], 0.0, 1.0);
        let estimate = (1.0 - blend) * slots.stability_est[i] + blend * stability;
        slots.stability_est[i] = math::clamp(estimate, 0.0, 1.0);
        slots.scan_conf[i] = math::clamp(slots.scan_conf[i] + traits.confidence, 0.0, 1.0);
    }
}

/// [`crate::asteroids::normalise_floored`] of every slot.
#[inline(always)]
pub(crate) fn normalise_floored(comp: &mut Hold) {
    for share in comp.iter_mut().flatten() {
        *share = math::max(*share, TINY);
    }
    let sum: F = sums(comp);
    for row in comp {
        for i in 0..LANES {
            row[i] /= sum[i];
        }
    }
}
