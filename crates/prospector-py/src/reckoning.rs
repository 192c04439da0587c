//! What scripted players reckon with (`prospector_pilot`), for many ships at once: a row each.

use numpy::ndarray::Dimension;
use numpy::{
    PyArray1, PyArray2, PyArrayDyn, PyArrayMethods, PyReadonlyArray, PyReadonlyArray1, PyReadonlyArray2,
    PyReadonlyArray3, PyReadonlyArrayDyn, PyUntypedArrayMethods,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use prospector_core::MineMode;
use prospector_core::constants::{ASTEROID_SLOTS, COMMODITIES, EDGE_SLOTS, NODES_MAX, OBS_SIZE};
use prospector_pilot::{DepletionChange, Deposit, ObservationView, Path};

type AnyShape<'py> = Bound<'py, PyArrayDyn<f32>>;
type Column<'py> = Bound<'py, PyArray1<f32>>;
type Table<'py> = Bound<'py, PyArray2<f32>>;

/// float32 `(k, 6)`: the prices that follow `prices`, float32 `(k, 6)`, when the ships see `obs`, float32 `(k, 260)`.
#[pyfunction]
pub fn follow_prices<'py>(
    py: Python<'py>,
    prices: PyReadonlyArray2<'py, f32>,
    obs: PyReadonlyArray2<'py, f32>,
) -> PyResult<Table<'py>> {
    let k = obs.shape()[0];
    let (prices, obs) = (rows::<COMMODITIES, _, _>("prices", &prices, k)?, rows::<OBS_SIZE, _, _>("obs", &obs, k)?);
    let follow = |(prices, obs): (&[f32; COMMODITIES], &[f32; OBS_SIZE])| -> [f32; COMMODITIES] {
        std::array::from_fn(|c| prospector_pilot::follow_price(prices[c], ObservationView(obs), c))
    };
    table(py, prices.iter().zip(obs).map(follow).collect())
}

/// float32 `(k, 6)`: credits of a unit in the ground, refined where that is better, at `prices` float32 `(k, 6)`.
#[pyfunction]
pub fn ore_prices<'py>(py: Python<'py>, prices: PyReadonlyArray2<'py, f32>) -> PyResult<Table<'py>> {
    let k = prices.shape()[0];
    table(py, rows("prices", &prices, k)?.iter().map(prospector_pilot::ore_prices).collect())
}

/// float32 `(k,)`: credits that refining once adds to `hold`, units `(k, 6)`, at `prices`, both float32 `(k, 6)`.
#[pyfunction]
pub fn refining_gain<'py>(
    py: Python<'py>,
    hold: PyReadonlyArray2<'py, f32>,
    prices: PyReadonlyArray2<'py, f32>,
) -> PyResult<Column<'py>> {
    let k = hold.shape()[0];
    let (hold, prices) =
        (rows::<COMMODITIES, _, _>("hold", &hold, k)?, rows::<COMMODITIES, _, _>("prices", &prices, k)?);
    let gains = hold.iter().zip(prices).map(|(hold, prices)| prospector_pilot::refining_gain(hold, prices));
    Ok(PyArray1::from_iter(py, gains))
}

/// The best way to sell each commodity of `hold`, units float32 `(k, 6)`, at `prices` float32 `(k, 6)` into the inventory that
/// `obs` float32 `(k, 260)` shows: the share to sell next, int64 `(k, 6)` (0 a quarter, 1 half, 2 all), and the credits of
/// all in one sale, float32 `(k, 6)`.
#[pyfunction]
pub fn best_sales<'py>(
    py: Python<'py>,
    hold: PyReadonlyArray2<'py, f32>,
    prices: PyReadonlyArray2<'py, f32>,
    obs: PyReadonlyArray2<'py, f32>,
) -> PyResult<(Bound<'py, PyArray2<i64>>, Table<'py>)> {
    let k = hold.shape()[0];
    let (hold, prices) =
        (rows::<COMMODITIES, _, _>("hold", &hold, k)?, rows::<COMMODITIES, _, _>("prices", &prices, k)?);
    let obs = rows::<OBS_SIZE, _, _>("obs", &obs, k)?;
    let (mut shares, mut credits) = (Vec::with_capacity(k), Vec::with_capacity(k));
    for ((hold, prices), obs) in hold.iter().zip(prices).zip(obs) {
        let inventory = |c| ObservationView(obs).inventory(c);
        let sales: [_; COMMODITIES] =
            std::array::from_fn(|c| prospector_pilot::best_sale(hold[c], prices[c], inventory(c)));
        shares.push(sales.map(|sale| sale.share as i64));
        credits.push(sales.map(|sale| sale.credits));
    }
    Ok((table(py, shares)?, table(py, credits)?))
}

