//! Work on asteroids and their ore: scanning (rules 4, Scan), mining (4.2), refining (4.3).

use crate::action::{Action, MineMode, ScanMode};
use crate::asteroids::{self, Asteroid, normalise_floored};
use crate::constants::{CARGO_MAX, COMMODITIES, IRON, NICKEL, RARE_ISOTOPES};
use crate::event::{Event, EventSink};
use crate::math;
use crate::vessel::Vessel;

pub(crate) struct ScanTraits {
    fuel: f32,
    alert: f32,
    pub blend: f32,
    pub confidence: f32,
    pub noise: f32,
}

impl ScanMode {
    pub(crate) fn traits(self) -> ScanTraits {
        match self {
            Self::Wide => ScanTraits { fuel: 5.0, alert: 4.0, blend: 0.22, confidence: 0.10, noise: 1.35 },
            Self::Focused => ScanTraits { fuel: 4.0, alert: 3.0, blend: 0.42, confidence: 0.20, noise: 1.0 },
            Self::Deep => ScanTraits { fuel: 8.0, alert: 6.0, blend: 0.80, confidence: 0.45, noise: 0.55 },
        }
    }
}

/// What a tick of mining in one mode does (rules 4.2).
pub struct MineTraits {
    /// Factor of the yield.
    pub multiplier: f32,
    heat: f32,
    wear: f32,
    alert: f32,
    sigma: f32,
    bias: f32,
}

impl MineMode {
    /// What a tick of mining in this mode does.
    pub const fn traits(self) -> MineTraits {
        match self {
            Self::Conservative => {
                MineTraits { multiplier: 0.80, heat: 2.0, wear: 0.8, alert: 1.2, sigma: 0.05, bias: -0.7 }
            }
            Self::Standard => MineTraits { multiplier: 1.15, heat: 4.0, wear: 1.6, alert: 2.2, sigma: 0.10, bias: 0.0 },
            Self::Aggressive => {
                MineTraits { multiplier: 1.55, heat: 7.0, wear: 2.8, alert: 4.0, sigma: 0.16, bias: 0.8 }
            }
        }
    }
}

impl Asteroid {
    /// The standard deviation of what one look sees.
    #[inline(always)]
    pub(crate) fn blur(&self, traits: &ScanTraits) -> f32 {
        self.noise * (1.0 - self.scan_conf + 0.1) * traits.noise
    }

    /// One look at the asteroid: `noise` of the shares and of the stability.
    #[inline(always)]
    pub(crate) fn scan(&mut self, noise: &[f32; COMMODITIES + 1], traits: &ScanTraits) {
        let blend = traits.blend;
        let noisy = normalise_floored(std::array::from_fn(|c| self.true_comp[c] + noise[c]));
        let blended = std::array::from_fn(|c| (1.0 - blend) * self.comp_est[c] + blend * noisy[c]);
        self.comp_est = normalise_floored(blended);
        let stability = math::clamp(self.stability + noise[COMMODITIES], 0.0, 1.0);
        self.stability_est = math::clamp((1.0 - blend) * self.stability_est + blend * stability, 0.0, 1.0);
        self.scan_conf = math::clamp(self.scan_conf + traits.confidence, 0.0, 1.0);
    }
}

/// Looking for ore and digging it up.
pub(crate) trait Prospect: Vessel {
    /// Fuel and alert of a scan, charged even without anything to aim at.
    #[inline(always)]
    fn charge_scan(&mut self, mode: ScanMode) {
        let traits = mode.traits();
        *self.fuel() -= traits.fuel;
        *self.alert() += traits.alert;
    }

    /// Scans every slot (wide), or the selected one.
    #[inline(always)]
    fn scan(&mut self, mode: ScanMode, events: &mut impl EventSink) -> u8 {
        self.charge_scan(mode);
        let traits = mode.traits();
        let scanned = match (mode, self.selected()) {
            (ScanMode::Wide, _) => 0..self.node().asteroid_count,
            (_, Some(slot)) => slot..slot + 1,
            (_, None) => 0..0,
        };
        let mut rng = self.rng();
        for slot in scanned.clone() {
            let slots = self.slots_mut();
            let mut asteroid = slots.get(slot);
            let sigma = asteroid.blur(&traits);
            asteroid.scan(&std::array::from_fn(|_| rng.normal(0.0, sigma)), &traits);
            slots.set(slot, &asteroid);
        }
        self.set_rng(rng);
        self.note_scan(mode, scanned.len() as u8, events);
        Action::Scan(mode).ticks()
    }

