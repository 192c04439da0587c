//! One step of a block, in the order of rules 4 and 5. The action's own part runs env by env, in the code of [`Episode`];
//! everything that happens to all envs runs over lanes.

use super::block::Block;
use super::generate;
use super::lanes::{F, LANES, draw_where, draws, lanes_of, normals, sines, sums, sums_of_products};
use super::observe::{self, Changed};
use super::survey;
use crate::actions::{Action, HOLD_DRIFT, ScanMode, is_about_the_belt};
use crate::constants::{
    ALERT_MAX, BASE_PRICE, CARGO_MAX, COMMODITIES, FUEL_MAX, HAZARD_ALERT, HAZARD_DAMAGE, HAZARD_HEAT,
    HEAT_DISSIPATION, HEAT_MAX, HULL_MAX, INVALID_ACTION_PENALTY, MAX_PRICE, MIN_PRICE, NUM_ACTIONS, OVERHEAT_DAMAGE,
    TOOL_MAX,
};
use crate::episode::Episode;
use crate::math;
use crate::rng::to_unit;
use crate::world::World;

/// What a step of a block works with besides the block.
pub(crate) struct Bench<'a> {
    /// Where a lane is loaded to run the code of a single episode; its world is lent for the time.
    pub episode: &'a mut Episode,
    pub worlds: &'a mut [World],
    /// What each observation has to show anew.
    pub changed: &'a mut [Changed; LANES],
}

/// A step of a block whose actions are done.
pub(crate) struct Begun {
    pub active: u16,
    /// How often each lane then holds and drifts.
    drifts: [u8; LANES],
    before: Before,
}

/// What the reward compares the state after the step with.
struct Before {
    credits: F,
    fuel: F,
    hull: F,
    tool: F,
    value_lost: F,
    cargo_value: F,
}

/// Does the actions of the lanes that `active` names, all of them running.
#[inline(always)]
pub(crate) fn begin(block: &mut Block, bench: &mut Bench<'_>, actions: &[u8], active: u16) -> Begun {
    let before = Before {
        credits: block.credits,
        fuel: block.fuel,
        hull: block.hull,
        tool: block.tool,
        value_lost: block.value_lost,
        cargo_value: sums_of_products(&block.cargo, &block.price),
    };
    let mut drifts = [0; LANES];
    for lane in lanes_of(active) {
        drifts[lane] = act(block, bench, lane, actions[lane]);
    }
    Begun { active, drifts, before }
}

/// Does the rest of the step. `bystanders` is the block as it was, if some of its envs take no part: they end up as they were.
/// Lanes beyond the last env go through the passes too, and nobody looks at them.
#[inline(always)]
pub(crate) fn finish(
    block: &mut Block,
    bench: &mut Bench<'_>,
    begun: &Begun,
    bystanders: Option<&Block>,
) -> observe::Shown {
    drift(block, &begun.drifts);
    pass_time(block);
    expose_to_nodes(block, bench, begun.active);
    advance_markets(block);
    let total = clamp_quantities(block, bench.episode.time_max);
    close(block);
    let shown = observe::Shown { cargo_share: shares(&total) };
    for i in 0..LANES {
        block.utilization_sum[i] += shown.cargo_share[i] * f32::from(block.dt[i]);
    }
    reward(block, &begun.before);
    if let Some(bystanders) = bystanders {
        for lane in lanes_of(!begun.active).take_while(|lane| *lane < bench.worlds.len()) {
            block.copy_lane(bystanders, lane, bench.episode);
        }
    }
    shown
}

/// Does what is the action's own; returns how often the lane then holds and drifts.
#[inline(always)]
fn act(block: &mut Block, bench: &mut Bench<'_>, lane: usize, code: u8) -> u8 {
    let known = usize::from(code) < NUM_ACTIONS;
    let resolved = if known { code } else { HOLD_DRIFT };
    let valid = block.standing(lane).allows(code);
    block.action[lane] = resolved;
    block.invalid[lane] = !valid;
    block.dt[lane] = 1;
    match (valid, code) {
        (true, HOLD_DRIFT) => 1,
        (false, 9 | 10) | (true, _) => {
            act_alone(block, bench, lane, code, valid);
            0
        }
        (false, _) => 1 + u8::from(!known),
    }
}

