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
        let row = |kind: EventKind, a, b, amounts: &[f32]| {
            let mut v = [0.0; 7];
            v[..amounts.len()].copy_from_slice(amounts);
            EventRow { kind: kind as u8, a, b, v }
        };
        match *self {
            Self::Travel { from, to, time, fuel, threat } => {
                row(EventKind::Travel, from, to, &[f32::from(time), fuel, threat])
            }
            Self::Dock => row(EventKind::Dock, 0, 0, &[]),
            Self::Sell { commodity, quantity, credits } => row(EventKind::Sell, commodity, 0, &[quantity, credits]),
            Self::Buy { item, cost } => row(EventKind::Buy, item as u8, 0, &[cost]),
            Self::Scan { mode, slots } => row(EventKind::Scan, mode as u8, slots, &[]),
            Self::Mine { mode, slot, amounts: [a, b, c, d, e, f], total } => {
                row(EventKind::Mine, mode as u8, slot, &[a, b, c, d, e, f, total])
            }
            Self::Fracture { slot, severity, hull } => row(EventKind::Fracture, slot, 0, &[severity, hull]),
            Self::Pirate { loss, value, decoy_used } => row(EventKind::Pirate, u8::from(decoy_used), 0, &[loss, value]),
            Self::Overheat { hull } => row(EventKind::Overheat, 0, 0, &[hull]),
            Self::Invalid { action } => row(EventKind::Invalid, action, 0, &[]),
            Self::Stranded => row(EventKind::Stranded, 0, 0, &[]),
            Self::Destroyed => row(EventKind::Destroyed, 0, 0, &[]),
            Self::CashOut { credits } => row(EventKind::CashOut, 0, 0, &[credits]),
            Self::Timeout => row(EventKind::Timeout, 0, 0, &[]),
        }
    }
}

/// The type of an event; the discriminant is [`EventRow::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EventKind {
    Travel,
    Dock,
    Sell,
    Buy,
    Scan,
    Mine,
    Fracture,
    Pirate,
    Overheat,
    Invalid,
    Stranded,
    Destroyed,
    CashOut,
    Timeout,
}

/// One amount of an event, as programs read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    pub name: &'static str,
    pub source: Source,
    pub kind: Kind,
}

/// Where in its [`EventRow`] an amount stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    A,
    B,
    V(usize),
}

/// What an amount counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An action code as it was given.
    Code,
    Commodity,
    Count,
    Credits,
    Flag,
    MineMode,
    /// Index of a node.
    Node,
    Points,
    Purchase,
    ScanMode,
    Share,
    /// Index of an asteroid's slot.
    Slot,
    Ticks,
    /// Units of fuel or of cargo.
    Units,
    /// One number a commodity.
    UnitsByCommodity,
}

impl EventKind {
    pub const ALL: [Self; 14] = [
        Self::Travel,
        Self::Dock,
        Self::Sell,
        Self::Buy,
        Self::Scan,
        Self::Mine,
        Self::Fracture,
        Self::Pirate,
        Self::Overheat,
        Self::Invalid,
        Self::Stranded,
        Self::Destroyed,
        Self::CashOut,
        Self::Timeout,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Travel => "travel",
            Self::Dock => "dock",
            Self::Sell => "sell",
            Self::Buy => "buy",
            Self::Scan => "scan",
            Self::Mine => "mine",
            Self::Fracture => "fracture",
            Self::Pirate => "pirate",
            Self::Overheat => "overheat",
            Self::Invalid => "invalid",
            Self::Stranded => "stranded",
            Self::Destroyed => "destroyed",
            Self::CashOut => "cash_out",
            Self::Timeout => "timeout",
        }
    }

    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Travel => "the ship travelled along an edge",
            Self::Dock => "the ship docked",
            Self::Sell => "the ship sold",
            Self::Buy => "the ship bought",
            Self::Scan => "asteroids were scanned",
            Self::Mine => "an asteroid was mined",
            Self::Fracture => "an asteroid fractured",
            Self::Pirate => "pirates took cargo",
            Self::Overheat => "the ship overheated",
            Self::Invalid => "the action was invalid",
            Self::Stranded => "the ship ran out of fuel away from the station",
            Self::Destroyed => "the hull is gone",
            Self::CashOut => "the ship ended the episode",
            Self::Timeout => "the time is over",
        }
    }

    pub const fn amounts(self) -> &'static [Amount] {
        use Source::{A, B, V};
        match self {
            Self::Travel => {
                const {
                    &[
                        amount("from", A, Kind::Node),
                        amount("to", B, Kind::Node),
                        amount("time", V(0), Kind::Ticks),
                        amount("fuel", V(1), Kind::Units),
                        amount("threat", V(2), Kind::Share),
                    ]
                }
            }
            Self::Sell => {
                const {
                    &[
                        amount("commodity", A, Kind::Commodity),
                        amount("quantity", V(0), Kind::Units),
                        amount("credits", V(1), Kind::Credits),
                    ]
                }
            }
            Self::Buy => const { &[amount("item", A, Kind::Purchase), amount("cost", V(0), Kind::Credits)] },
            Self::Scan => const { &[amount("mode", A, Kind::ScanMode), amount("slots", B, Kind::Count)] },
            Self::Mine => {
                const {
                    &[
                        amount("mode", A, Kind::MineMode),
                        amount("slot", B, Kind::Slot),
                        amount("amounts", V(0), Kind::UnitsByCommodity),
                        amount("total", V(6), Kind::Units),
                    ]
                }
            }
            Self::Fracture => {
                const {
                    &[
                        amount("slot", A, Kind::Slot),
                        amount("severity", V(0), Kind::Share),
                        amount("hull", V(1), Kind::Points),
                    ]
                }
            }
            Self::Pirate => {
                const {
                    &[
                        amount("loss", V(0), Kind::Share),
                        amount("value", V(1), Kind::Credits),
                        amount("decoy_used", A, Kind::Flag),
                    ]
                }
            }
            Self::Overheat => const { &[amount("hull", V(0), Kind::Points)] },
            Self::Invalid => const { &[amount("action", A, Kind::Code)] },
            Self::CashOut => const { &[amount("credits", V(0), Kind::Credits)] },
            Self::Dock | Self::Stranded | Self::Destroyed | Self::Timeout => &[],
        }
    }
}

const fn amount(name: &'static str, source: Source, kind: Kind) -> Amount {
    Amount { name, source, kind }
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
