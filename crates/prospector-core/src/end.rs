//! How an episode ends (rules 4.7), and the flags that stand for it in a byte.

/// How an episode ended; all false while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct End {
    pub terminated: bool,
    pub truncated: bool,
    pub destroyed: bool,
    pub stranded: bool,
    pub cashed_out: bool,
}

pub(crate) const TERMINATED: u8 = 1;
pub(crate) const TRUNCATED: u8 = 2;
pub(crate) const DESTROYED: u8 = 4;
pub(crate) const STRANDED: u8 = 8;
pub(crate) const CASHED_OUT: u8 = 16;

impl End {
    /// Whether the episode is over.
    pub fn reached(self) -> bool {
        self.terminated || self.truncated
    }

    pub(crate) fn to_flags(self) -> u8 {
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        flag(self.terminated, TERMINATED)
            | flag(self.truncated, TRUNCATED)
            | flag(self.destroyed, DESTROYED)
            | flag(self.stranded, STRANDED)
            | flag(self.cashed_out, CASHED_OUT)
    }

    pub(crate) fn from_flags(flags: u8) -> Self {
        Self {
            terminated: flags & TERMINATED != 0,
            truncated: flags & TRUNCATED != 0,
            destroyed: flags & DESTROYED != 0,
            stranded: flags & STRANDED != 0,
            cashed_out: flags & CASHED_OUT != 0,
        }
    }
}
