"""The optimiser's side of a sweep: an Optuna study in its directory, asked for trials and told how they ended."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import optuna
from optuna.trial import FrozenTrial, Trial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from abp.runs.window import WindowRow
from abp.sweep.directory import SweepDirectory, SweepError, SweepSettings
from abp.sweep.space import suggest

VALUES = {
    "credits": ("credits_mean", "credits_mean"),
    "return_mean": ("return_mean", "return_mean"),
    "survival_rate": ("survival_rate", "survival_mean"),
}
"""Each objective's name in an evaluation, and in a window of training."""

PRUNE_AFTER_TRIALS = 5
PRUNE_AFTER_SHARE = 1 / 3
"""A trial may be ended early once so many are complete, and it has this share of its own windows."""

_STATES = {"complete": TrialState.COMPLETE, "pruned": TrialState.PRUNED, "failed": TrialState.FAIL}


class Study:
    """One process at a time has it. A trial that was asked for and not told yet is there again the next time."""

    def __init__(self, directory: SweepDirectory, settings: SweepSettings) -> None:
        """Open the directory's study, or begin it. Raises SweepError."""
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._settings = settings
        try:
            self._storage = optuna.storages.RDBStorage(f"sqlite:///{directory.study}")
        except (SQLAlchemyError, optuna.exceptions.OptunaError) as error:
            raise SweepError(
                f"{directory.study} can't be opened ({type(error).__name__}); name another --dir"
            ) from error
        warmup = int(settings.config.total_windows * PRUNE_AFTER_SHARE)
        self._study = optuna.create_study(
            storage=self._storage,
            study_name="sweep",
            direction="maximize",
            pruner=optuna.pruners.MedianPruner(n_startup_trials=PRUNE_AFTER_TRIALS, n_warmup_steps=warmup),
            load_if_exists=True,
        )

    def close(self) -> None:
        self._storage.remove_session()
        self._storage.engine.dispose()

    @property
    def trials(self) -> list[FrozenTrial]:
        """All, in the order in which they were asked for."""
        return self._study.get_trials(deepcopy=False)

    def unfinished(self) -> list[tuple[Trial, dict[str, Any]]]:
        """Trials that were asked for and not told yet, with the values of their fields."""
        running = self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        return [self._suggested(Trial(self._study, self._id(trial.number)), trial.number) for trial in running]

    def ask(self) -> tuple[Trial, dict[str, Any]]:
        """The next trial and the values of its fields."""
        number = len(self.trials)
        self._seed(number)
        return self._suggested(self._study.ask(), number)

    def report(self, trial: Trial, windows: Iterable[WindowRow]) -> bool:
        """Tell what training came to; whether it is bad enough to end the trial. Windows told before say nothing."""
        field = VALUES[self._settings.objective][1]
        known = self._storage.get_trial(self._id(trial.number)).intermediate_values
        for window in windows:
            # A window in which no episode finished says nothing.
            value = getattr(window, field)
            if value is None or window.window_id in known:
                continue
            trial.report(value, window.window_id)
            if self._settings.prune and trial.should_prune():
                return True
        return False

    def tell(self, trial: Trial, outcome: str, *, reason: str | None, evaluation: dict[str, Any] | None) -> FrozenTrial:
        """How a trial ended: "complete", "pruned", "failed", or "refused" with a config that doesn't fit."""
        trial.set_user_attr("outcome", outcome)
        trial.set_user_attr("reason", reason)
        trial.set_user_attr("evaluation", evaluation)
        if evaluation is not None and outcome == "complete":
            return self._study.tell(trial, evaluation[VALUES[self._settings.objective][0]])
        # The optimiser learns nothing from a failed trial, and to avoid what is like a pruned or a refused one.
        return self._study.tell(trial, state=_STATES.get(outcome, TrialState.PRUNED))

    def _suggested(self, trial: Trial, number: int) -> tuple[Trial, dict[str, Any]]:
        self._seed(number)
        return trial, suggest(trial, self._settings.space)

    def _seed(self, number: int) -> None:
        """Give each trial random numbers of its own: a sweep that was interrupted goes on as if it had not been."""
        seed = int(np.random.SeedSequence([self._settings.config.seed, number]).generate_state(1)[0])
        self._study.sampler = optuna.samplers.TPESampler(seed=seed)

    def _id(self, number: int) -> int:
        return self._storage.get_trial_id_from_study_id_trial_number(
            self._storage.get_study_id_from_name(self._study.study_name), number
        )
