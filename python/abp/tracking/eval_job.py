"""A benchmark as a job of its own in Weights & Biases, tied to the checkpoint that it measured."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from abp.tracking import TrackingError
from abp.tracking.memory import read
from abp.tracking.wandb_run import start_run


class EvalJob:
    """A W&B run of type ``eval``, in the group of the run that trained the checkpoint, if that was tracked."""

    def __init__(self, out: Path, checkpoint: Path, origin: dict[str, Any], *, warn: Callable[[str], None]) -> None:
        """Files go to ``out``; ``origin`` says what plays, and how. Raises TrackingError."""
        self._warn = warn
        # RUN/checkpoints/window-000010.pt
        self._trained_by: str | None = read(checkpoint.parent.parent).get("wandb", {}).get("id")
        window = int(checkpoint.stem.split("-")[1]) if checkpoint.stem.startswith("window-") else None
        model = f"checkpoint-{self._trained_by}:window-{window}" if self._trained_by else None
        self._wandb, self._run = start_run(
            out,
            warn=warn,
            name=f"benchmark of {checkpoint.stem}",
            job_type="eval",
            group=self._trained_by,
            config={**origin, "model_artifact": model},
        )
        if model and not self._run.offline:
            self._safely(lambda: self._run.use_artifact(model, type="model"))

    def finish(self, results: dict[str, Any], files: list[Path]) -> None:
        """Tell the KPIs of each player and keep ``files`` as an artifact."""
        self._safely(lambda: self._tell(results, files))

    def close(self, *, failed: bool) -> None:
        """Send what is left."""
        self._safely(lambda: self._run.finish(exit_code=int(failed)))

    def _tell(self, results: dict[str, Any], files: list[Path]) -> None:
        for player, about in results["players"].items():
            for kpi, value in about["kpis"].items():
                low, high = value["ci95"]
                figures = {"mean": value["mean"], "ci95_low": low, "ci95_high": high}
                self._run.summary.update({f"{player}/{kpi}/{name}": figure for name, figure in figures.items()})
        artifact = self._wandb.Artifact(
            f"benchmark-{self._trained_by or self._run.id}", type="benchmark", metadata=results["protocol"]
        )
        for file in files:
            artifact.add_file(str(file))
        self._run.log_artifact(artifact, aliases=["latest"])

    def _safely(self, tell: Callable[[], object]) -> None:
        try:
            tell()
        except Exception as error:
            self._warn(f"W&B failed ({type(error).__name__}: {error}); the benchmark itself goes on")


@contextmanager
def eval_job(
    track: str, out: Path, checkpoint: Path, origin: dict[str, Any], *, warn: Callable[[str], None]
) -> Iterator[EvalJob | None]:
    """The job of a benchmark, closed as it ends; None with ``track`` "none". Raises TrackingError."""
    if track == "none":
        yield None
        return
    try:
        job = EvalJob(out, checkpoint, origin, warn=warn)
    except TrackingError:
        raise
    except Exception as error:
        warn(f"the benchmark is not tracked: W&B failed to start ({type(error).__name__}: {error})")
        yield None
        return
    failed = True
    try:
        yield job
        failed = False
    finally:
        job.close(failed=failed)