    #[inline(always)]
    fn note_scan(&mut self, mode: ScanMode, slots: u8, events: &mut impl EventSink) {
        *self.scan_count() = self.scan_count().wrapping_add(1);
        events.record(Event::Scan { mode, slots });
    }

    /// Rules 4.2.
    #[inline(always)]
    fn mine(&mut self, mode: MineMode, events: &mut impl EventSink) {
        let Some(slot) = self.selected() else { return };
        let traits = mode.traits();
        let tool_f = math::clamp(*self.tool() / 100.0, 0.0, 1.0);
        let heat_f = math::clamp(*self.heat() / 100.0, 0.0, 2.0);
        let mut rng = self.rng();
        let noise = math::exp(rng.normal(0.0, traits.sigma));
        let space = math::max(0.0, CARGO_MAX - self.cargo_units());
        let slots = self.slots_mut();
        let asteroid = slots.get(slot);
        let amounts = extract(&asteroid, &traits, tool_f, heat_f, noise);
        let amounts = fit(amounts, space);
        let total = asteroids::sum(&amounts);
        slots.depletion[usize::from(slot)] = math::clamp(asteroid.depletion + 0.01 * total, 0.0, 1.0);
        for (c, amount) in amounts.into_iter().enumerate() {
            *self.cargo(c) += amount;
        }
        *self.heat() += traits.heat;
        *self.alert() += traits.alert;
        *self.tool() -= traits.wear;
        *self.mining_ticks() = self.mining_ticks().wrapping_add(1);
        events.record(Event::Mine { mode, slot, amounts, total });
        self.set_rng(rng);
        self.maybe_fracture(slot, asteroid.stability, &traits, [tool_f, heat_f], events);
    }

    #[inline(always)]
    fn maybe_fracture(
        &mut self,
        slot: u8,
        stability: f32,
        traits: &MineTraits,
        [tool_f, heat_f]: [f32; 2],
        events: &mut impl EventSink,
    ) {
        let draw = self.unit();
        let stabilized = *self.stabilize_buff(slot) > 0;
        if draw >= fracture_chance(traits, stability, [tool_f, heat_f], stabilized) {
            return;
        }
        let severity = self.uniform(0.5, 1.0);
        let hull = 12.0 * severity;
        *self.hull() -= hull;
        self.slots_mut().depletion[usize::from(slot)] = 1.0;
        let node = self.node_mut();
        node.hazard = math::clamp(node.hazard + 0.1, 0.0, 1.0);
        events.record(Event::Fracture { slot, severity, hull });
    }

    /// Rules 4.3.
    #[inline(always)]
    fn refine(&mut self) -> u8 {
        *self.fuel() -= 4.0;
        *self.heat() += 6.0;
        *self.alert() += 3.0;
        let low = *self.cargo(IRON) + *self.cargo(NICKEL);
        if low != 0.0 {
            *self.cargo(IRON) *= 0.85;
            *self.cargo(NICKEL) *= 0.85;
            *self.cargo(RARE_ISOTOPES) += 0.65 * 0.15 * low;
        }
        2
    }
}

impl<V: Vessel> Prospect for V {}

/// Share of a full yield that a `tool` gives (rules 4.2); the tool is a share of a whole one.
#[inline(always)]
pub fn tool_factor(tool: f32) -> f32 {
    0.4 + 0.6 * tool
}

/// Chance that a tick of mining breaks the asteroid (rules 4.2). Tool and heat are shares of their maxima.
#[inline(always)]
pub fn fracture_chance(traits: &MineTraits, stability: f32, [tool, heat]: [f32; 2], stabilized: bool) -> f32 {
    let mut logit =
        -3.1 + traits.bias + 2.5 * (1.0 - stability) + 2.2 * math::max(0.0, heat - 0.7) + 1.5 * (1.0 - tool);
    if stabilized {
        logit -= 1.1;
    }
    math::sigmoid(logit)
}

fn extract(asteroid: &Asteroid, traits: &MineTraits, tool_f: f32, heat_f: f32, noise: f32) -> [f32; COMMODITIES] {
    let eff_tool = tool_factor(tool_f);
    let eff_heat = if heat_f <= 0.7 { 1.0 } else { math::max(0.1, 1.0 - (heat_f - 0.7) / 0.3) };
    let rate = asteroid.richness * (1.0 - asteroid.depletion) * eff_tool * eff_heat * traits.multiplier * noise;
    asteroid.true_comp.map(|share| rate * share)
}

