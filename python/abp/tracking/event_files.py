"""TensorBoard event files in the run's directory: ``tensorboard --logdir RUN/tensorboard`` shows them."""

from pathlib import Path

from abp.extras import install_command
from abp.runs.events import RunEvent, WindowClosed
from abp.tracking import TrackingError
from abp.tracking.memory import TrackerMemory


class EventFiles:
    """Writes every metric of a window as a scalar at its ``env_steps_total``.

    A file for each process, all in ``tensorboard/``, where TensorBoard shows them as one run.
    """

    def __init__(self, run_dir: Path) -> None:
        """Raises TrackingError without the package; OSError."""
        try:
            from tensorboardX import SummaryWriter
        except ImportError as error:
            raise TrackingError(
                f"track is tensorboard, and tensorboardX is not installed; {install_command('train')} brings it"
            ) from error
        self._memory = TrackerMemory(run_dir, "tensorboard")
        self._writer = SummaryWriter(str(run_dir / "tensorboard"))

    def hear(self, event: RunEvent) -> None:
        """Windows become scalars."""
        if not isinstance(event, WindowClosed) or not self._memory.is_new(event.window.window_id):
            return
        for name, value in event.window:
            if value is not None and name != "env_steps_total":
                self._writer.add_scalar(name, value, event.window.env_steps_total)
        self._writer.flush()

    def close(self, *, failed: bool) -> None:
        """Write what is left."""
        self._writer.close()