/// The action in the code of [`Episode`]. What it does not touch is not loaded.
#[inline(always)]
fn act_alone(block: &mut Block, bench: &mut Bench<'_>, lane: usize, code: u8, valid: bool) {
    let Some(action) = Action::decode(code) else { return };
    let episode = &mut *bench.episode;
    block.load_ship(lane, episode);
    let trades = matches!(action, Action::Travel { .. } | Action::Sell { .. });
    if trades {
        block.load_trade(lane, episode);
    }
    if !valid {
        episode.execute_invalid(action);
    } else if is_about_the_belt(code) {
        bench.changed[lane] = Changed::by(action, block.selected[lane]);
        std::mem::swap(&mut episode.world, &mut bench.worlds[lane]);
        block.dt[lane] = act_in_the_belt(episode, action);
        if matches!(action, Action::Travel { .. } | Action::Mine(_)) {
            block.see_node(lane, episode);
        }
        std::mem::swap(&mut episode.world, &mut bench.worlds[lane]);
    } else {
        bench.changed[lane] = Changed::by(action, block.selected[lane]);
        block.dt[lane] = episode.execute(action, &mut ());
        if trades {
            block.store_trade(lane, episode);
        }
        if std::mem::take(&mut episode.end.cashed_out) {
            block.end[lane] = CASHED_OUT;
        }
    }
    block.store_ship(lane, episode);
}

/// With the world of the lane on the bench.
#[inline(always)]
fn act_in_the_belt(episode: &mut Episode, action: Action) -> u8 {
    match action {
        Action::Scan(ScanMode::Wide) => survey::wide_scan(episode),
        Action::Travel { slot } => {
            let to = episode.node().edges[usize::from(slot)].as_ref().map_or(0, |edge| edge.to);
            if let Some(node) = episode.world.undrawn(to) {
                let slots = generate::asteroids(node);
                episode.world.place(to, slots);
            }
            episode.execute(action, &mut ())
        }
        Action::ThreatListen => survey::listen(episode),
        _ => episode.execute(action, &mut ()),
    }
}

/// HOLD_DRIFT, as often as each lane asks.
#[inline(always)]
fn drift(block: &mut Block, times: &[u8; LANES]) {
    for round in 0..2 {
        for i in 0..LANES {
            let alert = math::max(0.0, block.alert[i] - 3.0);
            let heat = math::max(0.0, block.heat[i] - HEAT_DISSIPATION);
            block.alert[i] = if times[i] > round { alert } else { block.alert[i] };
            block.heat[i] = if times[i] > round { heat } else { block.heat[i] };
        }
    }
}

/// Rules 4.5, 1 to 4.
#[inline(always)]
fn pass_time(block: &mut Block) {
    for i in 0..LANES {
        let dt = f32::from(block.dt[i]);
        block.time_remaining[i] -= dt;
        let heat = math::max(0.0, block.heat[i] - HEAT_DISSIPATION * dt);
        let hot = heat > HEAT_MAX;
        let hull = block.hull[i] - OVERHEAT_DAMAGE * (heat - HEAT_MAX);
        block.hull[i] = if hot { hull } else { block.hull[i] };
        block.heat[i] = if hot { HEAT_MAX } else { heat };
        let overheat = if hot { u32::from(block.dt[i]) } else { 0 };
        block.overheat_ticks[i] = block.overheat_ticks[i].wrapping_add(overheat);
        block.ticks[i] = block.ticks[i].wrapping_add(u32::from(block.dt[i]));
    }
    for i in 0..LANES {
        block.escape_buff[i] = block.escape_buff[i].saturating_sub(block.dt[i]);
    }
    for (buffs, dt) in block.stabilize_buff.iter_mut().zip(&block.dt) {
        for buff in buffs {
            *buff = buff.saturating_sub(*dt);
        }
    }
}

