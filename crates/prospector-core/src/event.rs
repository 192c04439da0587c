//! Rules 8: what happened in a step, in order, for replays and the HUD.

use crate::action::{MineMode, Purchase, ScanMode};
use crate::constants::COMMODITIES;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    Travel {
        from: u8,
        to: u8,
        /// Ticks.
        time: u8,
        /// Fuel spent, with the mass of the cargo.
        fuel: f32,
        threat: f32,
    },
    Dock,
    Sell {
        commodity: u8,
        quantity: f32,
        credits: f32,
    },
    Buy {
        item: Purchase,
        cost: f32,
    },
    Scan {
        mode: ScanMode,
        /// How many slots were scanned.
        slots: u8,
    },
    Mine {
        mode: MineMode,
        slot: u8,
        amounts: [f32; COMMODITIES],
        total: f32,
    },
    Fracture {
        slot: u8,
        severity: f32,
        /// Hull damage.
        hull: f32,
    },
    Pirate {
        /// Share of the cargo, after the decoy.
        loss: f32,
        /// Fall of the cargo's value in credits.
        value: f32,
        decoy_used: bool,
    },
    Overheat {
        /// Hull damage.
        hull: f32,
    },
    /// The action code as it was given.
    Invalid {
        action: u8,
    },
    Destroyed,
    Stranded,
    CashOut {
        credits: f32,
    },
    Timeout,
}

/// An event as the C reference lays it out: a number for its type, two small ones and up to seven amounts. What they
/// mean for each type is said in `prospector.h`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventRow {
    pub kind: u8,
    pub a: u8,
    pub b: u8,
    pub v: [f32; 7],
}

impl Event {
    pub fn row(&self) -> EventRow {
        let row = |kind, a, b, amounts: &[f32]| {
            let mut v = [0.0; 7];
            v[..amounts.len()].copy_from_slice(amounts);
            EventRow { kind, a, b, v }
        };
        match *self {
            Self::Travel { from, to, time, fuel, threat } => row(0, from, to, &[f32::from(time), fuel, threat]),
            Self::Dock => row(1, 0, 0, &[]),
            Self::Sell { commodity, quantity, credits } => row(2, commodity, 0, &[quantity, credits]),
            Self::Buy { item, cost } => row(3, item as u8, 0, &[cost]),
            Self::Scan { mode, slots } => row(4, mode as u8, slots, &[]),
            Self::Mine { mode, slot, amounts: [a, b, c, d, e, f], total } => {
                row(5, mode as u8, slot, &[a, b, c, d, e, f, total])
            }
            Self::Fracture { slot, severity, hull } => row(6, slot, 0, &[severity, hull]),
            Self::Pirate { loss, value, decoy_used } => row(7, u8::from(decoy_used), 0, &[loss, value]),
            Self::Overheat { hull } => row(8, 0, 0, &[hull]),
            Self::Invalid { action } => row(9, action, 0, &[]),
            Self::Stranded => row(10, 0, 0, &[]),
            Self::Destroyed => row(11, 0, 0, &[]),
            Self::CashOut { credits } => row(12, 0, 0, &[credits]),
            Self::Timeout => row(13, 0, 0, &[]),
        }
    }
}

/// Takes the events of a step as they happen. `()` takes none and costs nothing.
pub trait EventSink {
    fn record(&mut self, event: Event);
}

impl EventSink for () {
    #[inline(always)]
    fn record(&mut self, _: Event) {}
}

impl EventSink for Vec<Event> {
    fn record(&mut self, event: Event) {
        self.push(event);
    }
}
