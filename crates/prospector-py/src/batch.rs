//! `BatchCore`: a batch of episodes over caller-visible numpy buffers.
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyIndexError, PyRuntimeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use prospector_core::{
    Batch, ConfigError, EpisodeEnded, InfoField, NUM_ACTIONS, NativeCore, OBS_SIZE, Outputs, ScalarCore,
};
use prospector_reference::ReferenceCore;
use prospector_simd::SimdPath;

use crate::arguments::Inputs;

pyo3::create_exception!(
    _core,
    EpisodeEndedError,
    PyRuntimeError,
    "A step was asked of an episode that has ended or was never reset; nothing changed."
);

/// The fewest envs of a batch whose calls release the GIL. Fewer are stepped in less time than a release is worth.
const ENVS_TO_RELEASE: usize = 16;

/// The arrays that a core fills, kept alive by it.
struct Buffers {
    obs: Py<PyArray2<f32>>,
    reward: Py<PyArray1<f32>>,
    terminated: Py<PyArray1<bool>>,
    truncated: Py<PyArray1<bool>>,
}

/// One event as (type, a, b, values); `abp.core` names the parts.
type EventRow = (u8, u8, u8, [f32; 7]);

#[pyclass(module = "abp._core")]
pub struct BatchCore {
    batch: Box<dyn Batch>,
    num_envs: usize,
    inputs: Inputs,
    buffers: Buffers,
    /// The names of the info fields, as keys of dicts.
    info_names: Vec<Py<PyString>>,
}

fn open(
    backend: &str,
    num_envs: usize,
    num_threads: usize,
    time_max: f32,
    record_events: bool,
) -> PyResult<Box<dyn Batch>> {
    let opened: Result<Box<dyn Batch>, ConfigError> = match backend {
        "reference" => ReferenceCore::new(num_envs, time_max).map(|core| Box::new(core) as _),
        "scalar" => ScalarCore::new(num_envs, time_max).map(|core| Box::new(core) as _),
        // A lane alone takes as long as sixteen: a single env is faster on the scalar code.
        "native" if num_envs == 1 && num_threads > 0 => {
            let allowed = SimdPath::chosen().map_err(ConfigError::Simd);
            allowed.and_then(|_| ScalarCore::new(num_envs, time_max)).map(|core| Box::new(core) as _)
        }
        "native" => NativeCore::new(num_envs, time_max, num_threads).map(|core| Box::new(core) as _),
        _ => return Err(PyValueError::new_err(format!("backend is {backend:?}; allowed: native, scalar, reference"))),
    };
    let mut batch = opened.map_err(|error| PyValueError::new_err(error.to_string()))?;
    batch.record_events(record_events);
    Ok(batch)
}

pub fn episode_ended(ended: EpisodeEnded) -> PyErr {
    let index = ended.index;
    EpisodeEndedError::new_err(format!("env {index} has no running episode; reset it first (nothing was stepped)"))
}

impl BatchCore {
    fn check_index(&self, env: usize) -> PyResult<()> {
        if env < self.num_envs {
            return Ok(());
        }
        Err(PyIndexError::new_err(format!("env index is {env}; allowed: 0..{}", self.num_envs - 1)))
    }

    pub fn num_envs(&self) -> usize {
        self.num_envs
    }

    pub fn inputs(&mut self) -> &mut Inputs {
        &mut self.inputs
    }

    /// Runs `work` on the batch, the last inputs and the buffers, with the GIL released if it is worth that.
    pub fn with_outputs<T: Send>(
        &mut self,
        py: Python<'_>,
        work: impl FnOnce(&mut dyn Batch, &Inputs, &mut Outputs<'_>) -> T + Send,
    ) -> PyResult<T> {
        let obs = self.buffers.obs.bind(py);
        let reward = self.buffers.reward.bind(py);
        let terminated = self.buffers.terminated.bind(py);
        let truncated = self.buffers.truncated.bind(py);
        // SAFETY: the arrays are distinct (checked in `new`), contiguous (checked by as_slice_mut) and kept alive by
        // `self`. `&mut self` keeps a second call out; that nobody else writes during a call is the documented contract.
        let mut out = unsafe {
            Outputs {
                obs: obs.as_slice_mut()?,
                reward: reward.as_slice_mut()?,
                terminated: terminated.as_slice_mut()?,
                truncated: truncated.as_slice_mut()?,
            }
        };
        let (batch, inputs) = (self.batch.as_mut(), &self.inputs);
        if self.num_envs < ENVS_TO_RELEASE {
            return Ok(work(batch, inputs, &mut out));
        }
        Ok(py.detach(move || work(batch, inputs, &mut out)))
    }
}

#[pymethods]
impl BatchCore {
    #[new]
    #[pyo3(signature = (num_envs, time_max, backend, record_events, obs, reward, terminated, truncated, num_threads=1))]
    #[expect(clippy::too_many_arguments, reason = "four buffers, and what abp.BatchCore takes")]
    fn new(
        py: Python<'_>,
        num_envs: usize,
        time_max: f32,
        backend: &str,
        record_events: bool,
        obs: Bound<'_, PyArray2<f32>>,
        reward: Bound<'_, PyArray1<f32>>,
        terminated: Bound<'_, PyArray1<bool>>,
        truncated: Bound<'_, PyArray1<bool>>,
        num_threads: usize,
    ) -> PyResult<Self> {
        if num_envs == 0 {
            return Err(PyValueError::new_err("num_envs is 0; allowed: at least 1"));
        }
        let shapes_fit =
            obs.shape() == [num_envs, OBS_SIZE] && [reward.len(), terminated.len(), truncated.len()] == [num_envs; 3];
        if !shapes_fit {
            return Err(PyValueError::new_err("a buffer does not have num_envs rows"));
        }
        let mut starts =
            [obs.data() as usize, reward.data() as usize, terminated.data() as usize, truncated.data() as usize];
        starts.sort_unstable();
        if starts.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(PyValueError::new_err("two buffers share their memory"));
        }
        let batch = open(backend, num_envs, num_threads, time_max, record_events)?;
        let buffers = Buffers {
            obs: obs.unbind(),
            reward: reward.unbind(),
            terminated: terminated.unbind(),
            truncated: truncated.unbind(),
        };
        let info_names = InfoField::ALL.map(|field| PyString::intern(py, field.column().name).unbind()).into();
        Ok(Self { batch, num_envs, inputs: Inputs::new(num_envs), buffers, info_names })
    }

