//! One body of code, compiled for each instruction set; which one runs is chosen when the core is made.

use super::part::Part;
#[cfg(target_arch = "x86_64")]
use super::simd_avx2::Avx2;
#[cfg(target_arch = "x86_64")]
use super::simd_avx512::Avx512;
use super::simd_plain::Plain;
use crate::batch::Outputs;
use std::fmt;

/// An instruction set that the passes are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimdPath {
    Avx512,
    Avx2,
    /// What every machine of the architecture has.
    Portable,
}

/// Names the path to take: `avx512`, `avx2` or `portable`.
pub const SIMD_VARIABLE: &str = "ABP_SIMD";

/// A path that does not exist, or that this machine cannot take.
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

    /// Those that this machine can take, the fastest first.
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
}

/// A path that this machine can take: only [`Kernels::new`] makes one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kernels {
    path: SimdPath,
}

impl Kernels {
    pub fn new(path: SimdPath) -> Result<Self, SimdError> {
        SimdPath::named(path.name()).map(|path| Self { path })
    }

    pub fn path(self) -> SimdPath {
        self.path
    }
}

/// Declares a method of [`Kernels`] that runs the method of [`Part`] of the same name, compiled for the path.
macro_rules! kernel {
    ($name:ident($input:ident: $type:ty)) => {
        impl Kernels {
            pub fn $name(self, part: &mut Part, $input: $type, mask: Option<&[bool]>, out: &mut Outputs<'_>) {
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,avx512cd,avx2,bmi1,bmi2,lzcnt,popcnt")]
                fn avx512(part: &mut Part, input: $type, mask: Option<&[bool]>, out: &mut Outputs<'_>) {
                    part.$name::<Avx512>(input, mask, out);
                }
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
                fn avx2(part: &mut Part, input: $type, mask: Option<&[bool]>, out: &mut Outputs<'_>) {
                    part.$name::<Avx2>(input, mask, out);
                }
                match self.path {
                    // SAFETY: `Kernels::new` has seen that this machine has every feature the function is compiled for.
                    #[cfg(target_arch = "x86_64")]
                    SimdPath::Avx512 => unsafe { avx512(part, $input, mask, out) },
                    // SAFETY: as above.
                    #[cfg(target_arch = "x86_64")]
                    SimdPath::Avx2 => unsafe { avx2(part, $input, mask, out) },
                    _ => part.$name::<Plain>($input, mask, out),
                }
            }
        }
    };
}

kernel!(step(actions: &[u8]));
kernel!(reset(seeds: &[u64]));
