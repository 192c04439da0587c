//! PyO3 module `abp._core`: numpy buffers in, numpy buffers out, no rules of the game.
mod backend;
mod batch;
mod reference;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

#[pymodule]
mod _core {
    use super::*;

    #[pymodule_export]
    use super::batch::BatchCore;

    /// The instruction set that `native` takes on this machine, or that ABP_SIMD names.
    #[pyfunction]
    fn simd_path() -> PyResult<&'static str> {
        let path = prospector_core::SimdPath::chosen();
        path.map(|path| path.name()).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("EpisodeEndedError", module.py().get_type::<batch::EpisodeEndedError>())?;
        module.add("INFO_FIELDS", prospector_reference::INFO_FIELDS.to_vec())?;
        module.add("REFERENCE_LANGUAGE", prospector_reference::language())
    }
}