/// Rules 4.5.5 and 4.6.
#[inline(always)]
fn expose_to_nodes(block: &mut Block, bench: &mut Bench<'_>, active: u16) {
    let (mut away, mut hazardous) = ([0u64; LANES], [0u64; LANES]);
    for i in 0..LANES {
        away[i] = if block.node[i] != 0 { u64::MAX } else { 0 };
        hazardous[i] = if block.hazard[i] > 0.0 { away[i] } else { 0 };
    }
    let drawn = draw_where(&hazardous, &mut block.rng_state, &block.rng_inc);
    for i in 0..LANES {
        let (dt, hazard) = (f32::from(block.dt[i]), block.hazard[i]);
        let spread = 0.8 + (1.2 - 0.8) * to_unit(drawn[i]);
        let exposed = hazard > 0.0 && block.node[i] != 0;
        let hull = block.hull[i] - dt * hazard * HAZARD_DAMAGE * spread;
        let heat = block.heat[i] + dt * hazard * HAZARD_HEAT;
        let alert = block.alert[i] + dt * hazard * HAZARD_ALERT;
        block.hull[i] = if exposed { hull } else { block.hull[i] };
        block.heat[i] = if exposed { heat } else { block.heat[i] };
        block.alert[i] = if exposed { alert } else { block.alert[i] };
    }
    let value = sums_of_products(&block.cargo, &block.price);
    let drawn = draw_where(&away, &mut block.rng_state, &block.rng_inc);
    let mut come = [0u32; LANES];
    for i in 0..LANES {
        let alert = math::clamp(block.alert[i] / 100.0, 0.0, 1.0);
        let logit = -4.0 + 3.0 * block.pirate[i] + 2.2 * alert + 0.8 * math::ln1p(value[i] / 1000.0);
        let logit = if block.escape_buff[i] > 0 { logit - 2.8 } else { logit };
        let p = 1.0 - math::pow_int(1.0 - math::sigmoid(logit), i32::from(block.dt[i]));
        come[i] = u32::from(block.node[i] != 0) & u32::from(to_unit(drawn[i]) < p);
    }
    let met = come.iter().enumerate().fold(0, |bits, (i, come)| bits | (*come as u16) << i);
    for lane in lanes_of(met & active) {
        block.load_ship(lane, bench.episode);
        block.load_trade(lane, bench.episode);
        bench.episode.meet_pirates(value[lane], &mut ());
        block.store_ship(lane, bench.episode);
    }
}

/// Rules 4.5.6, in the order of [`crate::market::Market::advance`].
#[inline(always)]
fn advance_markets(block: &mut Block) {
    let drawn: [[u32; LANES]; 2 * COMMODITIES] = draws(&mut block.rng_state, &block.rng_inc);
    let (mut t, mut root_dt, mut decay) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    for i in 0..LANES {
        t[i] = block.ticks[i] as f32;
        root_dt[i] = f32::from(block.dt[i]).sqrt();
    }
    for i in 0..LANES {
        decay[i] = math::decay14(i32::from(block.dt[i]));
    }
    for c in 0..COMMODITIES {
        let noise = normals(&drawn[2 * c], &drawn[2 * c + 1], |_| 0.0, |i| 0.03 * BASE_PRICE[c] * root_dt[i]);
        let mut angle = [0.0; LANES];
        for i in 0..LANES {
            angle[i] = math::TWO_PI * t[i] / block.period[c][i] + block.phase[c][i];
        }
        let sine = sines(&angle, 0);
        block.prev_price[c] = block.price[c];
        for i in 0..LANES {
            let season = block.amp[c][i] * sine[i];
            let price =
                BASE_PRICE[c] + season - 0.04 * block.inventory[c][i] - 0.05 * block.recent_sales[c][i] + noise[i];
            block.price[c][i] = math::clamp(price, MIN_PRICE[c], MAX_PRICE[c]);
            block.recent_sales[c][i] *= decay[i];
            block.inventory[c][i] *= 0.998;
        }
    }
}

