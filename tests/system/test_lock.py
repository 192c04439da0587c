"""Locks across processes: who holds one, and that it ends with its holder."""

import signal
import subprocess
import sys
from contextlib import closing

import pytest

from abp.system.lock import FileLock, held

HOLD = """
import sys, time
from pathlib import Path
from abp.system.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.take(timeout=0), flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


@pytest.fixture
def holder(path):
    """Another process that holds the lock."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


def test_a_lock_that_another_process_holds_is_not_ours_until_that_is_killed(path, holder):
    with closing(FileLock(path)) as lock:
        assert held(path)
        assert not lock.take(timeout=0)
        holder.send_signal(signal.SIGKILL)
        assert lock.take(timeout=10)
    assert not held(path)


def test_a_child_that_inherits_the_lock_holds_it_after_its_parent_let_go(path):
    with closing(FileLock(path)) as lock:
        assert lock.take(timeout=0)
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(lock.fd,))
        other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert held(path)
    finally:
        child.communicate()
    assert not held(path), "a child that was not given the lock holds it"
    other.communicate()


def test_notes_in_the_file_stay_and_no_look_makes_the_file(path, tmp_path):
    path.write_text("a note")
    with closing(FileLock(path)) as lock:
        assert lock.take(timeout=0)
        assert held(path)
    assert path.read_text() == "a note"
    assert not held(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()
