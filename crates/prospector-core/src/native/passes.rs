//! What a step does to all envs of a block, over lanes: the passing of time, the end and the reward (rules 4.5 to 5).

use super::block::Block;
use super::context::StepContext;
use super::env::Env;
use super::lane_rng::LaneRng;
use super::lanes::{lanes_of, load, nonzero, sum, sum_of_products};
use crate::constants::{
    ALERT_MAX, BASE_PRICE, CARGO_MAX, COMMODITIES, FUEL_MAX, HAZARD_ALERT, HAZARD_DAMAGE, HAZARD_HEAT,
    HEAT_DISSIPATION, HEAT_MAX, HULL_MAX, INVALID_ACTION_PENALTY, MAX_PRICE, MIN_PRICE, OVERHEAT_DAMAGE, TOOL_MAX,
};
use crate::end::{CASHED_OUT, DESTROYED, STRANDED, TERMINATED, TRUNCATED};
use crate::hazards::Danger;
use crate::math;
use prospector_simd::{LANES, Vector};

/// What the reward compares the state after the step with.
pub(crate) struct Before<V: Vector> {
    credits: V,
    fuel: V,
    hull: V,
    tool: V,
    value_lost: V,
    cargo_value: V,
}

impl<V: Vector> Before<V> {
    #[inline(always)]
    pub fn of(block: &Block) -> Self {
        Self {
            credits: V::load(&block.credits),
            fuel: V::load(&block.fuel),
            hull: V::load(&block.hull),
            tool: V::load(&block.tool),
            value_lost: V::load(&block.value_lost),
            cargo_value: sum_of_products(&block.cargo, &block.price),
        }
    }
}

/// HOLD_DRIFT in the lanes of each round.
#[inline(always)]
pub(crate) fn drift<V: Vector>(block: &mut Block, rounds: [u16; 2]) {
    let (mut alert, mut heat) = (V::load(&block.alert), V::load(&block.heat));
    let zero = V::of(0.0);
    for lanes in rounds {
        let drifting = V::mask(lanes);
        alert = V::choose(drifting, math::max(zero, alert - 3.0), alert);
        heat = V::choose(drifting, math::max(zero, heat - HEAT_DISSIPATION), heat);
    }
    alert.store(&mut block.alert);
    heat.store(&mut block.heat);
}

/// Lets time pass (rules 4.5, 1 to 4).
#[inline(always)]
pub(crate) fn pass_time<V: Vector>(block: &mut Block, dt: V) {
    (V::load(&block.time_remaining) - dt).store(&mut block.time_remaining);
    let heat = math::max(V::of(0.0), V::load(&block.heat) - dt * HEAT_DISSIPATION);
    let hot = V::of(HEAT_MAX).less(heat);
    let hull = V::load(&block.hull);
    V::choose(hot, hull - (heat - HEAT_MAX) * OVERHEAT_DAMAGE, hull).store(&mut block.hull);
    V::choose(hot, V::of(HEAT_MAX), heat).store(&mut block.heat);
    for lane in lanes_of(V::mask_bits(hot)) {
        block.overheat_ticks[lane] = block.overheat_ticks[lane].wrapping_add(u32::from(block.dt[lane]));
    }
    for i in 0..LANES {
        block.ticks[i] = block.ticks[i].wrapping_add(u32::from(block.dt[i]));
    }
    for i in 0..LANES {
        block.escape_buff[i] = block.escape_buff[i].saturating_sub(block.dt[i]);
    }
    let stabilized = block.stabilize_buff.as_flattened().iter().fold(0, |any, buff| any | buff);
    if stabilized != 0 {
        for (buffs, dt) in block.stabilize_buff.iter_mut().zip(&block.dt) {
            for buff in buffs {
                *buff = buff.saturating_sub(*dt);
            }
        }
    }
}

