"""The processes that train one policy, as torchrun starts them (torch.distributed).

The first process (rank 0) has the run: its directory, its events, when it stops. The others do what it tells them
(``PPO.follow``). Each has its own share of the environments; whatever decides numbers is summed over all of them, so
all take the same gradient steps and have the same weights.

A process alone has nobody to agree with: every operation is then nothing at all, and torch.distributed is not loaded.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:  # It takes seconds to import, and an error in the config should not.
    from torch import Tensor

Value = TypeVar("Value")

TOUCH_TIMEOUT = timedelta(minutes=10)
"""How long a process waits for another that is silent. One that ends is noticed at once."""


def rank_and_size() -> tuple[int, int]:
    """This process's number and the number of processes, as torchrun set them: (0, 1) without it."""
    return int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))


class LostTouchError(RuntimeError):
    """Another process of the run has ended, or can't be reached."""


class Ranks:
    """This process among ``size``, ``rank`` of them. Without arguments: alone."""

    def __init__(self, rank: int = 0, size: int = 1, stop_requested: Callable[[], bool] = lambda: False) -> None:
        """Meet the others. ``stop_requested`` tells whether this process was asked to stop.

        Raises LostTouchError.
        """
        self.rank = rank
        self.size = size
        self._stop_requested = stop_requested
        self._others_asked = False
        if size > 1:
            import torch.distributed

            # Objects and the CPU's tensors go over gloo, a GPU's over NCCL, which wants one to be there.
            backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
            with self._touch(), _stdout_on_stderr():
                torch.distributed.init_process_group(backend, timeout=TOUCH_TIMEOUT)

    def stop_requested(self) -> bool:
        """Whether this process was asked to stop, or another one before it last shared something."""
        return self._stop_requested() or self._others_asked

    def tell(self, message: Any) -> None:
        """Rank 0: hand ``message`` to all others, who ``hear`` it. They tell nothing."""
        if self.size > 1 and self.rank == 0:
            self._from_first(message)

    def hear(self) -> Any:
        """Any other rank: what rank 0 tells next."""
        return self._from_first(None)

    def _from_first(self, message: Any) -> Any:
        import torch.distributed

        box = [message]
        with self._touch():
            torch.distributed.broadcast_object_list(box, src=0)
        return box[0]

    def share(self, value: Value) -> list[Value]:
        """Everybody's ``value``, in the order of the ranks."""
        if self.size == 1:
            return [value]
        import torch.distributed

        boxes: list[Any] = [None] * self.size
        with self._touch():
            torch.distributed.all_gather_object(boxes, (value, self._stop_requested()))
        self._others_asked |= any(asked for _, asked in boxes)
        return [shared for shared, _ in boxes]

    def gather(self, value: Value) -> list[Value]:
        """Rank 0: everybody's ``value``, in the order of the ranks. Others: an empty list."""
        if self.size == 1:
            return [value]
        import torch.distributed

        boxes: list[Any] | None = [None] * self.size if self.rank == 0 else None
        with self._touch():
            torch.distributed.gather_object(value, boxes)
        return boxes or []

    def add(self, tensors: "list[Tensor]") -> "list[Tensor]":
        """Each of ``tensors``, of one dtype, summed over the ranks: the same bits on all of them."""
        if self.size == 1:
            return tensors
        import torch.distributed

        together = torch.cat([tensor.flatten() for tensor in tensors])
        with self._touch():
            torch.distributed.all_reduce(together)
        parts = torch.split_with_sizes(together, [tensor.numel() for tensor in tensors])
        return [part.view_as(tensor) for part, tensor in zip(parts, tensors, strict=True)]

    def close(self) -> None:
        """Part from the others."""
        if self.size > 1:
            import torch.distributed

            torch.distributed.destroy_process_group()

    @contextmanager
    def _touch(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            reason = str(error).strip().partition("\n")[0]
            raise LostTouchError(f"process {self.rank} of {self.size} lost touch with the others: {reason}") from error


@contextmanager
def _stdout_on_stderr() -> Iterator[None]:
    """Gloo greets on stdout, where ``--json`` promises nothing but windows."""
    sys.stdout.flush()
    stdout = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)
