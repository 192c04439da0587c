//! A fixed range of the envs, stepped by one thread.

use super::block::Block;
use super::context::{Changed, StepContext};
use super::generate;
use super::lanes::lanes_of;
use super::observe;
use super::prefetch;
use super::step::{self, DecodedActions, PendingStep};
use crate::action::Action;
use crate::batch::Outputs;
use crate::constants::OBS_SIZE;
use crate::episode::Episode;
use crate::event::Event;
use crate::step::Outcome;
use crate::world::World;
use prospector_simd::{Kernel, LANES, Vector};
use std::ops::Range;

/// Runs [`EnvRange::step`] in the dispatch.
pub(crate) struct Step<'a, 'b> {
    pub range: &'a mut EnvRange,
    pub actions: &'a [u8],
    pub mask: Option<&'a [bool]>,
    pub out: &'a mut Outputs<'b>,
}

impl Kernel for Step<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.range.step::<V>(self.actions, self.mask, self.out);
    }
}

/// Runs [`EnvRange::reset`] in the dispatch.
pub(crate) struct Reset<'a, 'b> {
    pub range: &'a mut EnvRange,
    pub seeds: &'a [u64],
    pub mask: Option<&'a [bool]>,
    pub out: &'a mut Outputs<'b>,
}

impl Kernel for Reset<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.range.reset::<V>(self.seeds, self.mask, self.out);
    }
}

/// A range of the envs of a batch: their blocks, and what is kept beside them.
pub(crate) struct EnvRange {
    pub blocks: Vec<Block>,
    /// The world of each env.
    pub worlds: Vec<World>,
    /// The events of the last step of each env, if they are recorded.
    pub events: Vec<Vec<Event>>,
    /// What each row has to show anew.
    changed: Vec<[Changed; LANES]>,
    /// Bit `i` of a block: the row of env `i` must be written whole.
    stale: Vec<u16>,
    /// The address of the rows of the last call.
    rows_at: usize,
    /// Two blocks as they were before a step in which not all of their envs take part: a block is finished after the next is begun.
    saved: [Block; 2],
    /// An env is loaded into it where an episode is needed.
    scratch: Episode,
}

impl EnvRange {
    pub fn new(num_envs: usize, time_max: f32) -> Self {
        let blocks = num_envs.div_ceil(LANES);
        Self {
            blocks: vec![Block::new(); blocks],
            worlds: World::side_by_side(num_envs),
            events: vec![Vec::new(); num_envs],
            changed: vec![[Changed::default(); LANES]; blocks],
            stale: vec![u16::MAX; blocks],
            rows_at: 0,
            saved: [Block::new(), Block::new()],
            scratch: Episode::new(time_max),
        }
    }

    /// The first chosen env that has no running episode.
    pub fn not_running(&self, mask: Option<&[bool]>) -> Option<usize> {
        self.blocks.iter().enumerate().find_map(|(at, block)| {
            let idle = self.chosen(mask, at) & !block.running();
            (idle != 0).then(|| at * LANES + idle.trailing_zeros() as usize)
        })
    }

    /// Bit `i`: env `i` of a block exists and is chosen.
    #[inline(always)]
    fn chosen(&self, mask: Option<&[bool]>, block: usize) -> u16 {
        chosen(mask, block * LANES..self.worlds.len().min((block + 1) * LANES))
    }

    #[inline(always)]
    fn reset<V: Vector>(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        self.notice_new_rows(out);
        for at in 0..self.blocks.len() {
            for lane in lanes_of(self.chosen(mask, at)) {
                let env = at * LANES + lane;
                let scratch = &mut self.scratch;
                std::mem::swap(&mut scratch.world, &mut self.worlds[env]);
                scratch.begin(seeds[env]);
                generate::belt::<V>(&mut scratch.rng, &mut scratch.world);
                scratch.market = generate::market::<V>(&mut scratch.rng);
                self.put(env, out);
            }
        }
    }

