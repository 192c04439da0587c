//! Arrays that callers pass in, checked and copied to where a call reads them: others may write to theirs meanwhile.
use numpy::{
    Element, PyArray1, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;

/// What an integer outside 0..=255 becomes: a code that no action has, hence an invalid action by the rules.
const INVALID_CODE: u8 = 255;

/// The last actions and mask of a core, in memory that is taken once.
pub struct Inputs {
    num_envs: usize,
    pub actions: Vec<u8>,
    mask: Vec<bool>,
    masked: bool,
}

impl Inputs {
    pub fn new(num_envs: usize) -> Self {
        Self { num_envs, actions: Vec::with_capacity(num_envs), mask: Vec::with_capacity(num_envs), masked: false }
    }

    pub fn mask(&self) -> Option<&[bool]> {
        self.masked.then_some(&self.mask)
    }

    pub fn read_actions(&mut self, actions: &Bound<'_, PyAny>) -> PyResult<()> {
        copy("actions", "uint8", self.num_envs, actions, &mut self.actions, |code: u8| code)
    }

    /// Reads actions from integers of any width.
    pub fn read_codes(&mut self, actions: &Bound<'_, PyUntypedArray>) -> PyResult<()> {
        self.actions.resize(self.num_envs, INVALID_CODE);
        read_codes(actions, &mut self.actions)
    }

    pub fn read_mask(&mut self, mask: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        self.masked = mask.is_some();
        let Some(mask) = mask else { return Ok(()) };
        if mask.cast::<PyArrayDyn<bool>>().is_err() {
            return Err(wrong_type("mask", "bool", mask));
        }
        // Any byte may stand in an array of bool, but not in a bool of Rust.
        let bytes = mask.call_method1("view", ("uint8",))?;
        copy("mask", "bool", self.num_envs, &bytes, &mut self.mask, |byte: u8| byte != 0)
    }
}

fn copy<T: Element + Copy, U>(
    name: &str,
    dtype: &str,
    num_envs: usize,
    array: &Bound<'_, PyAny>,
    into: &mut Vec<U>,
    convert: impl Fn(T) -> U,
) -> PyResult<()> {
    let array = array.cast::<PyArrayDyn<T>>().map_err(|_| wrong_type(name, dtype, array))?;
    if array.shape() != [num_envs] {
        let shape = array.getattr("shape")?;
        return Err(PyValueError::new_err(format!("{name} has the shape {shape}; allowed: ({num_envs},)")));
    }
    into.clear();
    // SAFETY: the GIL is held and nothing of Python runs until the elements are copied.
    if let Ok(slice) = unsafe { array.as_slice() } {
        into.extend(slice.iter().map(|value| convert(*value)));
    } else {
        // SAFETY: as above.
        into.extend(unsafe { array.as_array() }.iter().map(|value| convert(*value)));
    }
    Ok(())
}

fn wrong_type(name: &str, dtype: &str, found: &Bound<'_, PyAny>) -> PyErr {
    let described = match found.cast::<PyUntypedArray>() {
        Ok(array) => format!("a numpy array of {}", array.dtype()),
        Err(_) => found.get_type().name().map_or_else(|_| "an object".into(), |name| format!("a {name}")),
    };
    PyTypeError::new_err(format!("{name} is {described}; allowed: a numpy array of {dtype}"))
}

/// Fills `codes`, one an env, from integers of any width; what is outside 0..=255 becomes 255.
///
/// Raises TypeError unless the dtype is an integer one, ValueError unless there is one an env.
pub fn read_codes(actions: &Bound<'_, PyUntypedArray>, codes: &mut [u8]) -> PyResult<()> {
    let dtype = actions.dtype();
    if !matches!(dtype.kind(), b'i' | b'u') {
        return Err(PyTypeError::new_err(format!("actions must be an integer array, got dtype {dtype}")));
    }
    if actions.shape() != [codes.len()] {
        let (shape, num_envs) = (actions.getattr("shape")?, codes.len());
        return Err(PyValueError::new_err(format!("actions must have shape ({num_envs},), got {shape}")));
    }
    let read = narrow::<i64>(actions, codes)
        || narrow::<u8>(actions, codes)
        || narrow::<i32>(actions, codes)
        || narrow::<i8>(actions, codes)
        || narrow::<i16>(actions, codes)
        || narrow::<u16>(actions, codes)
        || narrow::<u32>(actions, codes)
        || narrow::<u64>(actions, codes);
    if read { Ok(()) } else { read_codes(&in_native_order(actions)?, codes) }
}

/// Whether `actions` has elements of type `T`; `codes` is filled then.
fn narrow<T: Element + Copy>(actions: &Bound<'_, PyUntypedArray>, codes: &mut [u8]) -> bool
where
    u8: TryFrom<T>,
{
    let Ok(actions) = actions.cast::<PyArray1<T>>() else { return false };
    let code = |value: &T| u8::try_from(*value).unwrap_or(INVALID_CODE);
    // SAFETY: the GIL is held and nothing of Python runs until the elements are read.
    if let Ok(slice) = unsafe { actions.as_slice() } {
        codes.iter_mut().zip(slice).for_each(|(to, from)| *to = code(from));
    } else {
        // SAFETY: as above.
        codes.iter_mut().zip(unsafe { actions.as_array() }).for_each(|(to, from)| *to = code(from));
    }
    true
}

fn in_native_order<'py>(array: &Bound<'py, PyUntypedArray>) -> PyResult<Bound<'py, PyUntypedArray>> {
    let dtype = array.dtype().call_method1("newbyteorder", (PyString::new(array.py(), "="),))?;
    Ok(array.call_method1("astype", (dtype,))?.cast_into()?)
}
