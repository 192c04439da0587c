//! A fixed range of the envs, stepped by one thread.

use super::block::Block;
use super::generate;
use super::lanes::lanes_of;
use super::observe::{self, Changed};
use super::prefetch;
use super::step::{self, DecodedActions, PendingStep, StepContext};
use crate::action::Action;
use crate::batch::Outputs;
use crate::constants::OBS_SIZE;
use crate::episode::Episode;
use crate::event::Event;
use crate::step::Outcome;
use crate::world::World;
use prospector_simd::{Kernel, LANES, Vector};
use std::ops::Range;

/// [`EnvRange::step`] for the dispatch.
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

/// [`EnvRange::reset`] for the dispatch.
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

pub(crate) struct EnvRange {
    pub blocks: Vec<Block>,
    /// An env each.
    pub worlds: Vec<World>,
    /// Of the last step, if they are recorded.
    pub events: Vec<Vec<Event>>,
    changed: Vec<[Changed; LANES]>,
    /// Bit `i` of a block: nothing of the row of env `i` can be kept.
    stale: Vec<u16>,
    /// Where the rows of the last call stood.
    rows_at: usize,
    /// Two blocks as they were before a step in which not all of their envs take part.
    bystanders: [Block; 2],
    /// Where a lane is loaded that is wanted as an episode.
    bench: Episode,
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
            bystanders: [Block::new(), Block::new()],
            bench: Episode::new(time_max),
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
        self.find_rows(out);
        for at in 0..self.blocks.len() {
            for lane in lanes_of(self.chosen(mask, at)) {
                let env = at * LANES + lane;
                let bench = &mut self.bench;
                std::mem::swap(&mut bench.world, &mut self.worlds[env]);
                bench.begin(seeds[env]);
                generate::belt::<V>(&mut bench.rng, &mut bench.world);
                bench.market = generate::market::<V>(&mut bench.rng);
                self.put(env, out);
            }
        }
    }

    /// Puts the episode on the bench, which has the world of `env`, into its place and shows it.
    fn put(&mut self, env: usize, out: &mut Outputs<'_>) {
        let (at, lane) = (env / LANES, env % LANES);
        self.blocks[at].store(lane, &self.bench);
        self.blocks[at].set_outcome(lane, Outcome::NONE);
        self.events[env].clear();
        let (rows, _) = out.obs.as_chunks_mut::<OBS_SIZE>();
        self.bench.observe(&mut rows[env]);
        self.publish(env, out);
        std::mem::swap(&mut self.bench.world, &mut self.worlds[env]);
    }

    /// Everything of the env but its observation, which has been written whole.
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
        self.find_rows(out);
        std::mem::swap(&mut self.bench, &mut episode);
        self.put(env, out);
        std::mem::swap(&mut self.bench, &mut episode);
    }

    /// Steps the chosen envs, which are all running.
    ///
    /// The actions of a block are done one block ahead of its passes: these load whole registers from what the actions have just
    /// stored float by float, and would wait for it. Which actions are valid is known two blocks ahead, so that the memory that they
    /// ask for is on its way.
    #[inline(always)]
    fn step<V: Vector>(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        self.find_rows(out);
        let mut judged = [self.judge(0, actions), self.judge(1, actions), DecodedActions::default()];
        let mut ahead = None;
        for at in 0..=self.blocks.len() {
            judged[2] = self.judge(at + 2, actions);
            self.fetch_destinations(at + 1, &judged[1]);
            let begun = self.begin(at, &judged[0], mask);
            if let Some((at, begun)) = std::mem::replace(&mut ahead, begun) {
                self.finish::<V>(at, &begun, out);
            }
            judged.rotate_left(1);
        }
    }

    /// The block's actions, and which of them are valid; asks for the nodes where those that need one will happen.
    #[inline(always)]
    fn judge(&self, at: usize, actions: &[u8]) -> DecodedActions {
        let Some(block) = self.blocks.get(at) else { return DecodedActions::default() };
        let judged = DecodedActions::new(block, &actions[at * LANES..actions.len().min((at + 1) * LANES)]);
        for lane in lanes_of(judged.about_the_belt) {
            prefetch::node(&self.worlds[at * LANES + lane], block.node[lane]);
        }
        judged
    }

    /// Asks for what the nodes point to that [`EnvRange::judge`] asked for.
    #[inline(always)]
    fn fetch_destinations(&mut self, at: usize, judged: &DecodedActions) {
        const LISTEN: u8 = Action::ThreatListen.code();
        for lane in lanes_of(judged.about_the_belt).filter(|lane| judged.codes[*lane] != LISTEN) {
            let node = self.blocks[at].node[lane];
            prefetch::destination(&mut self.worlds[at * LANES + lane], node, judged.codes[lane]);
        }
    }

    #[inline(always)]
    fn begin<V: Vector>(
        &mut self,
        at: usize,
        judged: &DecodedActions,
        mask: Option<&[bool]>,
    ) -> Option<(usize, PendingStep<V>)> {
        let block = self.blocks.get_mut(at)?;
        let range = at * LANES..self.worlds.len().min((at + 1) * LANES);
        let active = chosen(mask, range.clone());
        if active == 0 {
            return None;
        }
        if active != chosen(None, range.clone()) {
            self.bystanders[at % 2].clone_from(block);
        }
        let mut bench = StepContext {
            worlds: &mut self.worlds[range],
            changed: &mut self.changed[at],
            time_max: self.bench.time_max,
        };
        Some((at, step::begin(block, &mut bench, judged, active)))
    }

    #[inline(always)]
    fn finish<V: Vector>(&mut self, at: usize, begun: &PendingStep<V>, out: &mut Outputs<'_>) {
        let range = at * LANES..self.worlds.len().min((at + 1) * LANES);
        let block = &mut self.blocks[at];
        let mut bench = StepContext {
            worlds: &mut self.worlds[range.clone()],
            changed: &mut self.changed[at],
            time_max: self.bench.time_max,
        };
        let bystanders = (begun.active != chosen(None, range.clone())).then_some(&self.bystanders[at % 2]);
        let shown = step::finish(block, &mut bench, begun, bystanders);
        let (rows, _) = out.obs.as_chunks_mut::<OBS_SIZE>();
        let rows = &mut rows[range.clone()];
        observe::show(block, &mut bench, &shown, begun.active & !self.stale[at], rows);
        for lane in lanes_of(begun.active & self.stale[at]) {
            bench.changed[lane] = Changed::default();
            block.load(lane, &mut self.bench);
            std::mem::swap(&mut self.bench.world, &mut bench.worlds[lane]);
            self.bench.observe(&mut rows[lane]);
            std::mem::swap(&mut self.bench.world, &mut bench.worlds[lane]);
        }
        self.stale[at] &= !begun.active;
        let (reward, terminated) = (&mut out.reward[range.clone()], &mut out.terminated[range.clone()]);
        let truncated = &mut out.truncated[range];
        for lane in lanes_of(begun.active) {
            reward[lane] = block.reward[lane];
            terminated[lane] = block.end[lane] & 1 != 0;
            truncated[lane] = block.end[lane] & 2 != 0;
        }
    }

    /// [`EnvRange::step`] env by env in the code of [`Episode`], with the events.
    pub fn step_recording(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        self.find_rows(out);
        for env in (0..self.worlds.len()).filter(|env| mask.is_none_or(|mask| mask[*env])) {
            let (at, lane) = (env / LANES, env % LANES);
            let bench = &mut self.bench;
            self.blocks[at].load(lane, bench);
            std::mem::swap(&mut bench.world, &mut self.worlds[env]);
            let events = &mut self.events[env];
            events.clear();
            let outcome = bench.step(actions[env], events).expect("the batch has checked that it runs");
            self.blocks[at].store(lane, bench);
            self.blocks[at].set_outcome(lane, outcome);
            let (rows, _) = out.obs.as_chunks_mut::<OBS_SIZE>();
            self.bench.observe(&mut rows[env]);
            self.publish(env, out);
            std::mem::swap(&mut self.bench.world, &mut self.worlds[env]);
        }
    }

    pub fn state(&self, env: usize) -> Vec<u8> {
        let mut episode = Episode::worldless(self.bench.time_max);
        self.blocks[env / LANES].load(env % LANES, &mut episode);
        episode.world.clone_from(&self.worlds[env]);
        episode.state()
    }

    /// Forgets what the rows showed if they are others than last time.
    fn find_rows(&mut self, out: &Outputs<'_>) {
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