/// Exposes the ships to their nodes: hazards and pirates (rules 4.5.5 and 4.6).
#[inline(always)]
pub(crate) fn expose_to_nodes<V: Vector>(block: &mut Block, context: &mut StepContext<'_>, dt: V, active: u16) {
    let away = nonzero(&block.node);
    if away == 0 {
        return;
    }
    let mut draws = LaneRng::<V>::new(&block.rng_state, &block.rng_inc);
    let hazard = V::load(&block.hazard);
    let exposed = V::mask(V::mask_bits(V::of(0.0).less(hazard)) & away);
    let spread = draws.unit_where(exposed) * (1.2 - 0.8) + 0.8;
    let (hull, heat, alert) = (V::load(&block.hull), V::load(&block.heat), V::load(&block.alert));
    let suffered = dt * hazard;
    V::choose(exposed, hull - suffered * HAZARD_DAMAGE * spread, hull).store(&mut block.hull);
    V::choose(exposed, heat + suffered * HAZARD_HEAT, heat).store(&mut block.heat);
    let alert = V::choose(exposed, alert + suffered * HAZARD_ALERT, alert);
    alert.store(&mut block.alert);

    let value = sum_of_products::<V>(&block.cargo, &block.price);
    let wariness = math::clamp(alert / 100.0, 0.0, 1.0);
    let logit = V::load(&block.pirate) * 3.0 + -4.0 + wariness * 2.2 + math::ln1p(value / 1000.0) * 0.8;
    let logit = V::choose(V::mask(nonzero(&block.escape_buff)), logit - 2.8, logit);
    let one = V::of(1.0);
    let p = one - math::pow_int(one - math::sigmoid(logit), dt);
    let come = V::mask_bits(draws.unit_where(V::mask(away)).less(p)) & away;
    V::store_words(draws.state, &mut block.rng_state);
    if come & active != 0 {
        let mut values = [0.0; LANES];
        value.store(&mut values);
        for lane in lanes_of(come & active) {
            Env::new(block, &mut context.worlds[lane], lane).meet_pirates(values[lane], &mut ());
        }
    }
}

/// Advances the markets (rules 4.5.6), in the order of [`crate::market::Market::advance`].
#[inline(always)]
pub(crate) fn advance_markets<V: Vector>(block: &mut Block, dt: V) {
    const DECAY: [f32; 16] = {
        let mut table = [0.0; 16];
        let mut dt = 1;
        while dt < 16 {
            table[dt] = math::DECAY14[if dt < 8 { dt - 1 } else { 7 }];
            dt += 1;
        }
        table
    };
    let mut draws = LaneRng::<V>::new(&block.rng_state, &block.rng_inc);
    let mut ticks = [0.0; LANES];
    for i in 0..LANES {
        ticks[i] = block.ticks[i] as f32;
    }
    let turned = V::load(&ticks) * math::TWO_PI;
    let root_dt = dt.sqrt();
    let decay = V::look_up(&DECAY, &block.dt);
    for c in 0..COMMODITIES {
        let noise = draws.normal(root_dt * (0.03 * BASE_PRICE[c]));
        let season = V::load(&block.amp[c]) * math::sin(turned / V::load(&block.period[c]) + V::load(&block.phase[c]));
        let (inventory, sales) = (V::load(&block.inventory[c]), V::load(&block.recent_sales[c]));
        let price = season + BASE_PRICE[c] - inventory * 0.04 - sales * 0.05 + noise;
        block.prev_price[c] = block.price[c];
        math::clamp(price, MIN_PRICE[c], MAX_PRICE[c]).store(&mut block.price[c]);
        (sales * decay).store(&mut block.recent_sales[c]);
        (inventory * 0.998).store(&mut block.inventory[c]);
    }
    V::store_words(draws.state, &mut block.rng_state);
}

