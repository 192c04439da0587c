"""The device that a run learns on, and CUDA's means to keep a GPU busy. On the CPU these do nothing of their own."""

import os
from collections.abc import Callable

import torch
from torch import Tensor


class DeviceError(RuntimeError):
    """This machine has no such device."""


def choose_device(wanted: str) -> torch.device:
    """What the config's ``device`` ("auto", "cpu" or "cuda") is for this process.

    Each of the processes that torchrun starts on a machine has a GPU of its own. Raises DeviceError.
    """
    if wanted == "cpu":
        return torch.device("cpu")
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if gpus >= processes:
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    if wanted == "cuda":
        raise DeviceError(
            f"cuda needs a GPU for each process, torch finds {gpus} here for {processes}; allowed: cpu, auto"
        )
    return torch.device("cpu")


def prepare_thread(device: torch.device) -> None:
    """Prepare the calling thread, as every thread that works on ``device`` must be."""
    # The threads are ours: torch's own would wait for each other after every operation.
    torch.set_num_threads(1)
    if device.type == "cuda":
        torch.cuda.set_device(device)
        # Products of rounded numbers are summed in float32 (mlp.py), in parts too.
        torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False


def host_zeros(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """A tensor on the host that ``device`` can copy to and from: pinned if that is a GPU."""
    return torch.zeros(shape, dtype=dtype, pin_memory=device.type == "cuda")


class Staging:
    """A tensor of zeros on the ``host``, one on the ``device``, and copies between them that the host doesn't wait for.

    What is copied must stay as it is until the stream has done so.
    """

    def __init__(self, shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> None:
        self.host = host_zeros(shape, dtype, device)
        self.device = torch.zeros(shape, dtype=dtype, device=device)

    def upload(self) -> None:
        """Copy to the device, in the current stream."""
        self.device.copy_(self.host, non_blocking=True)

    def download(self) -> None:
        """Copy to the host, in the current stream."""
        self.host.copy_(self.device, non_blocking=True)


class GraphRunner:
    """Runs ``work``: from its second call on as a CUDA graph in the current stream, on the CPU as a plain call.

    It reads and writes tensors that stay where they are, and never waits for the device. The first call loads what CUDA
    loads when it is first used, which can't be captured. ``stream`` is the one to capture in: replays of graphs from
    the same one share cuBLAS's workspace, and must not overlap.
    """

    def __init__(self, work: Callable[[], None], stream: torch.cuda.Stream | None) -> None:
        self._work = work
        self._stream = stream
        self._called = False
        self._graph: torch.cuda.CUDAGraph | None = None

    def __call__(self) -> None:
        if self._stream is None or not self._called:
            self._work()
            self._called = True
            return
        if self._graph is None:
            graph = torch.cuda.CUDAGraph()
            # Other threads may use CUDA meanwhile: NCCL has one that watches.
            with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
                self._work()
            self._graph = graph
        self._graph.replay()


def new_stream(device: torch.device) -> torch.cuda.Stream | None:
    """A CUDA stream; None on the CPU."""
    return torch.cuda.Stream(device) if device.type == "cuda" else None  # type: ignore[no-untyped-call]
