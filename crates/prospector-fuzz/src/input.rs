//! Bytes as the choices of a plan.

/// What is left of an input; where it has ended it goes on with zeros.
pub(crate) struct Input<'a>(pub &'a [u8]);

impl Input<'_> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        let n = N.min(self.0.len());
        bytes[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        bytes
    }

    pub fn u8(&mut self) -> u8 {
        let [byte] = self.take();
        byte
    }

    pub fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    pub fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    /// A whole number below `limit`, which is at most 256.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::from(self.u8()) % limit
    }

    /// 1 to `most` bytes, `most` at most 256.
    pub fn some(&mut self, most: usize) -> Vec<u8> {
        (0..=self.below(most)).map(|_| self.u8()).collect()
    }
}
