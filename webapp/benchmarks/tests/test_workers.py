"""A real broker and real worker processes, one asked to end and one killed while they play."""

import signal
from collections.abc import Callable
from typing import Any

import pytest
from kombu import Connection

from abp.system.broker import EmbeddedBroker
from base import task_queue
from base.tests.waiting import wait_until
from benchmarks import selectors
from benchmarks.models import Benchmark, BenchmarkPart, BenchmarkStatus, PartStatus
from benchmarks.services import lifecycle
from config.celery import app
from runs.models import Run

# Three workers, one after the other.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400), pytest.mark.slow]

# A worker imports torch first, on a machine that may have better things to do.
START = 120.0


@pytest.fixture(autouse=True)
def sent_to_the_broker(broker: EmbeddedBroker, sent: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own process sends to the broker that the workers listen to."""

    def send(task: Any, *, waiting: str) -> None:
        with Connection(broker.url) as connection:
            task.apply_async(producer=app.amqp.Producer(connection))

    monkeypatch.setattr(task_queue, "send", send)


def wait_until_played(player: str) -> BenchmarkPart:
    """Until a worker is at a part of this player."""
    parts = BenchmarkPart.objects.filter(player=player)
    wait_until(lambda: parts.get().status == PartStatus.RUNNING, seconds=START, what=f"{player} to be played")
    return parts.get()


def test_a_benchmark_outlives_its_workers_and_comes_to_the_same(
    trained: Run, start_worker: Callable[..., Any], by_command: Callable[..., tuple[bytes, str]]
) -> None:
    def start() -> Any:
        return start_worker("--queues", "benchmarks", "--concurrency", "1", lease_seconds=2)

    benchmark = lifecycle.create_benchmark(run_id=trained.pk, episodes=500, time_max=1500.0)
    first = start()
    # The last and longest part.
    wait_until_played("veteran")
    assert BenchmarkPart.objects.filter(status=PartStatus.FINISHED).count() == 4
    first.send_signal(signal.SIGTERM)
    assert first.wait(40) == 0
    part = BenchmarkPart.objects.get(player="veteran")
    assert (part.status, part.lost) == (PartStatus.QUEUED, 0)

    second = start()
    wait_until_played("veteran")
    second.kill()
    second.wait()
    assert BenchmarkPart.objects.get(player="veteran").status == PartStatus.RUNNING

    start()

    def over() -> bool:
        benchmark.refresh_from_db()
        return benchmark.status not in (BenchmarkStatus.QUEUED, BenchmarkStatus.RUNNING)

    wait_until(over, seconds=START, what="the benchmark to end")
    assert (benchmark.status, benchmark.error) == (BenchmarkStatus.FINISHED, "")
    part.refresh_from_db()
    # The killed worker, and on a slow machine maybe one that was taken for lost.
    assert part.lost >= 1
    file, report = by_command(trained, "--episodes", 500, "--time-max", 1500)
    benchmark = Benchmark.objects.get()
    assert (selectors.results_file(benchmark), benchmark.report) == (file, report)
