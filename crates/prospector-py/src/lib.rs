//! PyO3 module `abp._core`: numpy buffers in, numpy buffers out, no rules of the game.
mod backend;
mod batch;
mod reference;

use pyo3::prelude::*;

#[pymodule]
mod _core {
    use super::*;

    #[pymodule_export]
    use super::batch::BatchCore;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("EpisodeEndedError", module.py().get_type::<batch::EpisodeEndedError>())?;
        module.add("INFO_FIELDS", prospector_reference::INFO_FIELDS.to_vec())?;
        module.add("REFERENCE_LANGUAGE", prospector_reference::language())
    }
}
