//! PyO3 module `abp._core`: numpy buffers in, numpy buffers out, no rules of the game.
mod arguments;
mod autoreset;
mod batch;
mod heads;
mod logbook;
mod reckoning;

use numpy::{PyArray1, PyReadonlyArray1, PyUntypedArray};
use prospector_core::InfoField;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

#[pymodule]
mod _core {
    use super::*;

    #[pymodule_export]
    use super::autoreset::Autoreset;
    #[pymodule_export]
    use super::batch::BatchCore;
    #[pymodule_export]
    use super::heads::Heads;
    #[pymodule_export]
    use super::logbook::Logbook;
    #[pymodule_export]
    use super::reckoning::{
        best_sales, expected_robbery, follow_prices, forecast_mining, mined_richness, ore_prices, paths_home,
        refining_gain, trip_profit,
    };

    /// `actions`, integers `(num_envs,)`, as the uint8 that a core takes.
    #[pyfunction]
    fn action_codes<'py>(actions: &Bound<'py, PyUntypedArray>, num_envs: usize) -> PyResult<Bound<'py, PyArray1<u8>>> {
        let mut codes = vec![0; num_envs];
        arguments::read_codes(actions, &mut codes)?;
        Ok(PyArray1::from_slice(actions.py(), &codes))
    }

    /// The seeds of episodes, entry by entry.
    #[pyfunction]
    fn episode_seeds<'py>(
        py: Python<'py>,
        seeds: PyReadonlyArray1<'py, u64>,
        envs: PyReadonlyArray1<'py, u64>,
        episodes: PyReadonlyArray1<'py, u64>,
    ) -> PyResult<Bound<'py, PyArray1<u64>>> {
        let (envs, episodes) = (envs.as_array(), episodes.as_array());
        let seeds = seeds.as_array();
        if envs.len() != seeds.len() || episodes.len() != seeds.len() {
            return Err(PyValueError::new_err("seeds, envs and episodes must have the same length"));
        }
        let parts = seeds.iter().zip(envs).zip(episodes);
        let of = |((seed, env), episode): ((&u64, &u64), &u64)| prospector_core::episode_seed(*seed, *env, *episode);
        Ok(PyArray1::from_iter(py, parts.map(of)))
    }

    /// The instruction set that `native` takes on this machine, or that ABP_SIMD names.
    #[pyfunction]
    fn simd_path() -> PyResult<&'static str> {
        let path = prospector_simd::SimdPath::chosen();
        path.map(|path| path.name()).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// The table of the rules as JSON: what abp.rules is generated from.
    #[pyfunction]
    fn rules_table() -> String {
        prospector_rules::table().to_string()
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("EpisodeEndedError", module.py().get_type::<batch::EpisodeEndedError>())?;
        module.add("INFO_FIELDS", InfoField::ALL.map(|field| field.column().name).to_vec())?;
        module.add("LEAST_YIELD", prospector_pilot::LEAST_YIELD)?;
        module.add("LOGBOOK_SIZE", prospector_pilot::LOGBOOK_SIZE)?;
        module.add("MINING_TICKS", prospector_pilot::MINING_TICKS)?;
        module.add("STATION_TICK", prospector_pilot::STATION_TICK)?;
        module.add("UNSEEN_GAIN", prospector_pilot::UNSEEN_GAIN)?;
        module.add("SEED_BITS", prospector_core::SEED_BITS)
    }
}