    fn reset(
        &mut self,
        py: Python<'_>,
        seeds: PyReadonlyArray1<'_, u64>,
        mask: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let seeds = seeds.as_slice()?;
        if seeds.len() != self.num_envs {
            let message = format!("seeds has {} entries; this core has num_envs={}", seeds.len(), self.num_envs);
            return Err(PyValueError::new_err(message));
        }
        self.inputs.read_mask(mask)?;
        self.with_outputs(py, |batch, inputs, out| batch.reset(seeds, inputs.mask(), out))
    }

    fn step(&mut self, py: Python<'_>, actions: &Bound<'_, PyAny>, mask: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        self.inputs.read_actions(actions)?;
        self.inputs.read_mask(mask)?;
        self.with_outputs(py, |batch, inputs, out| batch.step(&inputs.actions, inputs.mask(), out))?
            .map_err(episode_ended)
    }

    fn fill_action_mask(&self, out: &Bound<'_, PyArray2<u8>>) -> PyResult<()> {
        if out.shape() != [self.num_envs, NUM_ACTIONS] {
            return Err(PyValueError::new_err("out must have the shape (num_envs, 69)"));
        }
        let mut out = out.try_readwrite()?;
        self.batch.action_mask(out.as_slice_mut()?);
        Ok(())
    }

    fn last_dt<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i32>> {
        PyArray1::from_iter(py, (0..self.num_envs).map(|i| i32::from(self.batch.last(i).dt)))
    }

    fn last_action<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u8>> {
        PyArray1::from_iter(py, (0..self.num_envs).map(|i| self.batch.last(i).action))
    }

    fn last_invalid<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<bool>> {
        PyArray1::from_iter(py, (0..self.num_envs).map(|i| self.batch.last(i).invalid))
    }

    fn info<'py>(&self, py: Python<'py>, field: usize) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let Some(&field) = InfoField::ALL.get(field) else {
            return Err(PyIndexError::new_err(format!("info field {field} does not exist")));
        };
        Ok(PyArray1::from_iter(py, (0..self.num_envs).map(|i| self.batch.info(field, i))))
    }

    /// Every field of the rules' section 7 of one env.
    fn info_row<'py>(&self, py: Python<'py>, env: usize) -> PyResult<Bound<'py, PyDict>> {
        self.check_index(env)?;
        let (row, last) = (PyDict::new(py), self.batch.last(env));
        row.set_item(intern!(py, "dt"), last.dt)?;
        row.set_item(intern!(py, "invalid_action"), last.invalid)?;
        row.set_item(intern!(py, "action"), last.action)?;
        for (name, field) in self.info_names.iter().zip(InfoField::ALL) {
            row.set_item(name, self.batch.info(field, env))?;
        }
        Ok(row)
    }

    fn cargo_value<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_iter(py, (0..self.num_envs).map(|i| self.batch.cargo_value(i)))
    }

    fn events(&self, env: usize) -> PyResult<Vec<EventRow>> {
        self.check_index(env)?;
        Ok(self.batch.events(env).into_iter().map(|event| (event.kind, event.a, event.b, event.v)).collect())
    }

    fn state<'py>(&self, py: Python<'py>, env: usize) -> PyResult<Bound<'py, PyBytes>> {
        self.check_index(env)?;
        Ok(PyBytes::new(py, &self.batch.state(env)))
    }

    fn set_state(&mut self, py: Python<'_>, env: usize, bytes: &[u8]) -> PyResult<()> {
        self.check_index(env)?;
        self.with_outputs(py, |batch, _, out| batch.set_state(env, bytes, out))?
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }
}
