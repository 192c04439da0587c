"""The optimiser is asked, told, closed and opened again."""

from contextlib import closing

import pytest

from abp.runs.config import TrainConfig
from abp.runs.window import WindowRow
from abp.sweep.directory import SweepDirectory, SweepSettings
from abp.sweep.results import ranked, trial_result
from abp.sweep.study import PRUNE_AFTER_TRIALS, Study

SPACE = {
    "learning_rate": {"low": 1e-4, "high": 1e-2, "log": True},
    "update_epochs": {"low": 1, "high": 4},
    "reward": {"choices": ["net_worth", "sparse"]},
}


def settings(**fields):
    base = TrainConfig(num_envs=8, num_steps=16, window_env_steps=128, total_env_steps=12 * 128)
    given = {"objective": "credits", "episodes": 1, "seed_base": 0, "prune": True, **fields}
    return SweepSettings(config=base, space=SPACE, **given)


@pytest.fixture
def open_study(tmp_path):
    def open_(name="one", **fields):
        directory = SweepDirectory(tmp_path / name)
        directory.path.mkdir(exist_ok=True)
        return closing(Study(directory, settings(**fields)))

    return open_


def evaluation(credits):
    return {"credits_mean": credits, "return_mean": -credits, "survival_rate": 0.5}


def windows(count, credits):
    numbers = {name: 0 for name, field in WindowRow.model_fields.items() if field.annotation in (int, float)}
    rows = {**dict.fromkeys(WindowRow.model_fields), **numbers, "credits_mean": credits, "survival_mean": 0.5}
    return [WindowRow.model_validate({**rows, "window_id": at + 1}) for at in range(count)]


def value(params):
    return 1000 * params["update_epochs"] - 1e5 * abs(params["learning_rate"] - 1e-3)


def finish(study, trial, params):
    return study.tell(trial, "complete", reason=None, evaluation=evaluation(value(params)))


def test_a_study_that_is_interrupted_asks_for_the_same_trials(open_study):
    """Between a question and its answer, and after an answer; at first, and once the sampler has learned."""
    with open_study("whole") as study:
        expected = []
        for _ in range(12):
            trial, params = study.ask()
            expected.append(params)
            finish(study, trial, params)
    seen = []
    for upto in (2, 11, 12):
        with open_study("torn") as study:
            for trial, params in study.unfinished():
                seen.append(params)
                finish(study, trial, params)
            while len(seen) < upto:
                trial, params = study.ask()
                seen.append(params)
                finish(study, trial, params)
            if upto < 12:
                study.ask()
    assert seen == expected
    assert len({tuple(params.values()) for params in seen}) == 12


def test_trials_are_proposed_near_the_best(open_study):
    with open_study() as study:
        values = []
        for _ in range(30):
            trial, params = study.ask()
            values.append(finish(study, trial, params).value)
    assert sum(values[20:]) / 10 > sum(values[:10]) / 10


def test_a_trial_below_the_median_of_the_same_window_is_ended(open_study):
    with open_study() as study:
        for number in range(PRUNE_AFTER_TRIALS):
            trial, params = study.ask()
            assert not study.report(trial, windows(12, 100 + number))
            finish(study, trial, params)
        good, _ = study.ask()
        assert not study.report(good, windows(12, 103))
        bad, _ = study.ask()
        assert not study.report(bad, windows(3, 5))
        assert study.report(bad, windows(12, 5))
        told = study.tell(bad, "pruned", reason=None, evaluation=None)
    assert max(told.intermediate_values) < 12
    assert trial_result(told)["value"] is None


def test_nothing_is_ended_early_when_that_is_not_wanted(open_study):
    with open_study(prune=False) as study:
        for number in range(PRUNE_AFTER_TRIALS + 1):
            trial, params = study.ask()
            assert not study.report(trial, windows(12, 100 - 10 * number))
            finish(study, trial, params)


def test_a_window_without_an_episode_says_nothing(open_study):
    with open_study() as study:
        trial, _ = study.ask()
        assert not study.report(trial, windows(2, None))
        assert trial.number == 0
        assert study.trials[0].intermediate_values == {}


@pytest.mark.parametrize(("objective", "best"), [("credits", 2), ("return_mean", 0), ("survival_rate", 0)])
def test_the_best_is_that_of_the_objective(open_study, objective, best):
    with open_study(objective=objective) as study:
        for number in range(3):
            trial, _ = study.ask()
            study.tell(trial, "complete", reason=None, evaluation=evaluation(number))
        trial, _ = study.ask()
        study.tell(trial, "refused", reason="sizes don't fit", evaluation=None)
        trial, _ = study.ask()
        study.tell(trial, "failed", reason="exit code 1", evaluation=None)
        results = [trial_result(trial) for trial in study.trials]
    assert ranked(results)[0]["trial"] == best
    assert [result["outcome"] for result in results[3:]] == ["refused", "failed"]
    assert results[3]["reason"] == "sizes don't fit"


def test_what_is_not_the_same_is_named():
    other = settings(objective="return_mean").model_copy(update={"config": TrainConfig(gamma=0.5)})
    assert settings().differences(settings()) == []
    assert set(settings().differences(other)) >= {"config.gamma", "objective"}
