"""The event log: numbered without gaps over kills and resumes."""

import json

import pytest

from abp.runs.event_log import EventLog


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_events_are_numbered_stamped_and_flushed_as_they_come(tmp_path):
    path = tmp_path / "events.jsonl"
    log = EventLog(path, token=7)
    log.append("started", pid=1)
    log.append("log", level="info", message="hello")
    first, second = lines(path)
    assert (first["seq"], first["token"], first["type"], first["pid"]) == (1, 7, "started", 1)
    assert (second["seq"], second["message"]) == (2, "hello")
    assert first["time"].endswith("+00:00")
    log.close()


def test_numbers_go_on_in_the_next_process(tmp_path):
    path = tmp_path / "events.jsonl"
    for expected in (1, 2, 3):
        log = EventLog(path)
        assert log.append("log")["seq"] == expected
        log.close()
    assert [event["seq"] for event in lines(path)] == [1, 2, 3]


def test_a_half_written_line_is_cut_off(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text('{"seq": 1}\n{"seq": 2}\n{"seq": 3, "ty')
    log = EventLog(path)
    log.append("log")
    log.close()
    assert [event["seq"] for event in lines(path)] == [1, 2, 3]


def test_a_value_that_is_not_json_writes_nothing(tmp_path):
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    with pytest.raises(ValueError, match="not JSON compliant"):
        log.append("window", value=float("nan"))
    assert log.append("log")["seq"] == 1
    log.close()
    assert len(lines(path)) == 1