/// Credits that pirates should cost in a tick at a node, for holds of such a `value` and an `alert` of 0 to 100.
#[pyfunction]
pub fn expected_robbery<'py>(
    py: Python<'py>,
    value: PyReadonlyArrayDyn<'py, f32>,
    alert: PyReadonlyArrayDyn<'py, f32>,
) -> PyResult<AnyShape<'py>> {
    let arrays = [("value", &value), ("alert", &alert)];
    elementwise(py, arrays, |[value, alert]| prospector_pilot::expected_robbery(value, alert))
}

/// What the next tick of conservative mining should bring from each asteroid of `k` fields, in credits, and the chance that it
/// ends the asteroid: two arrays float32 `(k, 16)`.
///
/// `ore_prices` are float32 `(k, 6)`, the `composition` of the asteroids float32 `(k, 16, 6)`, the `trust` in it, `richness`,
/// what is `left` and `stability` float32 `(k, 16)`, the share of a whole `tool` float32 `(k,)`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "an array for each thing that is known of an asteroid")]
pub fn forecast_mining<'py>(
    py: Python<'py>,
    ore_prices: PyReadonlyArray2<'py, f32>,
    composition: PyReadonlyArray3<'py, f32>,
    trust: PyReadonlyArray2<'py, f32>,
    richness: PyReadonlyArray2<'py, f32>,
    left: PyReadonlyArray2<'py, f32>,
    stability: PyReadonlyArray2<'py, f32>,
    tool: PyReadonlyArray1<'py, f32>,
) -> PyResult<(Table<'py>, Table<'py>)> {
    const SHARES: usize = ASTEROID_SLOTS * COMMODITIES;
    let k = tool.shape()[0];
    let ore_prices = rows::<COMMODITIES, _, _>("ore_prices", &ore_prices, k)?;
    let composition = rows::<SHARES, _, _>("composition", &composition, k)?;
    let (trust, richness) =
        (rows::<ASTEROID_SLOTS, _, _>("trust", &trust, k)?, rows::<ASTEROID_SLOTS, _, _>("richness", &richness, k)?);
    let (left, stability) =
        (rows::<ASTEROID_SLOTS, _, _>("left", &left, k)?, rows::<ASTEROID_SLOTS, _, _>("stability", &stability, k)?);
    let tool = rows::<1, _, _>("tool", &tool, k)?;
    let (mut credits, mut end_chances) = (vec![[0.0; ASTEROID_SLOTS]; k], vec![[0.0; ASTEROID_SLOTS]; k]);
    for i in 0..k {
        let (shares, _) = composition[i].as_chunks();
        for slot in 0..ASTEROID_SLOTS {
            let deposit = Deposit {
                unit_value: prospector_pilot::unit_value(&ore_prices[i], &shares[slot], trust[i][slot]),
                richness: richness[i][slot],
                left: left[i][slot],
                stability: stability[i][slot],
            };
            let forecast = deposit.forecast(tool[i][0]);
            (credits[i][slot], end_chances[i][slot]) = (forecast.credits, forecast.end_chance);
        }
    }
    Ok((table(py, credits)?, table(py, end_chances)?))
}

/// The richness of asteroids after a tick of conservative mining with a `tool` (a share of a whole one), which depleted them from
/// `before` to `after`; `known` is the richness before, or 0.
#[pyfunction]
pub fn mined_richness<'py>(
    py: Python<'py>,
    known: PyReadonlyArrayDyn<'py, f32>,
    tool: PyReadonlyArrayDyn<'py, f32>,
    before: PyReadonlyArrayDyn<'py, f32>,
    after: PyReadonlyArrayDyn<'py, f32>,
) -> PyResult<AnyShape<'py>> {
    let arrays = [("known", &known), ("tool", &tool), ("before", &before), ("after", &after)];
    elementwise(py, arrays, |[known, tool, before, after]| {
        prospector_pilot::mined_richness(known, MineMode::Conservative, tool, DepletionChange { before, after })
    })
}

