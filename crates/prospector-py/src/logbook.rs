//! `Logbook`: what ships can know from all their observations, an episode each.
use numpy::ndarray::Array2;
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use prospector_core::{NUM_ACTIONS, OBS_SIZE};
use prospector_pilot::{LOGBOOK_SIZE, LOGBOOK_WORDS};

#[pyclass(module = "abp._core")]
pub struct Logbook {
    logs: Vec<prospector_pilot::Logbook>,
}

#[pymethods]
impl Logbook {
    #[new]
    fn new(num_envs: usize) -> Self {
        Self { logs: vec![prospector_pilot::Logbook::new(); num_envs] }
    }

    /// Row `i` of `obs` is what episode `rows[i]` shows after `actions[i]`, or at its beginning where `first[i]`; its
    /// features go to row `i` of `features`.
    fn note(
        &mut self,
        py: Python<'_>,
        rows: PyReadonlyArray1<'_, i64>,
        actions: PyReadonlyArray1<'_, u8>,
        first: PyReadonlyArray1<'_, bool>,
        obs: PyReadonlyArray2<'_, f32>,
        features: &Bound<'_, PyArray2<f32>>,
    ) -> PyResult<()> {
        let mut features = features.try_readwrite()?;
        let (rows, actions, first) = (rows.as_slice()?, actions.as_slice()?, first.as_slice()?);
        let (obs, _) = obs.as_slice()?.as_chunks::<OBS_SIZE>();
        let (features, _) = features.as_slice_mut()?.as_chunks_mut::<LOGBOOK_SIZE>();
        let n = self.check(rows)?;
        if [actions.len(), first.len(), obs.len(), features.len()] != [n; 4] {
            return Err(PyValueError::new_err("rows, actions, first, obs and features must have the same length"));
        }
        py.detach(|| {
            for i in 0..n {
                let log = &mut self.logs[rows[i] as usize];
                if first[i] {
                    log.begin(&obs[i], &mut features[i]);
                } else {
                    log.note(actions[i], &obs[i], &mut features[i]);
                }
            }
        });
        Ok(())
    }

    /// Takes what is pointless out of `mask`, a row for each row of `obs`: the last that were noted of episodes `rows`.
    fn prune_actions(
        &self,
        py: Python<'_>,
        rows: PyReadonlyArray1<'_, i64>,
        obs: PyReadonlyArray2<'_, f32>,
        mask: &Bound<'_, PyArray2<u8>>,
    ) -> PyResult<()> {
        let mut mask = mask.try_readwrite()?;
        let (obs, _) = obs.as_slice()?.as_chunks::<OBS_SIZE>();
        let (mask, _) = mask.as_slice_mut()?.as_chunks_mut::<NUM_ACTIONS>();
        let rows = rows.as_slice()?;
        let n = self.check(rows)?;
        if [obs.len(), mask.len()] != [n; 2] {
            return Err(PyValueError::new_err("rows, obs and mask must have the same length"));
        }
        py.detach(|| {
            for ((row, obs), mask) in rows.iter().zip(obs).zip(mask) {
                self.logs[*row as usize].prune_actions(obs, mask);
            }
        });
        Ok(())
    }

    /// int64 `(num_envs,)`: steps since each episode's credits were at their highest.
    fn since_high<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        PyArray1::from_iter(py, self.logs.iter().map(|log| i64::from(log.since_high())))
    }

    /// uint32 `(num_envs, words)`: all that they know.
    fn state<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<u32>> {
        let mut words = vec![0; self.logs.len() * LOGBOOK_WORDS];
        let (rows, _) = words.as_chunks_mut::<LOGBOOK_WORDS>();
        self.logs.iter().zip(rows).for_each(|(log, row)| log.write(row));
        let shape = (self.logs.len(), LOGBOOK_WORDS);
        PyArray2::from_owned_array(py, Array2::from_shape_vec(shape, words).expect("a row for each log"))
    }

    /// Goes on from what `state` gave.
    fn restore(&mut self, state: PyReadonlyArray2<'_, u32>) -> PyResult<()> {
        let (rows, rest) = state.as_slice()?.as_chunks::<LOGBOOK_WORDS>();
        let logs: Option<Vec<_>> = rows.iter().map(prospector_pilot::Logbook::restore).collect();
        match logs {
            Some(logs) if logs.len() == self.logs.len() && rest.is_empty() => self.logs = logs,
            _ => return Err(PyValueError::new_err(format!("state is not that of {} logbooks", self.logs.len()))),
        }
        Ok(())
    }
}

impl Logbook {
    /// The number of `rows`, if there is a log for each.
    fn check(&self, rows: &[i64]) -> PyResult<usize> {
        let limit = self.logs.len();
        match rows.iter().find(|row| usize::try_from(**row).map_or(true, |row| row >= limit)) {
            Some(row) => Err(PyValueError::new_err(format!("rows has {row}; allowed: 0 to {}", limit - 1))),
            None => Ok(rows.len()),
        }
    }
}
