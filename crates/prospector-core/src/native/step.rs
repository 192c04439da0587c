//! One step of a block, in the order of rules 4 and 5. What an action does to its own env runs env by env, in the code of [`Execute`].
//! Selections are done here: they are so many and so short that finding the code of each costs more. What happens to all envs
//! runs over lanes, in [`super::passes`].

use super::block::Block;
use super::context::{Changed, StepContext};
use super::env::Env;
use super::lanes::{lanes_of, nonzero};
use super::observe::Shown;
use super::passes::{self, Before};
use super::survey;
use crate::action::{Action, FIRST_SELECT, HOLD_DRIFT, ScanMode, is_about_the_belt};
use crate::constants::{ASTEROID_SLOTS, CARGO_MAX, NUM_ACTIONS};
use crate::effects::Execute;
use crate::math;
use crate::prospecting::Prospect;
use prospector_simd::{LANES, Vector};

/// The actions of a block before they are done. Bit `i` of a set of lanes is lane `i`.
pub(crate) struct DecodedActions {
    /// The code of each lane, HOLD_DRIFT beyond the last env.
    pub codes: [u8; LANES],
    /// The lanes whose action is valid.
    pub valid: u16,
    /// Those of them whose action reads or changes the world.
    pub about_the_belt: u16,
}

impl DecodedActions {
    /// Decodes the actions of a block. `codes` may be fewer than its lanes.
    #[inline(always)]
    pub fn new(block: &Block, codes: &[u8]) -> Self {
        let mut actions = Self::default();
        actions.codes[..codes.len()].copy_from_slice(codes);
        actions.valid = block.valid(&actions.codes);
        let mut about = [0; LANES];
        for (about, code) in about.iter_mut().zip(actions.codes) {
            *about = u8::from(is_about_the_belt(code));
        }
        actions.about_the_belt = nonzero(&about) & actions.valid;
        actions
    }
}

impl Default for DecodedActions {
    fn default() -> Self {
        Self { codes: [HOLD_DRIFT; LANES], valid: 0, about_the_belt: 0 }
    }
}

/// A step of a block whose actions are done.
pub(crate) struct PendingStep<V: Vector> {
    /// The lanes that take part in the step.
    pub active: u16,
    /// The lanes that hold and drift, and those that do so a second time.
    drifts: [u16; 2],
    before: Before<V>,
}

const FOCUSED_SCAN: u8 = Action::Scan(ScanMode::Focused).code();
const DEEP_SCAN: u8 = Action::Scan(ScanMode::Deep).code();

/// Does the actions of the lanes that `active` names, all of them running.
#[inline(always)]
pub(crate) fn begin<V: Vector>(
    block: &mut Block,
    context: &mut StepContext<'_>,
    actions: &DecodedActions,
    active: u16,
) -> PendingStep<V> {
    let before = Before::of(block);
    let DecodedActions { codes, valid, .. } = *actions;
    let [mut holds, mut unknown, mut blind_scans, mut selects] = [[0; LANES]; 4];
    for i in 0..LANES {
        let known = codes[i] < NUM_ACTIONS as u8;
        unknown[i] = u8::from(!known);
        holds[i] = u8::from(codes[i] == HOLD_DRIFT);
        blind_scans[i] = u8::from(codes[i] == FOCUSED_SCAN || codes[i] == DEEP_SCAN);
        selects[i] = u8::from(codes[i].wrapping_sub(FIRST_SELECT) < ASTEROID_SLOTS as u8);
        block.action[i] = if known { codes[i] } else { HOLD_DRIFT };
        block.invalid[i] = valid >> i & 1 == 0;
        block.dt[i] = 1;
    }
    let holds = nonzero(&holds);
    let selects = nonzero(&selects) & valid;
    for lane in lanes_of(selects & active) {
        context.changed[lane] = Changed::Selection(block.selected[lane]);
        block.selected[lane] = codes[lane] - FIRST_SELECT;
        block.update_allowed(lane);
    }
    let alone = (valid & !holds & !selects) | (!valid & nonzero(&blind_scans));
    for lane in lanes_of(alone & active) {
        act::<V>(block, context, lane, codes[lane], valid >> lane & 1 == 1);
    }
    PendingStep { active, drifts: [!valid | holds, nonzero(&unknown)], before }
}

/// Does the rest of the step. `saved` is the block as it was before the step, if some of its envs take no part: they are put back.
/// Lanes beyond the last env go through the passes too, and nobody looks at them.
#[inline(always)]
pub(crate) fn finish<V: Vector>(
    block: &mut Block,
    context: &mut StepContext<'_>,
    pending: &PendingStep<V>,
    saved: Option<&Block>,
) -> Shown<V> {
    let dt = V::of_bytes(&block.dt);
    passes::drift::<V>(block, pending.drifts);
    passes::pass_time(block, dt);
    passes::expose_to_nodes(block, context, dt, pending.active);
    passes::advance_markets(block, dt);
    let units: V = passes::clamp_quantities(block, context.time_max);
    passes::close(block);
    let cargo_share = math::clamp(units / CARGO_MAX, 0.0, 1.0);
    (V::load(&block.utilization_sum) + cargo_share * dt).store(&mut block.utilization_sum);
    passes::reward(block, &pending.before, dt);
    if let Some(saved) = saved {
        for lane in lanes_of(!pending.active).take_while(|lane| *lane < context.worlds.len()) {
            block.copy_lane(saved, lane);
        }
    }
    Shown { cargo_share }
}

/// Does the action of one env, if it is not to hold and drift.
#[inline(always)]
fn act<V: Vector>(block: &mut Block, context: &mut StepContext<'_>, at: usize, code: u8, valid: bool) {
    let Some(action) = Action::decode(code) else { return };
    let selected = block.selected[at];
    let mut env = Env::new(block, &mut context.worlds[at], at);
    if let (Action::Scan(mode), false) = (action, valid) {
        return env.charge_scan(mode);
    }
    if matches!(action, Action::Scan(_) | Action::Mine(_)) {
        env.draw_asteroids::<V>();
    }
    let dt = match action {
        Action::Scan(ScanMode::Wide) => survey::wide_scan::<V>(&mut env),
        Action::Scan(mode) => survey::aimed_scan::<V>(&mut env, mode),
        Action::ThreatListen => survey::listen::<V>(&mut env),
        _ => env.execute(action, &mut ()),
    };
    if matches!(action, Action::Travel { .. } | Action::Mine(_)) {
        block.refresh_node(at, &context.worlds[at]);
    } else {
        block.update_allowed(at);
    }
    block.dt[at] = dt;
    context.changed[at] = Changed::by(action, selected);
}