/// Scales the amounts down to the free space if they need more.
fn fit(amounts: [f32; COMMODITIES], space: f32) -> [f32; COMMODITIES] {
    let total = asteroids::sum(&amounts);
    if total > space {
        let scale = space / total;
        amounts.map(|amount| amount * scale)
    } else {
        amounts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::episode::Episode;

    fn mine(episode: &mut Episode) -> ([f32; COMMODITIES], f32) {
        let mut events = Vec::new();
        episode.mine(MineMode::Aggressive, &mut events);
        match events[0] {
            Event::Mine { amounts, total, .. } => (amounts, total),
            ref other => panic!("a mine event comes first, not {other:?}"),
        }
    }

    #[test]
    fn what_is_mined_is_scaled_down_to_the_free_space() {
        let mut free = Episode::prospecting(7);
        let slots = free.slots_mut();
        (slots.richness[0], slots.stability[0]) = (4.0, 1.0); // stable: with this seed's draws it does not fracture
        let mut tight = free.clone();
        tight.ship.cargo = [199.5, 0.0, 0.0, 0.0, 0.0, 0.0];
        let (unscaled, wanted) = mine(&mut free);
        let (amounts, total) = mine(&mut tight);
        assert!(wanted > 0.5, "the asteroid gives {wanted}");
        assert!((total - 0.5).abs() < 1e-5, "{total} units went into 0.5 units of space");
        assert_eq!(amounts, unscaled.map(|amount| amount * (0.5 / wanted)));
        assert_eq!(total, asteroids::sum(&amounts));
        assert!((tight.cargo_total() - CARGO_MAX).abs() < 1e-4);
        assert_eq!(tight.slots_mut().get(0).depletion, 0.01 * total, "only what was taken depletes");
    }

    #[test]
    fn a_full_hold_takes_nothing_and_the_ship_still_wears() {
        let mut episode = Episode::prospecting(5);
        episode.ship.cargo = [100.0, 100.0, 0.0, 0.0, 0.0, 0.0];
        let (amounts, total) = mine(&mut episode);
        assert_eq!((amounts, total), ([0.0; COMMODITIES], 0.0));
        assert_eq!(episode.ship.cargo, [100.0, 100.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!((episode.ship.heat, episode.ship.tool, episode.tally.mining_ticks), (7.0, 97.2, 1));
    }

    #[test]
    fn an_overfull_hold_takes_nothing_either() {
        let mut episode = Episode::prospecting(5);
        episode.ship.cargo = [150.0, 100.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(mine(&mut episode).1, 0.0);
    }

    #[test]
    fn a_fractured_slot_stays_selected_but_is_no_valid_selection() {
        let mut episode = (0..).map(Episode::prospecting).find_map(|mut episode| {
            let mut events = Vec::new();
            episode.mine(MineMode::Aggressive, &mut events);
            matches!(events.last(), Some(Event::Fracture { .. })).then_some(episode)
        });
        let episode = episode.as_mut().expect("some asteroid fractures");
        assert_eq!((episode.ship.selected, episode.has_selection()), (Some(0), false));
        assert_eq!(episode.slots_mut().get(0).depletion, 1.0);
        assert!(episode.step(28, &mut ()).expect("it runs").invalid);
    }

    #[test]
    fn a_scan_takes_fourteen_draws_a_slot() {
        let mut episode = Episode::prospecting(9);
        let mut twin = episode.rng;
        let slots = episode.node().asteroid_count;
        assert_eq!(episode.scan(ScanMode::Wide, &mut ()), 3);
        for _ in 0..14 * usize::from(slots) {
            twin.next_u32();
        }
        assert_eq!(episode.rng, twin);
        assert!((0..slots).all(|slot| episode.slots_mut().get(slot).scan_conf == 0.1 + 0.10));
        episode.ship.selected = Some(1);
        episode.scan(ScanMode::Deep, &mut ());
        let confidence: Vec<_> = (0..slots).map(|slot| episode.slots_mut().get(slot).scan_conf).collect();
        assert_eq!(confidence.iter().filter(|conf| **conf > 0.5).count(), 1);
        assert!(confidence[1] > 0.5);
    }

    #[test]
    fn refining_turns_iron_and_nickel_into_rare_isotopes() {
        let mut episode = Episode::started(1);
        episode.ship.cargo = [40.0, 20.0, 1.0, 1.0, 1.0, 1.0];
        assert_eq!(episode.refine(), 2);
        assert_eq!(episode.ship.cargo, [34.0, 17.0, 1.0, 1.0, 1.0 + 0.65 * 0.15 * 60.0, 1.0]);
    }
}
