"""``abp eval``, ``abp bots`` and ``abp benchmark`` as they are called."""

import json

import numpy as np
import pytest

from abp import cli
from abp.evaluation.benchmark import KPIS, measure
from abp.evaluation.rollout import play, seed_range
from abp.players.bots import BOTS

BAD_CHECKPOINT = "bad.pt is damaged, or of an older version: it doesn't end with its SHA-256; take another checkpoint"
FIELDS = ["episodes", "credits_mean", "credits_ci95", "survival_rate", "return_mean"]


@pytest.fixture
def abp(capsys):
    """Runs ``abp`` with the words given; returns exit code, stdout, stderr."""

    def call(*words):
        code = cli.main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_eval_prints_one_object(abp, run_dir):
    words = ("eval", "--run-dir", run_dir, "--episodes", 6, "--seed-base", 50, "--time-max", 80, "--json")
    code, out, err = abp(*words)
    result = json.loads(out)
    assert (code, err) == (0, "")
    assert list(result)[:5] == FIELDS
    assert result["episodes"] == 6
    assert result["credits_ci95"][0] <= result["credits_mean"] <= result["credits_ci95"][1]
    assert result["checkpoint"] == "window-000002.pt"
    assert abp(*words)[1] == out
    assert json.loads(abp(*words, "--greedy")[1])["greedy"]


def test_eval_says_it_in_a_line(abp, run_dir):
    code, out, _ = abp("eval", "--checkpoint", run_dir / "checkpoints" / "window-000001.pt", "--time-max", 50)
    assert code == 0
    assert out.startswith("window-000001.pt: ")
    assert "survival" in out
    assert out.count("\n") == 1


def test_bots_prints_the_same_for_each(abp):
    code, out, err = abp("bots", "--episodes", 4, "--seed-base", 7, "--time-max", 200, "--json")
    results = json.loads(out)
    assert (code, err) == (0, "")
    assert list(results) == list(BOTS)
    assert [list(result)[:5] for result in results.values()] == [FIELDS] * len(BOTS)
    played = play(BOTS["veteran"](), seed_range(7, 4), time_max=200)
    assert results["veteran"]["credits_mean"] == played.credits.mean()
    assert results["veteran"]["return_mean"] == played.return_total.mean()
    assert results["veteran"]["survival_rate"] == played.survival.mean()


def test_bots_can_be_chosen(abp):
    code, out, _ = abp("bots", "--episodes", 2, "--time-max", 50, "--only", "greedy_miner")
    assert code == 0
    assert out.startswith("greedy_miner: ")
    assert out.count("\n") == 1
    code, out, err = abp("bots", "--only", "nobody")
    assert (code, out) == (2, "")
    assert err == "abp bots: --only is nobody; allowed: greedy_miner, cautious_scanner, market_timer, veteran\n"


def test_benchmark_writes_the_same_results_each_time(abp, run_dir, tmp_path):
    words = ("benchmark", "--run-dir", run_dir, "--seeds", 90, "--episodes", 5, "--time-max", 120)
    code, out, err = abp(*words)
    assert (code, err) == (0, "")
    assert "# Benchmark: policy against 4 scripted players" in out
    first = (run_dir / "benchmark" / "results.json").read_bytes()
    assert abp(*words, "--out", tmp_path / "else" / "where", "--threads", 2)[0] == 0
    assert (tmp_path / "else" / "where" / "results.json").read_bytes() == first
    written = (run_dir / "benchmark" / "report.md").read_bytes()
    assert (tmp_path / "else" / "where" / "report.md").read_bytes() == written
    results = json.loads(first)
    assert list(results["players"]) == ["policy", *BOTS]
    assert list(results["comparisons"]) == list(BOTS)
    assert results["per_seed"]["seed"] == [90, 91, 92, 93, 94]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--run-dir", "{tmp}/none"],
            "there is no run directory {tmp}/none; name one that `abp train --run-dir` has made",
        ),
        (["--run-dir", "{tmp}"], "{tmp} has no checkpoint yet; train longer, or stop the run once: that saves one"),
        (["--checkpoint", "{tmp}/x.pt"], "there is no checkpoint {tmp}/x.pt; name a file of a run's checkpoints/"),
        (["--checkpoint", "{tmp}/bad.pt"], BAD_CHECKPOINT),
        (["--run-dir", "{tmp}", "--episodes", "0"], "--episodes is 0; allowed: 1 to 10,000,000"),
        (["--run-dir", "{tmp}", "--threads", "0"], "--threads is 0; allowed: 1 to 1,024"),
        (["--run-dir", "{tmp}", "--time-max", "nan"], "--time-max is nan; allowed: 1 to 16,777,216"),
        (["--run-dir", "{tmp}", "--sampling-seed", "-1"], "--sampling-seed is -1; allowed: 0 to 9,007,199,254,740,991"),
    ],
)
@pytest.mark.parametrize("command", ["eval", "benchmark"])
def test_what_cannot_be_done_is_a_line_that_says_what_to_do(abp, tmp_path, command, words, message):
    (tmp_path / "bad.pt").write_bytes(b"nonsense")
    code, out, err = abp(command, *(word.format(tmp=tmp_path) for word in words))
    assert (code, out) == (2, "")
    assert err == f"abp {command}: {message.format(tmp=tmp_path)}\n"


