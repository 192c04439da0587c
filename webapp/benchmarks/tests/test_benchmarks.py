"""Benchmarks from their creation to their results, and what happens to parts of lost workers."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from abp.evaluation import rollout
from abp.players.bots import BOTS
from base import artifacts
from base.errors import BrokenArtifactError, ConflictError, InvalidError, NotFoundError
from base.reaper import reap
from benchmarks import part_worker, selectors
from benchmarks.models import Benchmark, BenchmarkPart, BenchmarkStatus, PartStatus
from benchmarks.services import claims, lifecycle
from benchmarks.services.claims import ClaimLostError
from runs import directory
from runs.models import Checkpoint, Run, Window
from runs.services.lifecycle import delete_run

pytestmark = pytest.mark.django_db

PLAYERS = ["policy", *BOTS]
BATCH = 16


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one part a player without a thousand episodes."""
    monkeypatch.setattr(rollout, "BATCH", BATCH)


def part_ids(benchmark: Benchmark) -> list[int]:
    return [*benchmark.parts.values_list("pk", flat=True)]


def play_all(benchmark: Benchmark) -> Benchmark:
    for part_id in part_ids(benchmark):
        part_worker.play_part(part_id=part_id)
    part_worker.measure_benchmark(benchmark_id=benchmark.pk)
    benchmark.refresh_from_db()
    return benchmark


def expire_claims() -> None:
    BenchmarkPart.objects.filter(status=PartStatus.RUNNING).update(
        claim_expires_at=timezone.now() - timedelta(seconds=1)
    )


def sent_parts(sent: list[Any]) -> list[int]:
    """The parts of the last group."""
    return [task.args[0] for task in sent[-1].tasks]


@pytest.fixture
def small(trained: Run) -> Benchmark:
    return lifecycle.create_benchmark(run_id=trained.pk, episodes=3, time_max=30.0)


def test_every_player_gets_every_seed_in_parts_that_are_sent_as_a_group(
    trained: Run, sent: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        benchmark = lifecycle.create_benchmark(run_id=trained.pk, episodes=2 * BATCH + 5, seed_base=70)
    assert [*benchmark.parts.values_list("player", "first_seed", "count")] == [
        (player, first, count)
        for first, count in ((70, BATCH), (70 + BATCH, BATCH), (70 + 2 * BATCH, 5))
        for player in PLAYERS
    ]
    assert sent_parts(sent) == part_ids(benchmark)


def test_the_results_are_those_of_one_abp_benchmark_to_the_last_byte(
    trained: Run, by_command: Callable[..., tuple[bytes, str]], sent: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    file, report = by_command(trained, "--episodes", 2 * BATCH + 6, "--seeds", 7000, "--time-max", 60)
    benchmark = lifecycle.create_benchmark(run_id=trained.pk, episodes=2 * BATCH + 6, seed_base=7000, time_max=60.0)
    # The trainer goes on, and removes it.
    (directory.run_directory(trained.pk).checkpoints / benchmark.checkpoint).unlink()
    with django_capture_on_commit_callbacks(execute=True):
        for part_id in reversed(part_ids(benchmark)):
            assert sent == []
            part_worker.play_part(part_id=part_id)
    assert [task.task for task in sent] == ["benchmarks.measure"]
    part_worker.measure_benchmark(benchmark_id=benchmark.pk)
    benchmark.refresh_from_db()
    assert selectors.results_file(benchmark) == file
    assert benchmark.report == report
    results = json.loads(file)
    assert results["players"]["policy"]["checkpoint"] == benchmark.checkpoint == "window-000002.pt"
    del results["per_seed"]
    assert benchmark.results == results
    # Whoever measures or plays again changes nothing.
    for part_id in part_ids(benchmark):
        part_worker.play_part(part_id=part_id)
    part_worker.measure_benchmark(benchmark_id=benchmark.pk)
    assert selectors.results_file(Benchmark.objects.get()) == file
    assert not benchmark.parts.exclude(episodes=None).exists()


def test_a_greedy_policy_with_another_checkpoint_plays_otherwise(trained: Run, by_command: Callable[..., Any]) -> None:
    words = ("--episodes", 4, "--time-max", 60, "--greedy", "--sampling-seed", 9)
    benchmark = play_all(
        lifecycle.create_benchmark(run_id=trained.pk, episodes=4, time_max=60.0, greedy=True, sampling_seed=9)
    )
    assert selectors.results_file(benchmark) == by_command(trained, *words)[0]
    sampled = lifecycle.create_benchmark(run_id=trained.pk, episodes=4, time_max=60.0, sampling_seed=9)
    greedy, drawn = (each.results["players"]["policy"]["kpis"] for each in (benchmark, play_all(sampled)))
    assert greedy != drawn


def test_a_checkpoint_is_the_newest_the_best_or_one_by_name(trained: Run) -> None:
    for window, credits in ((1, 50.0), (2, None)):
        Window.objects.create(
            run=trained, window_id=window, env_steps_total=1, row={"credits_mean": credits}, created_at=timezone.now()
        )

    def chosen(name: str) -> str:
        return lifecycle.create_benchmark(run_id=trained.pk, episodes=1, checkpoint=name).checkpoint

    assert chosen("newest") == chosen("window-000002.pt") == "window-000002.pt"
    assert chosen("best") == chosen("window-000001.pt") == "window-000001.pt"
    with pytest.raises(InvalidError, match=r"allowed: newest, best, window-000002\.pt, window-000001\.pt"):
        chosen("window-000003.pt")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("episodes", (0, -1, 10_001)),
        ("seed_base", (-1, 2**53)),
        ("time_max", (0.5, float("nan"), float("inf"), 1e300)),
        ("sampling_seed", (-1, 2**53)),
    ],
)
def test_wrong_numbers_are_refused_by_name(trained: Run, field: str, values: tuple[Any, ...]) -> None:
    for value in values:
        with pytest.raises(InvalidError, match=f"{field} is .* allowed") as refused:
            lifecycle.create_benchmark(run_id=trained.pk, **{field: value})
        assert refused.value.field == field
    assert Benchmark.objects.count() == 0