    /// Puts the scratch episode, which has the world of `env`, into the place of `env` and shows it.
    fn put(&mut self, env: usize, out: &mut Outputs<'_>) {
        let (at, lane) = (env / LANES, env % LANES);
        self.blocks[at].store(lane, &self.scratch);
        self.blocks[at].set_outcome(lane, Outcome::NONE);
        self.events[env].clear();
        let (rows, _) = out.obs.as_chunks_mut::<OBS_SIZE>();
        self.scratch.observe(&mut rows[env]);
        self.publish(env, out);
        std::mem::swap(&mut self.scratch.world, &mut self.worlds[env]);
    }

    /// Writes everything of the env but its observation, which has been written whole.
    fn publish(&mut self, env: usize, out: &mut Outputs<'_>) {
        let (at, lane) = (env / LANES, env % LANES);
        self.changed[at][lane] = Changed::default();
        self.stale[at] &= !(1 << lane);
        out.reward[env] = self.blocks[at].reward[lane];
        let end = self.blocks[at].end(lane);
        out.terminated[env] = end.terminated;
        out.truncated[env] = end.truncated;
    }

    /// Puts a restored episode in the place of `env`.
    pub fn set(&mut self, env: usize, mut episode: Episode, out: &mut Outputs<'_>) {
        self.notice_new_rows(out);
        std::mem::swap(&mut self.scratch, &mut episode);
        self.put(env, out);
        std::mem::swap(&mut self.scratch, &mut episode);
    }

    /// Steps the chosen envs, which are all running.
    ///
    /// The actions of a block are done one block ahead of its passes. The passes load whole registers from what the actions have
    /// just stored float by float, and would wait for it. The actions are decoded two blocks ahead, so that the memory that they
    /// need can be prefetched.
    #[inline(always)]
    fn step<V: Vector>(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        self.notice_new_rows(out);
        let mut decoded = [self.decode(0, actions), self.decode(1, actions), DecodedActions::default()];
        let mut ahead = None;
        for at in 0..=self.blocks.len() {
            decoded[2] = self.decode(at + 2, actions);
            self.prefetch_destinations(at + 1, &decoded[1]);
            let pending = self.begin(at, &decoded[0], mask);
            if let Some((at, pending)) = std::mem::replace(&mut ahead, pending) {
                self.finish::<V>(at, &pending, out);
            }
            decoded.rotate_left(1);
        }
    }

    /// Decodes the actions of a block, and prefetches the nodes of those that need one.
    #[inline(always)]
    fn decode(&self, at: usize, actions: &[u8]) -> DecodedActions {
        let Some(block) = self.blocks.get(at) else { return DecodedActions::default() };
        let decoded = DecodedActions::new(block, &actions[at * LANES..actions.len().min((at + 1) * LANES)]);
        for lane in lanes_of(decoded.about_the_belt) {
            prefetch::node(&self.worlds[at * LANES + lane], block.node[lane]);
        }
        decoded
    }

    /// Prefetches what the nodes point to that [`EnvRange::decode`] prefetched.
    #[inline(always)]
    fn prefetch_destinations(&mut self, at: usize, decoded: &DecodedActions) {
        const LISTEN: u8 = Action::ThreatListen.code();
        for lane in lanes_of(decoded.about_the_belt).filter(|lane| decoded.codes[*lane] != LISTEN) {
            let node = self.blocks[at].node[lane];
            prefetch::destination(&mut self.worlds[at * LANES + lane], node, decoded.codes[lane]);
        }
    }

    #[inline(always)]
    fn begin<V: Vector>(
        &mut self,
        at: usize,
        decoded: &DecodedActions,
        mask: Option<&[bool]>,
    ) -> Option<(usize, PendingStep<V>)> {
        let block = self.blocks.get_mut(at)?;
        let range = at * LANES..self.worlds.len().min((at + 1) * LANES);
        let active = chosen(mask, range.clone());
        if active == 0 {
            return None;
        }
        if active != chosen(None, range.clone()) {
            self.saved[at % 2].clone_from(block);
        }
        let mut context = StepContext {
            worlds: &mut self.worlds[range],
            changed: &mut self.changed[at],
            time_max: self.scratch.time_max,
        };
        Some((at, step::begin(block, &mut context, decoded, active)))
    }

