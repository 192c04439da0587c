//! `Autoreset`: a `BatchCore` whose episodes start again in the call that steps it.
use numpy::ndarray::{ArrayView1, ArrayView2};
use numpy::{Element, PyArray1, PyArray2, PyUntypedArray};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use prospector_core::{AutoresetMode, InfoField, OBS_SIZE, Worlds};

use crate::batch::{BatchCore, episode_ended};

/// Its arrays are views of memory that it owns and never moves; every step overwrites them.
#[pyclass(module = "abp._core")]
pub struct Autoreset {
    core: Py<BatchCore>,
    autoreset: prospector_core::Autoreset,
}

#[pymethods]
impl Autoreset {
    #[new]
    fn new(py: Python<'_>, core: Py<BatchCore>, mode: &str, seed: u64, first_env: u64) -> PyResult<Self> {
        let mode = match mode {
            "NextStep" => AutoresetMode::NextStep,
            "SameStep" => AutoresetMode::SameStep,
            "Disabled" => AutoresetMode::Disabled,
            _ => return Err(PyValueError::new_err(format!("mode is {mode:?}; allowed: NextStep, SameStep, Disabled"))),
        };
        let num_envs = core.try_borrow(py)?.num_envs();
        Ok(Self { core, autoreset: prospector_core::Autoreset::new(num_envs, mode, seed, first_env) })
    }

    /// Starts episodes where `mask` is true: the next ones; with `seed` from its first; with `worlds` those that it names.
    fn start(
        &mut self,
        py: Python<'_>,
        mask: Option<&Bound<'_, PyAny>>,
        seed: Option<u64>,
        worlds: Option<Vec<Option<u64>>>,
    ) -> PyResult<()> {
        let mut core = self.core.try_borrow_mut(py)?;
        let worlds = match (seed, &worlds) {
            (None, None) => Worlds::Next,
            (Some(seed), None) => Worlds::Of(seed),
            (None, Some(worlds)) if worlds.len() == core.num_envs() => Worlds::Named(worlds),
            _ => return Err(PyValueError::new_err("allowed: a seed, or worlds with one entry an env")),
        };
        core.inputs().read_mask(mask)?;
        let autoreset = &mut self.autoreset;
        core.with_outputs(py, |batch, inputs, out| autoreset.start(batch, inputs.mask(), worlds, out))
    }

    /// Steps every env, and starts episodes as the mode has it; how many episodes ended.
    fn step(&mut self, py: Python<'_>, actions: &Bound<'_, PyUntypedArray>) -> PyResult<usize> {
        let mut core = self.core.try_borrow_mut(py)?;
        core.inputs().read_codes(actions)?;
        let autoreset = &mut self.autoreset;
        core.with_outputs(py, |batch, inputs, out| autoreset.step(batch, &inputs.actions, out))?.map_err(episode_ended)
    }

    /// bool `(num_envs,)`: where the last step ended an episode.
    #[getter]
    fn ended<'py>(this: &Bound<'py, Self>) -> Bound<'py, PyArray1<bool>> {
        view(this, &this.borrow().autoreset.endings().ended)
    }

    /// float32 `(num_envs, 260)` in mode SameStep, else `(0, 260)`: the last observations of the episodes that ended.
    #[getter]
    fn final_obs<'py>(this: &Bound<'py, Self>) -> Bound<'py, PyArray2<f32>> {
        let borrowed = this.borrow();
        let obs = &borrowed.autoreset.endings().obs;
        let rows = ArrayView2::from_shape((obs.len() / OBS_SIZE, OBS_SIZE), obs).expect("whole rows");
        // SAFETY: as in `view`.
        unsafe { PyArray2::borrow_from_array(&rows, this.clone().into_any()) }
    }

    /// Arrays `(num_envs,)` by name: what the episodes came to that the last step ended. 0 where none ended.
    #[getter]
    fn endings<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let told = PyDict::new(this.py());
        let borrowed = this.borrow();
        let endings = borrowed.autoreset.endings();
        told.set_item("dt", view(this, &endings.dt))?;
        told.set_item("invalid_action", view(this, &endings.invalid))?;
        told.set_item("action", view(this, &endings.action))?;
        for (field, column) in InfoField::ALL.iter().zip(&endings.info) {
            told.set_item(field.column().name, view(this, column))?;
        }
        told.set_item("cargo_value", view(this, &endings.cargo_value))?;
        told.set_item("episode_return", view(this, &endings.episode_return))?;
        told.set_item("episode_length", view(this, &endings.episode_length))?;
        Ok(told)
    }

    /// The number of each env's episode, from 0; -1 before the first.
    #[getter]
    fn episodes<'py>(this: &Bound<'py, Self>) -> Bound<'py, PyArray1<i64>> {
        view(this, this.borrow_mut().autoreset.episodes())
    }

    #[getter]
    fn returns<'py>(this: &Bound<'py, Self>) -> Bound<'py, PyArray1<f64>> {
        view(this, this.borrow_mut().autoreset.returns())
    }

    #[getter]
    fn lengths<'py>(this: &Bound<'py, Self>) -> Bound<'py, PyArray1<i64>> {
        view(this, this.borrow_mut().autoreset.lengths())
    }
}

/// A column as an array that keeps `this` alive.
fn view<'py, T: Element>(this: &Bound<'py, Autoreset>, column: &[T]) -> Bound<'py, PyArray1<T>> {
    // SAFETY: the columns are as long as `this` lives where they are; `this` is the array's base. That nobody reads or writes
    // them during a call is the documented contract.
    unsafe { PyArray1::borrow_from_array(&ArrayView1::from(column), this.clone().into_any()) }
}
