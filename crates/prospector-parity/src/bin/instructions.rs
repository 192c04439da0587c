//! What `benches/instructions.sh` counts: `instructions CORE ENVS ROUNDS WORK` plays the core with resets.
use std::process::ExitCode;

use prospector_parity::throughput::{Actions, MeasuredCore, Runner};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [core, envs, rounds, work] = &arguments[..] else {
        eprintln!("usage: instructions CORE ENVS ROUNDS uniform|legal|hold|resets");
        return ExitCode::from(2);
    };
    let measured = MeasuredCore::all().into_iter().find(|measured| measured.name() == *core);
    let (Some(measured), Ok(envs @ 1..), Ok(rounds)) = (measured, envs.parse(), rounds.parse()) else {
        let names: Vec<_> = MeasuredCore::all().into_iter().map(MeasuredCore::name).collect();
        eprintln!("CORE is one of {}; ENVS is at least 1", names.join(", "));
        return ExitCode::from(2);
    };
    let mut runner = Runner::new(measured, envs);
    match work.as_str() {
        "uniform" => runner.play(rounds, Actions::Uniform),
        "legal" => runner.play(rounds, Actions::Legal),
        "hold" => runner.play(rounds, Actions::Hold),
        "resets" => runner.restart(rounds),
        _ => {
            eprintln!("WORK is {work}; allowed: uniform, legal, hold, resets");
            return ExitCode::from(2);
        }
    };
    ExitCode::SUCCESS
}
