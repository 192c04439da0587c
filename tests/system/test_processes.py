"""A process and no other one with its number."""

import subprocess
import sys
import time

import pytest

from abp.system.processes import ProcessIdentity


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_a_process_lives_until_it_is_ended_and_a_zombie_does_not(sleeper):
    identity = ProcessIdentity.of(sleeper.pid)
    assert identity.alive()
    assert identity.end_group(timeout=10)
    # Nobody has waited for it yet: its number is still taken.
    assert not identity.alive()
    sleeper.wait()
    assert not identity.alive()


def test_a_later_process_with_the_number_is_another_one(sleeper):
    later = ProcessIdentity(sleeper.pid, f"{time.time() - 3600:.2f}")
    assert not later.alive()
    assert later.end_group(timeout=0)
    assert ProcessIdentity.of(sleeper.pid).alive()


def test_no_process_is_not_alive(sleeper):
    sleeper.kill()
    sleeper.wait()
    assert ProcessIdentity.of(sleeper.pid) == ProcessIdentity(sleeper.pid, "")
    assert not ProcessIdentity(sleeper.pid, "").alive()