def test_what_has_no_whole_checkpoint_cannot_be_benchmarked(
    run: Run, save_checkpoint: Callable[..., Checkpoint]
) -> None:
    with pytest.raises(ConflictError, match="no checkpoint yet"):
        lifecycle.create_benchmark(run_id=run.pk)
    file = artifacts.root() / save_checkpoint().path
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(BrokenArtifactError, match="is damaged"):
        lifecycle.create_benchmark(run_id=run.pk)
    file.unlink()
    with pytest.raises(BrokenArtifactError, match=r"window-000001\.pt is gone"):
        lifecycle.create_benchmark(run_id=run.pk)
    assert Benchmark.objects.count() == 0


def test_a_copy_that_is_lost_or_no_policy_fails_the_benchmark_and_spares_the_other_parts(
    run: Run, save_checkpoint: Callable[..., Checkpoint]
) -> None:
    checkpoint = save_checkpoint()
    gone = lifecycle.create_benchmark(run_id=run.pk, episodes=2, time_max=20.0)
    (artifacts.root() / gone.path).unlink()
    (artifacts.root() / checkpoint.path).write_bytes(b"weights")
    checkpoint.sha256 = hashlib.sha256(b"weights").hexdigest()
    checkpoint.save()
    other = lifecycle.create_benchmark(run_id=run.pk, episodes=2, time_max=20.0)
    for benchmark, error in (
        (gone, "checkpoint is gone"),
        (other, r"window-000001\.pt is damaged.*another checkpoint"),
    ):
        play_all(benchmark)
        assert benchmark.status == BenchmarkStatus.FAILED
        assert re.match(f"policy on the seeds 1000000..1000001: .*{error}", benchmark.error)
        assert not benchmark.parts.filter(status=PartStatus.FINISHED).exists()