/// Clamps all quantities (rules 4.5.7). Returns the units of cargo.
#[inline(always)]
pub(crate) fn clamp_quantities<V: Vector>(block: &mut Block, time_max: f32) -> V {
    for (quantity, most) in [
        (&mut block.fuel, FUEL_MAX),
        (&mut block.hull, HULL_MAX),
        (&mut block.heat, HEAT_MAX),
        (&mut block.tool, TOOL_MAX),
        (&mut block.alert, ALERT_MAX),
        (&mut block.time_remaining, time_max),
    ] {
        math::clamp(V::load(quantity), 0.0, most).store(quantity);
    }
    let mut cargo: [V; COMMODITIES] = load(&block.cargo);
    for quantity in &mut cargo {
        *quantity = math::clamp(*quantity, 0.0, CARGO_MAX);
    }
    let mut units = sum(cargo);
    let over = V::of(CARGO_MAX).less(units);
    if V::mask_bits(over) != 0 {
        // A product with 1 changes no bit.
        let scale = V::choose(over, V::of(CARGO_MAX) / units, V::of(1.0));
        for quantity in &mut cargo {
            *quantity = *quantity * scale;
        }
        units = sum(cargo);
    }
    for (quantity, row) in cargo.into_iter().zip(&mut block.cargo) {
        quantity.store(row);
    }
    units
}

/// Finds which episodes have ended (rules 4.7).
#[inline(always)]
pub(crate) fn close(block: &mut Block) {
    for i in 0..LANES {
        let cashed_out = block.end[i] & CASHED_OUT;
        let destroyed = if block.hull[i] <= 0.0 { DESTROYED } else { 0 };
        let stranded = if block.fuel[i] <= 0.0 && block.node[i] != 0 { STRANDED } else { 0 };
        let causes = cashed_out | destroyed | stranded;
        let over = if block.time_remaining[i] <= 0.0 { TRUNCATED } else { 0 };
        block.end[i] = if causes != 0 { causes | TERMINATED } else { over };
    }
}

/// Computes the reward (rules 5), term by term as [`crate::reward`].
#[inline(always)]
pub(crate) fn reward<V: Vector>(block: &mut Block, before: &Before<V>, dt: V) {
    let gain = |now: V, then: V| math::max(V::of(0.0), now - then);
    let when = |lanes: u16, reward: V, term: V| V::choose(V::mask(lanes), reward + term, reward);
    let cargo_value = sum_of_products::<V>(&block.cargo, &block.price);
    let credits = V::load(&block.credits);
    let hot = math::max(V::of(0.0), V::load(&block.heat) - 70.0) / 100.0;
    let mut reward = (credits - before.credits) / 1000.0;
    reward = reward + gain(cargo_value, before.cargo_value) * 0.02 / 1000.0;
    reward = reward + gain(before.fuel, V::load(&block.fuel)) * -0.10 / 100.0;
    reward = reward + dt * -0.001;
    reward = reward + gain(before.tool, V::load(&block.tool)) * -0.05 / 10.0;
    reward = reward + (hot * hot) * -0.20;
    reward = reward + gain(before.hull, V::load(&block.hull)) * -1.0 / 10.0;
    let (mut scans, mut invalid) = ([0; LANES], [0; LANES]);
    let (mut stranded, mut destroyed) = ([0; LANES], [0; LANES]);
    for i in 0..LANES {
        scans[i] = u8::from(block.action[i].wrapping_sub(8) <= 2);
        invalid[i] = u8::from(block.invalid[i]);
        stranded[i] = block.end[i] & STRANDED;
        destroyed[i] = block.end[i] & DESTROYED;
    }
    reward = when(nonzero(&scans), reward, V::of(-0.005));
    reward = when(nonzero(&invalid), reward, V::of(-INVALID_ACTION_PENALTY));
    reward = reward + (V::load(&block.value_lost) - before.value_lost) * -1.0 / 1000.0;
    let ended = nonzero(&block.end);
    if ended != 0 {
        let (stranded, destroyed) = (nonzero(&stranded), nonzero(&destroyed));
        reward = when(stranded, reward, V::of(-50.0));
        reward = when(destroyed, reward, V::of(-100.0));
        reward = when(ended & !stranded & !destroyed, reward, credits * 0.002 / 1000.0);
    }
    reward.store(&mut block.reward);
}
