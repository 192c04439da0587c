"""`ABP_SIMD` forces native onto one instruction set: the recorded episodes and the core's own tests pass on each."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def run(path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    environment = {**os.environ, "ABP_SIMD": path}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=170, check=False)


@pytest.mark.parametrize("path", ["avx512", "avx2", "portable"])
def test_recorded_episodes_and_core_tests_pass_on_a_forced_path(path):
    taken = run(path, "-c", "from abp import _core; print(_core.simd_path())")
    if taken.returncode and f'ABP_SIMD is "{path}"; this machine allows' in taken.stderr and path != "portable":
        pytest.skip(f"this machine has no {path}")
    assert taken.stdout.strip() == path, taken.stderr

    tests = run(path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "native", "tests/golden", "tests/core")
    passed = re.search(r"(\d+) passed", tests.stdout)
    assert tests.returncode == 0, tests.stdout[-3000:]
    assert passed, tests.stdout[-3000:]
    assert int(passed[1]) > 66, "66 recorded episodes, and the core's tests"