@pytest.mark.parametrize("command", ["eval", "bots", "benchmark"])
def test_seeds_out_of_range_are_refused(abp, tmp_path, command):
    words = ["--seeds" if command == "benchmark" else "--seed-base", -1]
    code, _, err = abp(command, *words, *([] if command == "bots" else ["--run-dir", tmp_path]))
    assert code == 2
    assert err.startswith(f"abp {command}: seed base is -1; allowed: 0..2**64-")


def test_a_policy_must_be_named_once(abp, tmp_path, capsys):
    for words in ([], ["--run-dir", tmp_path, "--checkpoint", tmp_path]):
        with pytest.raises(SystemExit, match="2"):
            abp("eval", *words)
        assert "--run-dir" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_an_error(abp, run_dir, tmp_path):
    (tmp_path / "file").touch()
    code, _, err = abp("benchmark", "--run-dir", run_dir, "--episodes", 1, "--out", tmp_path / "file")
    assert code == 1
    assert err.endswith("can't be written: File exists\n")


@pytest.fixture(scope="module")
def episodes():
    return {name: play(BOTS[name](), seed_range(200, 30), time_max=300) for name in ("greedy_miner", "veteran")}


class TestMeasure:
    def test_differences_are_taken_a_seed_at_a_time(self, episodes):
        results = measure(episodes, subject="veteran", time_max=300, players={})
        versus = results["comparisons"]["greedy_miner"]
        difference = episodes["veteran"].credits - episodes["greedy_miner"].credits
        assert versus["net_profit"]["difference_mean"] == pytest.approx(difference.mean())
        assert versus["net_profit"]["won"] == (difference > 0).mean()
        low, high = versus["net_profit"]["difference_ci95"]
        assert low < difference.mean() < high
        assert set(versus) == {kpi.name for kpi in KPIS}

    def test_fewer_encounters_win(self, episodes):
        versus = measure(episodes, subject="veteran", time_max=300, players={})["comparisons"]["greedy_miner"]
        difference = episodes["veteran"].pirate_encounters - episodes["greedy_miner"].pirate_encounters
        assert versus["pirate_encounters"]["won"] == (difference < 0).mean()
        assert versus["pirate_encounters"]["tied"] == (difference == 0).mean()

    def test_means_and_intervals_of_every_player(self, episodes):
        results = measure(episodes, subject="veteran", time_max=300, players={"veteran": {"note": "x"}})
        assert results["players"]["veteran"]["note"] == "x"
        for name, played in episodes.items():
            kpis = results["players"][name]["kpis"]
            for kpi in KPIS:
                low, high = kpis[kpi.name]["ci95"]
                assert kpis[kpi.name]["mean"] == pytest.approx(getattr(played, kpi.name).mean())
                assert low <= kpis[kpi.name]["mean"] <= high

    def test_other_seeds_are_refused(self, episodes):
        other = play(BOTS["greedy_miner"](), seed_range(201, 30), time_max=20)
        with pytest.raises(ValueError, match="greedy_miner played other seeds than veteran"):
            measure({**episodes, "greedy_miner": other}, subject="veteran", time_max=300, players={})
        assert np.array_equal(episodes["veteran"].seed, seed_range(200, 30))
