//! What a ship can know beyond its present observation: features of all that it has seen in this episode.
//!
//! An observation names the node where the ship is, not those around it, and shows estimates, not what mining has proved. A
//! logbook reads one observation after the other, and nothing else: where edges lead once they were travelled, how
//! much ore was left where the ship has been, how rich an asteroid turned out, prices above what the observation can show.

use prospector_core::constants::{ASTEROID_SLOTS, COMMODITIES};
use prospector_core::{Action, MineMode};

use crate::map::Map;
use crate::market::{follow_price, ore_prices};
use crate::mining::{DepletionChange, Deposit, mined_richness, unit_value};
use crate::observation::{COMPOSITION, CONFIDENCE, DEPLETION, EXISTS, ObservationView, SELECTED, STABILITY};

/// `selected` of a ship that has selected nothing.
pub(crate) const NOTHING: u8 = ASTEROID_SLOTS as u8;

/// The log of one episode.
#[derive(Clone)]
pub struct Logbook {
    pub(crate) map: Map,
    pub(crate) price: [f32; COMMODITIES],
    /// By asteroid, in the last observation.
    pub(crate) depletion: [f32; ASTEROID_SLOTS],
    /// Credits that a tick of mining brings from each asteroid here, on average.
    pub(crate) yields: [f32; ASTEROID_SLOTS],
    /// Shares of a full hold, in the last observation.
    pub(crate) hold: [f32; COMMODITIES],
    /// The asteroid slot, or [`NOTHING`].
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
    /// A log that knows nothing.
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

    /// Forgets the last episode and reads the first observation of another one.
    pub(crate) fn start(&mut self, obs: ObservationView<'_>) {
        *self = Self::new();
        self.price = std::array::from_fn(|c| obs.shown_price(c));
        self.read(None, obs);
    }

    /// Reads what `action` led to.
    pub(crate) fn advance(&mut self, action: u8, obs: ObservationView<'_>) {
        self.price = std::array::from_fn(|c| follow_price(self.price[c], obs, c));
        self.since_high = self.since_high.saturating_add(1);
        self.read(Action::decode(action), obs);
    }

    fn read(&mut self, action: Option<Action>, obs: ObservationView<'_>) {
        let arrived = obs.node() != self.map.node;
        if arrived {
            let by = if let Some(Action::Travel { slot }) = action { Some(usize::from(slot)) } else { None };
            self.map.arrive(obs.node(), by, obs);
        } else if let Some(Action::Mine(mode)) = action {
            self.learn_from_mining(mode, obs);
        }
        self.steps_away = if obs.at_station() { 0 } else { self.steps_away + 1 };
        let credits = obs.credits();
        if credits > self.high * 1.0001 + 1.0 {
            (self.high, self.since_high) = (credits, 0);
        }
        self.survey(obs);
        if arrived {
            self.map.weigh_edges();
        }
        self.tool = obs.tool_share();
        self.hold = obs.hold_shares();
        self.full = obs.cargo_share() > 0.999;
    }

    /// A tick of mining proves how rich an asteroid is, and what it is made of.
    fn learn_from_mining(&mut self, mode: MineMode, obs: ObservationView<'_>) {
        let slot = usize::from(self.selected);
        if slot == ASTEROID_SLOTS {
            return;
        }
        let (before, after) = (self.depletion[slot], obs.asteroids()[slot][DEPLETION]);
        if self.full || after >= 1.0 || after <= before {
            return;
        }
        let place = self.map.here_mut();
        let known = place.richness[slot];
        place.richness[slot] = mined_richness(known, mode, self.tool, DepletionChange { before, after });
        let hold = obs.hold_shares();
        let gained: [f32; COMMODITIES] = std::array::from_fn(|c| hold[c] - self.hold[c]);
        let all: f32 = gained.iter().sum();
        // Mining takes everything in its true proportion, unless pirates came in the same tick.
        if all > 1e-4 && gained.iter().all(|gain| *gain >= 0.0) {
            place.composition[slot] = gained.map(|gain| gain / all);
        }
    }

    /// Reckons what a tick of mining brings from each asteroid here, in credits, and keeps what is to be known elsewhere.
    fn survey(&mut self, obs: ObservationView<'_>) {
        let prices = ore_prices(&self.price);
        let place = self.map.here_mut();
        self.selected = NOTHING;
        self.yields = [0.0; ASTEROID_SLOTS];
        (place.ore, place.best) = (0.0, 0.0);
        for (slot, entry) in obs.asteroids().iter().enumerate() {
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
            let proved = &place.composition[slot];
            let unit_value = if proved.iter().any(|share| *share > 0.0) {
                unit_value(&prices, proved, 1.0)
            } else {
                let estimated = std::array::from_fn(|c| entry[COMPOSITION + c]);
                unit_value(&prices, &estimated, entry[CONFIDENCE])
            };
            let richness = if place.richness[slot] > 0.0 { place.richness[slot] } else { 1.0 };
            let deposit = Deposit { unit_value, richness, left, stability: entry[STABILITY] };
            let forecast = deposit.forecast(obs.tool_share());
            self.yields[slot] = forecast.credits;
            place.ore += forecast.credits.max(0.0) / forecast.end_chance;
            place.best = place.best.max(forecast.credits);
        }
    }
}
