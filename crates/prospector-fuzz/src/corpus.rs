//! Inputs to begin with: random plans of every size, and episodes that policies have played, written as plans.
use prospector_parity::{Choices, POLICIES, Policy};
use prospector_reference::{Env, NUM_ACTIONS, OBS_SIZE};

/// The inputs of a target of [`crate::TARGETS`], the same in every run.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut choices = Choices(1);
    let random = (0..24).map(|i| (0..16 << (i / 4)).map(|_| choices.draw() as u8).collect()).collect::<Vec<_>>();
    let played = (0..4).flat_map(|seed| POLICIES.map(|policy| (seed, policy)));
    let written = played.map(|(seed, policy)| match target {
        "calls" => calls(seed, &episode(seed, policy, 280)),
        _ => blob(seed as u16, &episode(seed, policy, 64)),
    });
    random.into_iter().chain(written).collect()
}

/// The actions of a policy in an episode of 20,000 ticks, at most `most`.
fn episode(seed: u64, policy: Policy, most: usize) -> Vec<u8> {
    let mut env = Env::new(20_000.0).expect("an allowed time_max");
    env.reset(seed);
    let mut choices = Choices(seed);
    let mut actions = Vec::new();
    while env.running() && actions.len() < most {
        let (mut obs, mut mask) = ([0.0; OBS_SIZE], [0; NUM_ACTIONS]);
        env.observe(&mut obs);
        env.action_mask(&mut mask);
        let action = policy.choose(&obs, &mask, &mut choices);
        env.step(action).expect("a running episode");
        actions.push(action);
    }
    actions
}

/// As [`crate::CallPlan::read`] reads it: a batch that all take these actions, of which env 0 has the seed.
fn calls(seed: u64, actions: &[u8]) -> Vec<u8> {
    let (num_envs, threads, path, time_max) = (seed as u8 * 17, seed as u8 * 2, seed as u8, 0);
    let mut plan = vec![num_envs, threads, path, time_max];
    plan.extend(seed.to_le_bytes());
    for action in actions {
        plan.extend([0, 0, *action]); // step, with one code
    }
    plan
}

/// As [`crate::BlobPlan::read`] reads it: the state after these actions with one byte changed, played on with the first of them.
fn blob(seed: u16, actions: &[u8]) -> Vec<u8> {
    let (path, real, sealed) = (seed as u8, 2, 1);
    let (edits, change_a_byte, anywhere, as_it_is) = (1, 0, 0, 0);
    let mut plan = vec![path, real, sealed, edits, change_a_byte, anywhere];
    plan.extend(u16::to_le_bytes(84 + seed * 331));
    plan.extend([as_it_is, 64]);
    plan.extend(seed.to_le_bytes());
    for codes in [actions, &actions[..actions.len().min(16)]] {
        plan.push(codes.len() as u8 - 1);
        plan.extend(codes);
    }
    plan
}
