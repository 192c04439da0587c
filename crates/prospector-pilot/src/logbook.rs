//! What a ship can know beyond its present observation: features of all that it has seen in this episode.
//!
//! An observation names the node where the ship is, not those around it, and shows estimates, not what mining has proved. A
//! logbook reads one observation after the other, and nothing else: where ways lead once they were travelled, how
//! much ore was left where the ship has been, how rich an asteroid turned out, prices above what the observation can show.

use crate::map::{Map, WAY, show_credits};
use crate::observation::{COMPOSITION, CONFIDENCE, DEPLETION, EXISTS, SELECTED, STABILITY, Seen};
use crate::worth;
use prospector_core::constants::{ASTEROID_SLOTS, BASE_PRICE, COMMODITIES, EDGE_SLOTS, MAX_PRICE, OBS_SIZE};
use prospector_core::math;
use prospector_core::{Action, MineMode};

/// Floats of an env's features.
pub const LOGBOOK_SIZE: usize = 108;

pub(crate) const NOTHING: u8 = ASTEROID_SLOTS as u8;
/// Of conservative mining: its yield, and what a fracture costs in credits.
const YIELD: f32 = 0.8;
const FRACTURE_COST: f32 = 45.0;

/// The log of one episode.
#[derive(Clone)]
pub struct Logbook {
    pub(crate) map: Map,
    pub(crate) price: [f32; COMMODITIES],
    /// As of the last observation.
    pub(crate) depletion: [f32; ASTEROID_SLOTS],
    /// Credits that a tick of mining brings from each asteroid here, on average.
    pub(crate) yields: [f32; ASTEROID_SLOTS],
    /// Of a full hold.
    pub(crate) hold: [f32; COMMODITIES],
    /// [`NOTHING`]: no asteroid.
    pub(crate) selected: u8,
    pub(crate) tool: f32,
    pub(crate) full: bool,
    pub(crate) steps_away: u32,
    /// The most credits so far, and the steps since then.
    pub(crate) high: f32,
    pub(crate) since_high: u32,
}

impl Default for Logbook {
    fn default() -> Self {
        Self::new()
    }
}

impl Logbook {
    /// Knows nothing.
    pub fn new() -> Self {
        Self {
            map: Map::new(),
            price: [0.0; COMMODITIES],
            depletion: [0.0; ASTEROID_SLOTS],
            yields: [0.0; ASTEROID_SLOTS],
            hold: [0.0; COMMODITIES],
            selected: NOTHING,
            tool: 1.0,
            full: false,
            steps_away: 0,
            high: 0.0,
            since_high: 0,
        }
    }

    /// Steps since the credits were at their highest so far.
    pub fn since_high(&self) -> u32 {
        self.since_high
    }

    /// Begins with the first observation of an episode.
    pub fn begin(&mut self, obs: &[f32; OBS_SIZE], features: &mut [f32; LOGBOOK_SIZE]) {
        *self = Self::new();
        self.price = std::array::from_fn(|c| Seen(obs).price(c).0);
        self.read(None, Seen(obs), features);
    }

    /// Notes what `action` led to.
    pub fn note(&mut self, action: u8, obs: &[f32; OBS_SIZE], features: &mut [f32; LOGBOOK_SIZE]) {
        let seen = Seen(obs);
        for c in 0..COMMODITIES {
            self.price[c] = match seen.price(c) {
                (price, true) => price,
                (_, false) => (self.price[c] + seen.price_change(c)).clamp(BASE_PRICE[c], MAX_PRICE[c]),
            };
        }
        self.since_high = self.since_high.saturating_add(1);
        self.read(Action::decode(action), seen, features);
    }

    fn read(&mut self, action: Option<Action>, seen: Seen<'_>, features: &mut [f32; LOGBOOK_SIZE]) {
        let arrived = seen.node() != self.map.node;
        if arrived {
            let by = if let Some(Action::Travel { slot }) = action { Some(usize::from(slot)) } else { None };
            self.map.arrive(seen.node(), by, seen);
        } else if let Some(Action::Mine(mode)) = action {
            self.weigh(mode, seen);
        }
        self.steps_away = if seen.at_station() { 0 } else { self.steps_away + 1 };
        let credits = seen.credits();
        if credits > self.high * 1.0001 + 1.0 {
            (self.high, self.since_high) = (credits, 0);
        }
        self.survey(seen);
        if arrived {
            self.map.survey_ways();
        }
        self.tool = seen.tool_share();
        self.hold = seen.hold_shares();
        self.full = seen.cargo_share() > 0.999;
        self.show(seen, features);
    }

