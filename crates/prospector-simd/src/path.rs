//! The instruction sets that code over lanes is compiled for.

use std::fmt;

/// An instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimdPath {
    Avx512,
    Avx2,
    /// What every machine of the architecture has.
    Portable,
}

/// Names the path to take: `avx512`, `avx2` or `portable`.
pub const SIMD_VARIABLE: &str = "ABP_SIMD";

/// The path does not exist, or this machine cannot take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimdError {
    found: String,
}

impl fmt::Display for SimdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = SimdPath::available().map(SimdPath::name).collect();
        write!(f, "{SIMD_VARIABLE} is {:?}; this machine allows: {}", self.found, names.join(", "))
    }
}

impl std::error::Error for SimdError {}

impl SimdPath {
    const ALL: [Self; 3] = [Self::Avx512, Self::Avx2, Self::Portable];

    /// The paths that this machine can take, the fastest first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|path| path.is_available())
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Portable => "portable",
        }
    }

    /// The path that the environment names, or else the fastest.
    pub fn chosen() -> Result<Self, SimdError> {
        match std::env::var_os(SIMD_VARIABLE) {
            None => Ok(Self::available().next().unwrap_or(Self::Portable)),
            Some(name) => Self::named(&name.to_string_lossy()),
        }
    }

    /// The path of that name, if this machine can take it.
    pub fn named(name: &str) -> Result<Self, SimdError> {
        let path = Self::available().find(|path| path.name() == name);
        path.ok_or_else(|| SimdError { found: name.to_owned() })
    }

    #[cfg(target_arch = "x86_64")]
    fn is_available(self) -> bool {
        use std::arch::is_x86_feature_detected as has;
        let avx2 = || has!("avx2") && has!("bmi1") && has!("bmi2") && has!("lzcnt") && has!("popcnt");
        match self {
            Self::Avx512 => {
                let foundation = has!("avx512f") && has!("avx512dq") && has!("avx512bw");
                foundation && has!("avx512vl") && has!("avx512cd") && avx2()
            }
            Self::Avx2 => avx2(),
            Self::Portable => true,
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn is_available(self) -> bool {
        self == Self::Portable
    }

    /// Whether this machine can take the path and fuses products and sums on it.
    pub(crate) fn fuses(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        let fma = std::arch::is_x86_feature_detected!("fma");
        #[cfg(not(target_arch = "x86_64"))]
        let fma = false;
        self != Self::Portable && fma && self.is_available()
    }
}