/// Rules 4.5.7; returns the units of cargo.
#[inline(always)]
fn clamp_quantities(block: &mut Block, time_max: f32) -> F {
    for i in 0..LANES {
        block.fuel[i] = math::clamp(block.fuel[i], 0.0, FUEL_MAX);
        block.hull[i] = math::clamp(block.hull[i], 0.0, HULL_MAX);
        block.heat[i] = math::clamp(block.heat[i], 0.0, HEAT_MAX);
        block.tool[i] = math::clamp(block.tool[i], 0.0, TOOL_MAX);
        block.alert[i] = math::clamp(block.alert[i], 0.0, ALERT_MAX);
        block.time_remaining[i] = math::clamp(block.time_remaining[i], 0.0, time_max);
    }
    for cargo in &mut block.cargo {
        for quantity in cargo {
            *quantity = math::clamp(*quantity, 0.0, CARGO_MAX);
        }
    }
    let total = sums(&block.cargo);
    let mut scale = [1.0; LANES]; // a product with it changes no bit
    for i in 0..LANES {
        scale[i] = if total[i] > CARGO_MAX { CARGO_MAX / total[i] } else { 1.0 };
    }
    for cargo in &mut block.cargo {
        for i in 0..LANES {
            cargo[i] *= scale[i];
        }
    }
    sums(&block.cargo)
}

/// The share of each hold in use.
#[inline(always)]
fn shares(total: &F) -> F {
    let mut share = [0.0; LANES];
    for i in 0..LANES {
        share[i] = math::clamp(total[i] / CARGO_MAX, 0.0, 1.0);
    }
    share
}

const TERMINATED: u8 = 1;
const TRUNCATED: u8 = 2;
const DESTROYED: u8 = 4;
const STRANDED: u8 = 8;
const CASHED_OUT: u8 = 16;

/// Rules 4.7.
#[inline(always)]
fn close(block: &mut Block) {
    for i in 0..LANES {
        let cashed_out = block.end[i] & CASHED_OUT;
        let destroyed = if block.hull[i] <= 0.0 { DESTROYED } else { 0 };
        let stranded = if block.fuel[i] <= 0.0 && block.node[i] != 0 { STRANDED } else { 0 };
        let causes = cashed_out | destroyed | stranded;
        let over = if block.time_remaining[i] <= 0.0 { TRUNCATED } else { 0 };
        block.end[i] = if causes != 0 { causes | TERMINATED } else { over };
    }
}

/// Rules 5, term by term as [`crate::reward`].
#[inline(always)]
#[expect(clippy::neg_multiply, reason = "each term is written as the rules write it")]
fn reward(block: &mut Block, before: &Before) {
    let cargo_value = sums_of_products(&block.cargo, &block.price);
    for i in 0..LANES {
        let gain = |now: f32, then: f32| math::max(0.0, now - then);
        let when = |condition: bool, reward: f32, term: f32| if condition { reward + term } else { reward };
        let (stranded, destroyed) = (block.end[i] & STRANDED != 0, block.end[i] & DESTROYED != 0);
        let hot = math::max(0.0, block.heat[i] - 70.0) / 100.0;
        let mut reward = (block.credits[i] - before.credits[i]) / 1000.0;
        reward += 0.02 * gain(cargo_value[i], before.cargo_value[i]) / 1000.0;
        reward += -0.10 * gain(before.fuel[i], block.fuel[i]) / 100.0;
        reward += -0.001 * f32::from(block.dt[i]);
        reward += -0.05 * gain(before.tool[i], block.tool[i]) / 10.0;
        reward += -0.20 * (hot * hot);
        reward += -1.0 * gain(before.hull[i], block.hull[i]) / 10.0;
        reward = when(block.action[i].wrapping_sub(8) <= 2, reward, -0.005);
        reward = when(block.invalid[i], reward, -INVALID_ACTION_PENALTY);
        reward += -1.0 * (block.value_lost[i] - before.value_lost[i]) / 1000.0;
        reward = when(stranded, reward, -50.0);
        reward = when(destroyed, reward, -100.0);
        let bonus = block.end[i] != 0 && !stranded && !destroyed;
        block.reward[i] = when(bonus, reward, 0.002 * block.credits[i] / 1000.0);
    }
}