    /// How rich an asteroid is: what a tick of mining took from it over what it would take from a rich one of 1.
    fn weigh(&mut self, mode: MineMode, seen: Seen<'_>) {
        let slot = usize::from(self.selected);
        if slot == ASTEROID_SLOTS {
            return;
        }
        let (before, after) = (self.depletion[slot], seen.asteroids()[slot][DEPLETION]);
        if self.full || after >= 1.0 || after <= before {
            return;
        }
        let taken = (after - before) * 100.0;
        let found = (taken / ((1.0 - before) * mode.traits().multiplier * (0.4 + 0.6 * self.tool))).min(8.0);
        let place = self.map.here_mut();
        let known = &mut place.richness[slot];
        *known = if *known > 0.0 { 0.7 * *known + 0.3 * found } else { found };
        let hold = seen.hold_shares();
        let gained: [f32; COMMODITIES] = std::array::from_fn(|c| hold[c] - self.hold[c]);
        let all: f32 = gained.iter().sum();
        // Unless pirates came in the same tick. Mining takes everything in its true proportion.
        if all > 1e-4 && gained.iter().all(|gain| *gain >= 0.0) {
            place.composition[slot] = gained.map(|gain| gain / all);
        }
    }

    /// What a tick of mining brings from each asteroid here, in credits; keeps what is to be known elsewhere.
    fn survey(&mut self, seen: Seen<'_>) {
        let prices = worth::ores(&self.price);
        let place = self.map.here_mut();
        self.selected = NOTHING;
        self.yields = [0.0; ASTEROID_SLOTS];
        (place.ore, place.best) = (0.0, 0.0);
        let usual = prices.iter().sum::<f32>() / COMMODITIES as f32;
        let (tool, wear) = (0.4 + 0.6 * seen.tool_share(), 1.5 * (1.0 - seen.tool_share()));
        for (slot, entry) in seen.asteroids().iter().enumerate() {
            if entry[EXISTS] == 0.0 {
                break;
            }
            if entry[SELECTED] > 0.0 {
                self.selected = slot as u8;
            }
            self.depletion[slot] = entry[DEPLETION];
            let left = 1.0 - entry[DEPLETION];
            if left <= 0.0 {
                continue;
            }
            let worth_of = |shares: &[f32]| -> f32 { prices.iter().zip(shares).map(|(a, b)| a * b).sum() };
            let proved = place.composition[slot].iter().any(|share| *share > 0.0);
            let worth = if proved {
                worth_of(&place.composition[slot])
            } else {
                // What nobody has scanned is a guess that has nothing to do with the asteroid.
                let trust = entry[CONFIDENCE];
                worth_of(&entry[COMPOSITION..]) * trust + usual * (1.0 - trust)
            };
            let richness = if place.richness[slot] > 0.0 { place.richness[slot] } else { 1.0 };
            let breaks = math::sigmoid(-3.8 + 2.5 * (1.0 - entry[STABILITY]) + wear);
            let tick = YIELD * tool * richness * left * worth - breaks * FRACTURE_COST;
            self.yields[slot] = tick;
            place.ore += tick.max(0.0) / (breaks + 0.01 * YIELD * tool * richness);
            place.best = place.best.max(tick);
        }
    }

    fn show(&self, seen: Seen<'_>, features: &mut [f32; LOGBOOK_SIZE]) {
        let map = &self.map;
        let place = map.here();
        let (ways, rest) = features.split_at_mut(WAY * EDGE_SLOTS);
        ways.copy_from_slice(map.ways.as_flattened());
        let (richness, rest) = rest.split_at_mut(ASTEROID_SLOTS);
        let (worth, rest) = rest.split_at_mut(ASTEROID_SLOTS);
        for slot in 0..ASTEROID_SLOTS {
            richness[slot] = place.richness[slot] / 4.0;
            worth[slot] = (self.yields[slot] / 150.0).clamp(-1.0, 2.0);
        }
        let (price, rest) = rest.split_at_mut(COMMODITIES);
        for c in 0..COMMODITIES {
            price[c] = self.price[c] / BASE_PRICE[c] - 1.0;
        }
        let selected = match seen.asteroids().get(usize::from(self.selected)) {
            None => [0.0; 4],
            Some(entry) => {
                let slot = usize::from(self.selected);
                [worth[slot], entry[STABILITY], entry[DEPLETION], richness[slot]]
            }
        };
        let (hold, alert) = (seen.hold(), seen.alert());
        let value = worth::value(&hold, &self.price);
        let robbery = worth::robbery(value, alert);
        let unseen = place.unseen_ways();
        rest.copy_from_slice(&[
            (place.home_ticks / 32.0).min(1.0),
            (place.home_fuel / 1000.0).min(1.0),
            selected[0],
            selected[1],
            selected[2],
            selected[3],
            (value / 10_000.0).min(2.0),
            (seen.credits() / 2_000.0).min(1.0),
            (place.ore / 8000.0).min(2.0),
            (place.best / 150.0).min(2.0),
            (self.steps_away as f32 / 200.0).min(1.0),
            unseen as f32 / 6.0,
            math::ln1p(value / 1000.0).min(2.0),
            (robbery / 100.0).min(2.0),
            ((place.best - robbery) / 100.0).clamp(-2.0, 2.0),
            (alert / 25.0).min(2.0),
            (worth::refining_gain(&hold, &self.price) / 500.0).clamp(-1.0, 1.0),
            ((map.ore_elsewhere + place.ore) / 80_000.0).min(2.0),
            ((map.unseen_elsewhere as usize + unseen) as f32 / 16.0).min(2.0),
            map.visited.count_ones() as f32 / 32.0,
            (self.since_high as f32 / 400.0).min(2.0),
            show_credits(place.gain()),
        ]);
    }
}
