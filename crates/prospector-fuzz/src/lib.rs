//! What the fuzz targets do with their input: any bytes are a plan, and the same bytes are the same plan on every machine.
//!
//! A plan is played by the C reference beside the scalar core, and again beside the native core on one of its paths. Every output
//! of every env is compared after every call ([`prospector_parity::Pair`]).
mod blob;
mod calls;
mod candidates;
mod corpus;
mod forgery;
mod input;

pub use blob::BlobPlan;
pub use calls::CallPlan;
pub use candidates::Played;
pub use corpus::seeds;

/// The fuzz targets by name: what [`play`] and [`seeds`] know.
pub const TARGETS: [&str; 2] = ["calls", "blob"];

/// Plays the plan that `input` is for a target; the error says where two implementations part, and in what plan.
///
/// # Panics
/// If `target` is none of [`TARGETS`].
pub fn play(target: &str, input: &[u8]) -> Result<Played, String> {
    match target {
        "calls" => CallPlan::read(input).play(),
        "blob" => BlobPlan::read(input).play(),
        _ => panic!("target is {target:?}; allowed: {}", TARGETS.join(", ")),
    }
}