/// Credits that are left of the `gain` of trips whose way there, and back, takes so many `ticks` and so much `fuel`.
#[pyfunction]
pub fn trip_profit<'py>(
    py: Python<'py>,
    gain: PyReadonlyArrayDyn<'py, f32>,
    ticks: PyReadonlyArrayDyn<'py, f32>,
    fuel: PyReadonlyArrayDyn<'py, f32>,
) -> PyResult<AnyShape<'py>> {
    elementwise(py, [("gain", &gain), ("ticks", &ticks), ("fuel", &fuel)], |[gain, ticks, fuel]| {
        prospector_pilot::trip_profit(gain, Path { ticks, fuel }, Path { ticks, fuel })
    })
}

/// The shortest paths to the station from the nodes of `k` belts, along the edges that are known.
///
/// `to` int64 `(k, 32, 6)` is the node at the end of each edge, or negative where it is not known; `ticks` and `fuel`, float32
/// `(k, 32, 6)`, are those of the edges. Returns, each `(k, 32)`: the slot of the first edge, int64, -1 at the station and where
/// no path is known; ticks and fuel, float32, 1e6 where no path is known; the number of edges, int64.
#[pyfunction]
#[expect(clippy::type_complexity, reason = "four arrays, of two types")]
pub fn paths_home<'py>(
    py: Python<'py>,
    to: PyReadonlyArray3<'py, i64>,
    ticks: PyReadonlyArray3<'py, f32>,
    fuel: PyReadonlyArray3<'py, f32>,
) -> PyResult<(Bound<'py, PyArray2<i64>>, Table<'py>, Table<'py>, Bound<'py, PyArray2<i64>>)> {
    const EDGES: usize = NODES_MAX * EDGE_SLOTS;
    let k = to.shape()[0];
    let (to, ticks) = (rows::<EDGES, _, _>("to", &to, k)?, rows::<EDGES, _, _>("ticks", &ticks, k)?);
    let fuel = rows::<EDGES, _, _>("fuel", &fuel, k)?;
    if let Some(node) = to.as_flattened().iter().find(|node| **node >= NODES_MAX as i64) {
        return Err(PyValueError::new_err(format!("to has {node}; allowed: at most {}", NODES_MAX - 1)));
    }
    let home = |i: usize| {
        prospector_pilot::paths_home(|node, slot| {
            let edge = node * EDGE_SLOTS + slot;
            usize::try_from(to[i][edge]).ok().map(|end| (end, Path { ticks: ticks[i][edge], fuel: fuel[i][edge] }))
        })
    };
    let homes: Vec<_> = (0..k).map(home).collect();
    Ok((
        table(py, homes.iter().map(|belt| belt.map(|home| home.slot.map_or(-1, i64::from))).collect())?,
        table(py, homes.iter().map(|belt| belt.map(|home| home.path.ticks)).collect())?,
        table(py, homes.iter().map(|belt| belt.map(|home| home.path.fuel)).collect())?,
        table(py, homes.iter().map(|belt| belt.map(|home| i64::from(home.hops))).collect())?,
    ))
}

/// What `reckon` makes of each element of arrays of one shape, which is the result's.
fn elementwise<'py, const A: usize>(
    py: Python<'py>,
    arrays: [(&str, &PyReadonlyArrayDyn<'py, f32>); A],
    reckon: impl Fn([f32; A]) -> f32,
) -> PyResult<AnyShape<'py>> {
    let shape = arrays[0].1.shape();
    let mut columns = [&[][..]; A];
    for ((name, array), column) in arrays.iter().zip(&mut columns) {
        if array.shape() != shape {
            return Err(PyValueError::new_err(format!("{name} has shape {:?}; allowed: {shape:?}", array.shape())));
        }
        *column = array.as_slice()?;
    }
    let results = (0..columns[0].len()).map(|i| reckon(columns.map(|column| column[i])));
    PyArray1::from_iter(py, results).reshape(shape)
}

/// An array of `k` rows as a slice of them; `N` is the size of a row.
fn rows<'a, const N: usize, T: numpy::Element, D: Dimension>(
    name: &str,
    array: &'a PyReadonlyArray<'_, T, D>,
    k: usize,
) -> PyResult<&'a [[T; N]]> {
    let (rows, rest) = array.as_slice()?.as_chunks();
    if rows.len() != k || !rest.is_empty() || array.shape()[0] != k {
        let shape = array.shape();
        return Err(PyValueError::new_err(format!("{name} has shape {shape:?}; allowed: {k} rows of {N}")));
    }
    Ok(rows)
}

fn table<'py, T: numpy::Element, const N: usize>(
    py: Python<'py>,
    rows: Vec<[T; N]>,
) -> PyResult<Bound<'py, PyArray2<T>>> {
    let k = rows.len();
    PyArray1::from_vec(py, rows.into_flattened()).reshape([k, N])
}
