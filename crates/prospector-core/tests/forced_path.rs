//! `ABP_SIMD` forces the path of a core. The variable belongs to a process, so each path has one of its own.

use std::env;
use std::process::Command;

use prospector_core::{Batch, NativeCore, OBS_SIZE, Outputs, ScalarCore};
use prospector_simd::{SIMD_VARIABLE, SimdPath};

const NUM_ENVS: usize = 67;

/// The bits of every observation and reward of 40 steps.
fn played(core: &mut dyn Batch) -> Vec<u32> {
    let (mut obs, mut reward) = (vec![0.0; NUM_ENVS * OBS_SIZE], vec![0.0; NUM_ENVS]);
    let (mut terminated, mut truncated) = (vec![false; NUM_ENVS], vec![false; NUM_ENVS]);
    let mut out =
        Outputs { obs: &mut obs, reward: &mut reward, terminated: &mut terminated, truncated: &mut truncated };
    core.reset(&(0..NUM_ENVS as u64).collect::<Vec<_>>(), None, &mut out);
    let mut bits = Vec::new();
    for step in 0..40 {
        let actions: Vec<u8> = (0..NUM_ENVS).map(|i| ((step * 31 + i * 7) % 68) as u8).collect();
        let running: Vec<bool> = out.terminated.iter().zip(&*out.truncated).map(|(a, b)| !(a | b)).collect();
        core.step(&actions, Some(&running), &mut out).unwrap();
        bits.extend(out.obs.iter().chain(&*out.reward).map(|x| x.to_bits()));
    }
    bits
}

#[test]
fn a_core_takes_the_path_of_the_environment_and_plays_the_same_bits() {
    let Some(forced) = env::var_os(SIMD_VARIABLE) else {
        for path in SimdPath::available() {
            let mut again = Command::new(env::current_exe().unwrap());
            let done = again.env(SIMD_VARIABLE, path.name()).output().unwrap();
            let said = String::from_utf8_lossy(&done.stdout);
            assert!(done.status.success() && said.contains("2 passed"), "{}: {said}", path.name());
        }
        return;
    };
    let mut native = NativeCore::new(NUM_ENVS, 300.0, 2).unwrap();
    assert_eq!(native.path().name(), forced.to_str().unwrap());
    assert!(played(&mut native) == played(&mut ScalarCore::new(NUM_ENVS, 300.0).unwrap()));
}

#[test]
fn a_path_that_does_not_exist_is_refused() {
    if env::var_os(SIMD_VARIABLE).is_some() {
        return; // a forced run of this file, from above
    }
    let mut again = Command::new(env::current_exe().unwrap());
    let done = again.env(SIMD_VARIABLE, "sse9").arg("a_core_takes").output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success() && said.contains("sse9"), "{said}");
}
