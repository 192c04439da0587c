//! `BatchCore`: a batch of episodes over caller-visible numpy buffers.
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyIndexError, PyRuntimeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use prospector_core::{Batch, ConfigError, EpisodeEnded, InfoField, NUM_ACTIONS, NativeCore, OBS_SIZE, Outputs};
use prospector_simd::SimdPath;

use crate::arguments::Inputs;
use crate::backend::Backend;
use crate::reference::Reference;

pyo3::create_exception!(
    _core,
    EpisodeEndedError,
    PyRuntimeError,
    "A step was asked of an episode that has ended or was never reset; nothing changed."
);

/// So many envs take some microseconds to step; below, giving the GIL away and getting it back is a good part of a call.
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
    backend: Box<dyn Backend>,
    num_envs: usize,
    inputs: Inputs,
    buffers: Buffers,
    /// Of the fields, as the keys of dicts.
    info_names: Vec<Py<PyString>>,
}

fn open(
    backend: &str,
    num_envs: usize,
    num_threads: usize,
    time_max: f32,
    record_events: bool,
) -> PyResult<Box<dyn Backend>> {
    let refused = |error: ConfigError| PyValueError::new_err(error.to_string());
    match backend {
        "reference" => match Reference::new(num_envs, time_max) {
            Some(reference) => Ok(Box::new(reference)),
            None => Err(refused(ConfigError::TimeMax { found: time_max })),
        },
        "scalar" => {
            let mut core = prospector_core::BatchCore::new(num_envs, time_max).map_err(refused)?;
            core.record_events(record_events);
            Ok(Box::new(core))
        }
        // A lane alone takes as long as sixteen: a single env is faster on the scalar code.
        "native" if num_envs == 1 && num_threads > 0 => {
            SimdPath::chosen().map_err(|error| refused(ConfigError::Simd(error)))?;
            open("scalar", num_envs, num_threads, time_max, record_events)
        }
        "native" => {
            let mut core = NativeCore::new(num_envs, time_max, num_threads).map_err(refused)?;
            core.record_events(record_events);
            Ok(Box::new(core))
        }
        _ => Err(PyValueError::new_err(format!("backend is {backend:?}; allowed: native, scalar, reference"))),
    }
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

    /// Runs `work` on the backend, the last inputs and the buffers, with the GIL released if it is worth that.
    pub fn with_outputs<T: Send>(
        &mut self,
        py: Python<'_>,
        work: impl FnOnce(&mut dyn Backend, &Inputs, &mut Outputs<'_>) -> T + Send,
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
        let (backend, inputs) = (self.backend.as_mut(), &self.inputs);
        if self.num_envs < ENVS_TO_RELEASE {
            return Ok(work(backend, inputs, &mut out));
        }
        Ok(py.detach(move || work(backend, inputs, &mut out)))
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
        let backend = open(backend, num_envs, num_threads, time_max, record_events)?;
        let buffers = Buffers {
            obs: obs.unbind(),
            reward: reward.unbind(),
            terminated: terminated.unbind(),
            truncated: truncated.unbind(),
        };
        let info_names = InfoField::ALL.map(|field| PyString::intern(py, field.column().name).unbind()).into();
        Ok(Self { backend, num_envs, inputs: Inputs::new(num_envs), buffers, info_names })
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
        self.with_outputs(py, |backend, inputs, out| backend.reset(seeds, inputs.mask(), out))
    }

    fn step(&mut self, py: Python<'_>, actions: &Bound<'_, PyAny>, mask: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        self.inputs.read_actions(actions)?;
        self.inputs.read_mask(mask)?;
        self.with_outputs(py, |backend, inputs, out| backend.step(&inputs.actions, inputs.mask(), out))?
            .map_err(episode_ended)
    }

    fn fill_action_mask(&self, out: &Bound<'_, PyArray2<u8>>) -> PyResult<()> {
        if out.shape() != [self.num_envs, NUM_ACTIONS] {
            return Err(PyValueError::new_err("out must have the shape (num_envs, 69)"));
        }
        let mut out = out.try_readwrite()?;
        self.backend.action_mask(out.as_slice_mut()?);
        Ok(())
    }

    fn last_dt<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i32>> {
        PyArray1::from_iter(py, (0..self.num_envs).map(|i| i32::from(self.backend.last(i).dt)))
    }

    fn last_action<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u8>> {
        PyArray1::from_iter(py, (0..self.num_envs).map(|i| self.backend.last(i).action))
    }

    fn last_invalid<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<bool>> {
        PyArray1::from_iter(py, (0..self.num_envs).map(|i| self.backend.last(i).invalid))
    }

    /// Every field of `INFO_FIELDS` for some envs: float32 (fields, envs).
    fn info_of<'py>(&self, py: Python<'py>, envs: PyReadonlyArray1<'py, i64>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let envs: Vec<usize> = envs.as_slice()?.iter().map(|&env| usize::try_from(env).unwrap_or(usize::MAX)).collect();
        envs.iter().try_for_each(|&env| self.check_index(env))?;
        let row = |field: &InfoField| envs.iter().map(|&env| self.backend.info(*field, env)).collect();
        let rows: Vec<Vec<f32>> = InfoField::ALL.iter().map(row).collect();
        Ok(PyArray2::from_vec2(py, &rows)?)
    }

    fn info<'py>(&self, py: Python<'py>, field: usize) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let Some(&field) = InfoField::ALL.get(field) else {
            return Err(PyIndexError::new_err(format!("info field {field} does not exist")));
        };
        Ok(PyArray1::from_iter(py, (0..self.num_envs).map(|i| self.backend.info(field, i))))
    }

    /// Every field of the rules' section 7 of one env.
    fn info_row<'py>(&self, py: Python<'py>, env: usize) -> PyResult<Bound<'py, PyDict>> {
        self.check_index(env)?;
        let (row, last) = (PyDict::new(py), self.backend.last(env));
        row.set_item(intern!(py, "dt"), last.dt)?;
        row.set_item(intern!(py, "invalid_action"), last.invalid)?;
        row.set_item(intern!(py, "action"), last.action)?;
        for (name, field) in self.info_names.iter().zip(InfoField::ALL) {
            row.set_item(name, self.backend.info(field, env))?;
        }
        Ok(row)
    }

    fn cargo_value<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_iter(py, (0..self.num_envs).map(|i| self.backend.cargo_value(i)))
    }

    fn events(&self, env: usize) -> PyResult<Vec<EventRow>> {
        self.check_index(env)?;
        Ok(self.backend.events(env).into_iter().map(|event| (event.kind, event.a, event.b, event.v)).collect())
    }

    fn state<'py>(&self, py: Python<'py>, env: usize) -> PyResult<Bound<'py, PyBytes>> {
        self.check_index(env)?;
        Ok(PyBytes::new(py, &self.backend.state(env)))
    }

    fn set_state(&mut self, py: Python<'_>, env: usize, bytes: &[u8]) -> PyResult<()> {
        self.check_index(env)?;
        self.with_outputs(py, |backend, _, out| backend.set_state(env, bytes, out))?.map_err(PyValueError::new_err)
    }
}
