//! `Heads`: the policy's heads on a CPU, over numpy views of the trainer's tensors.
use numpy::{PyReadonlyArray1, PyReadonlyArray2, PyReadwriteArray1, PyReadwriteArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use prospector_core::NUM_ACTIONS;
use prospector_ppo::{Batch, Choices, Coefficients, Element, OUTPUTS, SUMS};
use prospector_simd::SimdPath;

/// Hidden layers: float32, or uint16 for the bits of bfloat16.
#[derive(FromPyObject)]
enum Features<'py> {
    Rounded(PyReadonlyArray2<'py, u16>),
    Whole(PyReadonlyArray2<'py, f32>),
}

/// Derivatives, in the type of the features.
#[derive(FromPyObject)]
enum Derivatives<'py> {
    Rounded(PyReadwriteArray2<'py, u16>),
    Whole(PyReadwriteArray2<'py, f32>),
}

#[pyclass(module = "abp._core")]
pub struct Heads(prospector_ppo::Heads);

#[pymethods]
impl Heads {
    #[new]
    fn new(hidden_size: usize) -> PyResult<Self> {
        if hidden_size == 0 {
            return Err(PyValueError::new_err("hidden_size is 0; allowed: at least 1"));
        }
        let path = SimdPath::chosen().map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self(prospector_ppo::Heads::new(hidden_size, path)))
    }

    /// Takes over the weights of the actor `(69, hidden_size)` and of the critic `(1, hidden_size)`, and their biases.
    fn load(
        &mut self,
        actor: PyReadonlyArray2<'_, f32>,
        actor_bias: PyReadonlyArray1<'_, f32>,
        critic: PyReadonlyArray2<'_, f32>,
        critic_bias: PyReadonlyArray1<'_, f32>,
    ) -> PyResult<()> {
        let (actor, actor_bias) = (actor.as_slice()?, actor_bias.as_slice()?);
        let (critic, critic_bias) = (critic.as_slice()?, critic_bias.as_slice()?);
        let hidden = self.0.hidden();
        let found = [actor.len(), actor_bias.len(), critic.len(), critic_bias.len()];
        if found != [NUM_ACTIONS * hidden, NUM_ACTIONS, hidden, 1] {
            return Err(PyValueError::new_err(format!("weights and biases must be those of {hidden} hidden units")));
        }
        self.0.load(actor, actor_bias, critic, critic_bias[0]);
        Ok(())
    }

    /// Samples an action for each row of `features` into `actions`; its log-probability and the row's value beside it.
    #[expect(clippy::too_many_arguments, reason = "three buffers in, three out")]
    fn choose(
        &self,
        py: Python<'_>,
        features: Features<'_>,
        masks: PyReadonlyArray2<'_, u8>,
        draws: PyReadonlyArray1<'_, f32>,
        mut actions: PyReadwriteArray1<'_, i64>,
        mut log_probs: PyReadwriteArray1<'_, f32>,
        mut values: PyReadwriteArray1<'_, f32>,
    ) -> PyResult<()> {
        let (masks, draws) = (masks.as_slice()?, draws.as_slice()?);
        let mut choices = Choices {
            actions: actions.as_slice_mut()?,
            log_probs: log_probs.as_slice_mut()?,
            values: values.as_slice_mut()?,
        };
        let rows = draws.len();
        let lengths = [choices.actions.len(), choices.log_probs.len(), choices.values.len()];
        same_rows(rows, &lengths, masks.len())?;
        match features {
            Features::Rounded(features) => self.choose_from(py, features.as_slice()?, masks, draws, &mut choices),
            Features::Whole(features) => self.choose_from(py, features.as_slice()?, masks, draws, &mut choices),
        }
    }

    /// Fills `derivatives` with those of PPO's loss by the logits and the value, 70 a row; returns the sums over the rows of policy
    /// loss, value loss, entropy, KL divergence and clipped rows, and the rows.
    #[expect(clippy::too_many_arguments, reason = "a rollout's columns and the loss's coefficients")]
    fn learn(
        &self,
        py: Python<'_>,
        features: Features<'_>,
        masks: PyReadonlyArray2<'_, u8>,
        actions: PyReadonlyArray1<'_, i64>,
        log_probs: PyReadonlyArray1<'_, f32>,
        advantages: PyReadonlyArray1<'_, f32>,
        targets: PyReadonlyArray1<'_, f32>,
        clip_coef: f32,
        ent_coef: f32,
        vf_coef: f32,
        derivatives: Derivatives<'_>,
    ) -> PyResult<[f32; SUMS]> {
        let batch = Batch {
            masks: masks.as_slice()?,
            actions: actions.as_slice()?,
            log_probs: log_probs.as_slice()?,
            advantages: advantages.as_slice()?,
            targets: targets.as_slice()?,
        };
        let coefficients = Coefficients { clip: clip_coef, entropy: ent_coef, value: vf_coef };
        let rows = batch.actions.len();
        same_rows(rows, &[batch.log_probs.len(), batch.advantages.len(), batch.targets.len()], batch.masks.len())?;
        if let Some(action) = batch.actions.iter().find(|action| !(0..NUM_ACTIONS as i64).contains(action)) {
            return Err(PyValueError::new_err(format!("actions has {action}; allowed: 0 to {}", NUM_ACTIONS - 1)));
        }
        match (features, derivatives) {
            (Features::Rounded(features), Derivatives::Rounded(mut derivatives)) => {
                self.learn_from(py, features.as_slice()?, batch, coefficients, derivatives.as_slice_mut()?)
            }
            (Features::Whole(features), Derivatives::Whole(mut derivatives)) => {
                self.learn_from(py, features.as_slice()?, batch, coefficients, derivatives.as_slice_mut()?)
            }
            _ => Err(PyValueError::new_err("features and derivatives must have the same dtype")),
        }
    }
}

impl Heads {
    fn choose_from<E: Element + Send + Sync>(
        &self,
        py: Python<'_>,
        features: &[E],
        masks: &[u8],
        draws: &[f32],
        choices: &mut Choices<'_>,
    ) -> PyResult<()> {
        has_rows("features", features, draws.len(), self.0.hidden())?;
        py.detach(|| self.0.choose(features, masks, draws, choices));
        Ok(())
    }

    fn learn_from<E: Element + Send + Sync>(
        &self,
        py: Python<'_>,
        features: &[E],
        batch: Batch<'_>,
        coefficients: Coefficients,
        derivatives: &mut [E],
    ) -> PyResult<[f32; SUMS]> {
        has_rows("features", features, batch.actions.len(), self.0.hidden())?;
        has_rows("derivatives", derivatives, batch.actions.len(), OUTPUTS)?;
        Ok(py.detach(|| self.0.learn(features, batch, coefficients, derivatives)))
    }
}

fn same_rows(rows: usize, lengths: &[usize], mask_length: usize) -> PyResult<()> {
    if lengths.iter().all(|length| *length == rows) && mask_length == rows * NUM_ACTIONS {
        return Ok(());
    }
    Err(PyValueError::new_err(format!("every argument must have {rows} rows, masks of {NUM_ACTIONS}")))
}

fn has_rows<E>(name: &str, numbers: &[E], rows: usize, width: usize) -> PyResult<()> {
    if numbers.len() == rows * width {
        return Ok(());
    }
    Err(PyValueError::new_err(format!("{name} has {} numbers; allowed: {rows} rows of {width}", numbers.len())))
}