def test_one_worker_has_a_part_until_its_claim_runs_out(small: Benchmark) -> None:
    part_id = part_ids(small)[1]
    first = claims.claim_part(part_id=part_id, worker="first")
    assert first is not None
    small.refresh_from_db()
    assert small.status == BenchmarkStatus.RUNNING
    assert claims.claim_part(part_id=part_id, worker="second") is None
    expire_claims()
    # Nobody took it meanwhile.
    claims.renew_claim(claim=first)
    assert claims.claim_part(part_id=part_id, worker="second") is None
    expire_claims()
    reap()
    second = claims.claim_part(part_id=part_id, worker="second")
    assert second is not None
    with pytest.raises(ClaimLostError):
        claims.renew_claim(claim=first)
    claims.give_back(claim=first)
    assert small.parts.get(pk=part_id).status == PartStatus.RUNNING
    claims.give_back(claim=second)
    part = small.parts.get(pk=part_id)
    assert (part.status, part.lost, part.dispatched_at) == (PartStatus.QUEUED, 1, None)


def test_a_part_of_a_benchmark_that_is_over_or_deleted_is_not_played_on(small: Benchmark) -> None:
    first, second = part_ids(small)[:2]
    claim = claims.claim_part(part_id=first, worker="w")
    claims.fail_benchmark(benchmark_id=small.pk, error="a NUL \0 is no text")
    with pytest.raises(ClaimLostError):
        claims.renew_claim(claim=claim)
    assert claims.claim_part(part_id=second, worker="w") is None
    claims.finish_part(part_id=first, episodes=b"late")
    assert small.parts.get(pk=first).episodes is None
    lifecycle.delete_benchmark(benchmark_id=small.pk)
    with pytest.raises(ClaimLostError):
        claims.renew_claim(claim=claim)
    claims.finish_part(part_id=first, episodes=b"late")
    part_worker.play_part(part_id=second)
    part_worker.measure_benchmark(benchmark_id=small.pk)
    with pytest.raises(NotFoundError):
        lifecycle.delete_benchmark(benchmark_id=small.pk)


def test_the_reaper_sends_what_a_lost_worker_had_and_gives_up_on_what_loses_every_worker(
    small: Benchmark, sent: list[Any], settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    part_id = part_ids(small)[3]
    for lost in range(1, settings.ABP_MAX_RESTARTS + 1):
        claims.claim_part(part_id=part_id, worker="w:1")
        expire_claims()
        with django_capture_on_commit_callbacks(execute=True):
            reap()
        assert sent_parts(sent) == [part_id]
        assert small.parts.get(pk=part_id).lost == lost
    claims.claim_part(part_id=part_id, worker="w:1")
    expire_claims()
    reap()
    small.refresh_from_db()
    assert (small.status, small.error) == (
        BenchmarkStatus.FAILED,
        "market_timer on the seeds 1000000..1000002: its worker was lost 4 times while it played (last: w:1)",
    )


def test_the_reaper_sends_what_the_broker_lost_but_not_while_a_worker_plays(
    small: Benchmark, sent: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    def reaped(*, at_start: bool) -> list[Any]:
        sent.clear()
        with django_capture_on_commit_callbacks(execute=True):
            reap(at_start=at_start)
        return [*sent]

    assert reaped(at_start=False) == []
    assert len(reaped(at_start=True)) == 1
    assert sent_parts(sent) == part_ids(small)
    claim = claims.claim_part(part_id=part_ids(small)[0], worker="w")
    assert reaped(at_start=True) == []
    claims.give_back(claim=claim)
    reaped(at_start=False)
    assert sent_parts(sent) == part_ids(small)[:1]
    for part_id in part_ids(small):
        part_worker.play_part(part_id=part_id)
    assert [task.task for task in reaped(at_start=True)] == ["benchmarks.measure"]
    part_worker.measure_benchmark(benchmark_id=small.pk)
    assert reaped(at_start=True) == []


def test_the_copy_of_the_checkpoint_goes_with_the_benchmark_or_the_run(
    trained: Run, django_capture_on_commit_callbacks: Any
) -> None:
    one, two = (lifecycle.create_benchmark(run_id=trained.pk, episodes=1) for _ in range(2))
    assert (artifacts.root() / one.path).is_file()
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.delete_benchmark(benchmark_id=one.pk)
    assert not (artifacts.root() / one.path).exists()
    assert (artifacts.root() / two.path).is_file()
    with django_capture_on_commit_callbacks(execute=True):
        delete_run(run_id=trained.pk)
    assert not directory.run_directory(trained.pk).path.exists()
    assert (Benchmark.objects.count(), BenchmarkPart.objects.count()) == (0, 0)
