"""The event log: numbered without gaps over kills and resumes."""

import json

import pytest
from pydantic import ValidationError

from abp.runs.event_log import EventLog, read_lines
from abp.runs.events import CheckpointRemoved, Finished, LogMessage
from abp.runs.record import problems


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_events_are_numbered_stamped_and_flushed_as_they_come(tmp_path):
    path = tmp_path / "events.jsonl"
    log = EventLog(path, token=7)
    log.append(CheckpointRemoved, path="checkpoints/a.pt", reason="pruned")
    log.append(LogMessage, level="info", message="hello")
    first, second = lines(path)
    assert list(first) == ["seq", "time", "token", "type", "path", "reason"]
    assert (first["seq"], first["token"], first["type"], first["reason"]) == (1, 7, "checkpoint_removed", "pruned")
    assert (second["seq"], second["message"]) == (2, "hello")
    assert first["time"].endswith("+00:00")
    log.close()


def test_numbers_go_on_in_the_next_process(tmp_path):
    path = tmp_path / "events.jsonl"
    for expected in (1, 2, 3):
        log = EventLog(path)
        assert log.append(LogMessage, level="info", message="hello").seq == expected
        log.close()
    assert [event["seq"] for event in lines(path)] == [1, 2, 3]


def test_a_half_written_line_is_cut_off(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text('{"seq": 1}\n{"seq": 2}\n{"seq": 3, "ty')
    log = EventLog(path)
    log.append(LogMessage, level="info", message="hello")
    log.close()
    assert [event["seq"] for event in lines(path)] == [1, 2, 3]


def test_somebody_else_hears_each_event_once_it_is_written(tmp_path):
    path = tmp_path / "events.jsonl"
    log, heard = EventLog(path), []
    log.also = lambda event: heard.append((event.message, lines(path)[-1]["message"]))
    log.append(LogMessage, level="info", message="one")
    log.append(LogMessage, level="info", message="two")
    log.close()
    assert heard == [("one", "one"), ("two", "two")]


def test_a_line_that_does_not_fit_on_the_disk_leaves_nothing(tmp_path):
    resource = pytest.importorskip("resource", reason="Windows limits no file's size")
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    log.append(LogMessage, level="info", message="fits")
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            log.append(LogMessage, level="info", message="does not fit")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert log.append(LogMessage, level="info", message="fits again").seq == 2
    log.close()


def test_it_is_closed_even_if_the_disk_fails_at_the_last(tmp_path, monkeypatch):
    log = EventLog(tmp_path / "events.jsonl")

    def fail(handle):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="Input/output error"):
        log.close()
    with pytest.raises(ValueError, match="closed file"):
        log.append(LogMessage, level="info", message="late")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"reason": "completed", "env_steps_total": float("nan")}, "env_steps_total"),
        ({"reason": "completed", "env_steps_total": "5"}, "env_steps_total"),
        ({"reason": "bored", "env_steps_total": 5}, "reason"),
        ({"reason": "completed"}, "env_steps_total"),
        ({"reason": "completed", "env_steps_total": 5, "speed": 1}, "speed"),
    ],
)
def test_an_event_with_a_wrong_field_names_it_and_writes_nothing(fields, named, tmp_path):
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    with pytest.raises(ValidationError) as refused:
        log.append(Finished, **fields)
    assert [field for field, _ in problems(refused.value)] == [named]
    assert log.append(LogMessage, level="info", message="hello").seq == 1
    log.close()
    assert len(lines(path)) == 1


def test_lines_are_read_from_where_the_last_reading_ended(tmp_path):
    path = tmp_path / "events.jsonl"
    assert list(read_lines(path)) == []
    path.write_text('{"seq": 1}\n{"se')
    ((line, end),) = read_lines(path)
    assert (line, end) == (b'{"seq": 1}\n', 11)
    assert list(read_lines(path, end)) == []
    path.write_text('{"seq": 1}\n{"seq": 2}\n')
    assert list(read_lines(path, end)) == [(b'{"seq": 2}\n', 22)]