    #[inline(always)]
    fn finish<V: Vector>(&mut self, at: usize, pending: &PendingStep<V>, out: &mut Outputs<'_>) {
        let range = at * LANES..self.worlds.len().min((at + 1) * LANES);
        let block = &mut self.blocks[at];
        let mut context = StepContext {
            worlds: &mut self.worlds[range.clone()],
            changed: &mut self.changed[at],
            time_max: self.scratch.time_max,
        };
        let saved = (pending.active != chosen(None, range.clone())).then_some(&self.saved[at % 2]);
        let shown = step::finish(block, &mut context, pending, saved);
        let (rows, _) = out.obs.as_chunks_mut::<OBS_SIZE>();
        let rows = &mut rows[range.clone()];
        observe::show(block, &mut context, &shown, pending.active & !self.stale[at], rows);
        for lane in lanes_of(pending.active & self.stale[at]) {
            context.changed[lane] = Changed::default();
            block.load(lane, &mut self.scratch);
            std::mem::swap(&mut self.scratch.world, &mut context.worlds[lane]);
            self.scratch.observe(&mut rows[lane]);
            std::mem::swap(&mut self.scratch.world, &mut context.worlds[lane]);
        }
        self.stale[at] &= !pending.active;
        let (reward, terminated) = (&mut out.reward[range.clone()], &mut out.terminated[range.clone()]);
        let truncated = &mut out.truncated[range];
        for lane in lanes_of(pending.active) {
            reward[lane] = block.reward[lane];
            terminated[lane] = block.end[lane] & 1 != 0;
            truncated[lane] = block.end[lane] & 2 != 0;
        }
    }

    /// [`EnvRange::step`] env by env in the code of [`Episode`], with the events.
    pub fn step_recording(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        self.notice_new_rows(out);
        for env in (0..self.worlds.len()).filter(|env| mask.is_none_or(|mask| mask[*env])) {
            let (at, lane) = (env / LANES, env % LANES);
            let scratch = &mut self.scratch;
            self.blocks[at].load(lane, scratch);
            std::mem::swap(&mut scratch.world, &mut self.worlds[env]);
            let events = &mut self.events[env];
            events.clear();
            let outcome = scratch.step(actions[env], events).expect("the batch has checked that it runs");
            self.blocks[at].store(lane, scratch);
            self.blocks[at].set_outcome(lane, outcome);
            let (rows, _) = out.obs.as_chunks_mut::<OBS_SIZE>();
            self.scratch.observe(&mut rows[env]);
            self.publish(env, out);
            std::mem::swap(&mut self.scratch.world, &mut self.worlds[env]);
        }
    }

    pub fn state(&self, env: usize) -> Vec<u8> {
        let mut episode = Episode::worldless(self.scratch.time_max);
        self.blocks[env / LANES].load(env % LANES, &mut episode);
        episode.world.clone_from(&self.worlds[env]);
        episode.state()
    }

    /// Marks all rows to be written whole if they are at another address than in the last call.
    fn notice_new_rows(&mut self, out: &Outputs<'_>) {
        let at = out.obs.as_ptr().addr();
        if at != self.rows_at {
            self.rows_at = at;
            self.stale.fill(u16::MAX);
        }
    }
}

/// Bit `i`: env `i` of a range, at most a block, is chosen.
#[inline(always)]
fn chosen(mask: Option<&[bool]>, range: Range<usize>) -> u16 {
    match mask {
        None => ((1u32 << range.len()) - 1) as u16,
        Some(mask) => mask[range].iter().enumerate().fold(0, |bits, (i, chosen)| bits | u16::from(*chosen) << i),
    }
}
