//! A snapshot of a log: its numbers, for checkpoints.

use crate::logbook::{Logbook, NOTHING};
use crate::map::{EDGE_FEATURES, NOWHERE};
use prospector_core::constants::{ASTEROID_SLOTS, COMMODITIES, EDGE_SLOTS, NODES_MAX};

/// The number of `u32` in a snapshot.
pub const LOGBOOK_WORDS: usize = {
    let edge = 3;
    let place = edge * EDGE_SLOTS + 4 + ASTEROID_SLOTS * (1 + COMMODITIES);
    place * NODES_MAX + 2 * COMMODITIES + 2 * ASTEROID_SLOTS + EDGE_FEATURES * EDGE_SLOTS + 11
};

impl Logbook {
    /// Writes all that it knows.
    pub fn write(&self, to: &mut [u32; LOGBOOK_WORDS]) {
        let mut words = to.iter_mut();
        self.clone().each_word(&mut |word| {
            if let Some(to) = words.next() {
                *to = *word;
            }
        });
    }

    /// A log that goes on from what [`Logbook::write`] wrote. `None` if no log writes such words.
    pub fn restore(from: &[u32; LOGBOOK_WORDS]) -> Option<Self> {
        let (mut log, mut words) = (Self::new(), from.iter());
        log.each_word(&mut |word| {
            if let Some(from) = words.next() {
                *word = *from;
            }
        });
        let of_a_node = |node: u8| usize::from(node) < NODES_MAX || node == NOWHERE;
        let mut edges = log.map.places.iter().flat_map(|place| place.edges);
        let sound = of_a_node(log.map.node) && edges.all(|edge| of_a_node(edge.to)) && log.selected <= NOTHING;
        sound.then_some(log)
    }

    /// Shows each number to `word`, which may change it, in the same order always.
    fn each_word(&mut self, word: &mut impl FnMut(&mut u32)) {
        for place in &mut self.map.places {
            for edge in &mut place.edges {
                let mut end = u32::from(edge.to) | u32::from(edge.exists) << 8;
                word(&mut end);
                (edge.to, edge.exists) = (end as u8, end >> 8 == 1);
                floats(&mut [&mut edge.ticks, &mut edge.fuel], word);
            }
            floats(&mut [&mut place.ore, &mut place.best, &mut place.home.ticks, &mut place.home.fuel], word);
            let of_asteroids = place.richness.iter_mut().chain(place.composition.as_flattened_mut());
            of_asteroids.for_each(|number| floats(&mut [number], word));
        }
        let rest = self
            .price
            .iter_mut()
            .chain(&mut self.hold)
            .chain(&mut self.depletion)
            .chain(&mut self.yields)
            .chain(self.map.edge_features.as_flattened_mut());
        rest.for_each(|number| floats(&mut [number], word));
        floats(&mut [&mut self.tool, &mut self.high, &mut self.map.ore_elsewhere], word);
        for number in
            [&mut self.map.visited, &mut self.steps_away, &mut self.since_high, &mut self.map.unexplored_elsewhere]
        {
            word(number);
        }
        let mut full = u32::from(self.full);
        for byte in [&mut self.map.node, &mut self.map.came_from, &mut self.selected] {
            let mut number = u32::from(*byte);
            word(&mut number);
            *byte = number as u8;
        }
        word(&mut full);
        self.full = full == 1;
    }
}

fn floats(numbers: &mut [&mut f32], word: &mut impl FnMut(&mut u32)) {
    for number in numbers {
        let mut bits = number.to_bits();
        word(&mut bits);
        **number = f32::from_bits(bits);
    }
}
