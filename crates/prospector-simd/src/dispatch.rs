//! One body of code, compiled for each instruction set. Which one runs is chosen while the program runs.

use crate::path::{SimdError, SimdPath};
use crate::portable::Portable;
use crate::vector::{FusedVector, Vector};

#[cfg(target_arch = "x86_64")]
use crate::{avx2::Avx2, avx512::Avx512};

/// Work over lanes. It is a struct that holds what the work borrows, since a closure is not compiled for its caller's instructions.
pub trait Kernel {
    type Output;

    /// Does the work. Mark it and all that it calls over `V` with `#[inline(always)]`: only what is inlined into the dispatch is
    /// compiled for the instruction set.
    fn run<V: Vector>(self) -> Self::Output;
}

/// A [`Kernel`] that may fuse products and sums.
pub trait FusedKernel {
    type Output;

    /// Does the work, as [`Kernel::run`].
    fn run<V: FusedVector>(self) -> Self::Output;
}

/// A path that this machine can take, to run kernels on.
#[derive(Clone, Copy, Debug)]
pub struct Dispatch {
    path: SimdPath,
}

/// A path on which this machine fuses products and sums, or else the portable one.
#[derive(Clone, Copy, Debug)]
pub struct FusedDispatch {
    path: SimdPath,
}

impl Dispatch {
    /// Fails if this machine cannot take the path.
    pub fn new(path: SimdPath) -> Result<Self, SimdError> {
        SimdPath::named(path.name()).map(|path| Self { path })
    }

    pub fn path(self) -> SimdPath {
        self.path
    }
}

impl FusedDispatch {
    /// Takes the portable path where this machine cannot take `path` or does not fuse on it.
    pub fn new(path: SimdPath) -> Self {
        Self { path: if path.fuses() { path } else { SimdPath::Portable } }
    }
}

/// Gives a dispatch the method `run`, which runs a kernel of that trait. `$more` are features beyond those of the path.
macro_rules! dispatch {
    ($dispatch:ident, $kernel:ident $(, $more:literal)?) => {
        impl $dispatch {
            /// Runs the kernel, compiled for the path.
            pub fn run<K: $kernel>(self, kernel: K) -> K::Output {
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,avx512cd,avx2,bmi1,bmi2,lzcnt,popcnt")]
                $(#[target_feature(enable = $more)])?
                fn avx512<K: $kernel>(kernel: K) -> K::Output {
                    kernel.run::<Avx512>()
                }
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
                $(#[target_feature(enable = $more)])?
                fn avx2<K: $kernel>(kernel: K) -> K::Output {
                    kernel.run::<Avx2>()
                }
                match self.path {
                    // SAFETY: `new` has seen that this machine has every feature that the function is compiled for.
                    #[cfg(target_arch = "x86_64")]
                    SimdPath::Avx512 => unsafe { avx512(kernel) },
                    // SAFETY: as above.
                    #[cfg(target_arch = "x86_64")]
                    SimdPath::Avx2 => unsafe { avx2(kernel) },
                    _ => kernel.run::<Portable>(),
                }
            }
        }
    };
}

// Code that is compiled without `fma` cannot fuse, whatever the compiler does.
dispatch!(Dispatch, Kernel);
dispatch!(FusedDispatch, FusedKernel, "fma");
