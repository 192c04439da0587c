"""A class an event: what it writes it reads again, and a wrong field is named."""

import json
from datetime import UTC, datetime
from typing import get_args

import pytest

from abp.runs.config import TrainConfig
from abp.runs.events import (
    BadEventError,
    CheckpointRemoved,
    CheckpointSaved,
    Event,
    Failed,
    Finished,
    LogMessage,
    ReplayRecorded,
    Started,
    Versions,
    WindowClosed,
    read_event,
    write_event,
)
from abp.runs.replay_summary import ReplaySummary
from abp.runs.window import WindowRow

HEAD = {"seq": 7, "time": datetime(2026, 1, 2, 3, 4, 5, 678, UTC), "token": 3}
FILE = {"path": "replays/window-000004.npz", "sha256": "ab" * 32, "bytes": 100}


def window_row(**changes):
    row = {name: (4 if field.annotation is int else 0.5) for name, field in WindowRow.model_fields.items()}
    return WindowRow.model_validate({**row, **changes})


SUMMARY = ReplaySummary(
    seed=1,
    time_max=20_000.0,
    return_total=-3.5,
    credits=120.25,
    net_profit=20.0,
    survival=1.0,
    steps=100,
    ticks=300,
    end_reason="cash_out",
    final_state_hash="cd" * 32,
    tags=["every_window", "best_so_far"],
    window_id=4,
    rules_version="1",
    package_version="0.1.0",
    env_steps_total=1024,
)
EVENTS = [
    Started(
        **HEAD,
        pid=1,
        host="here",
        config=TrainConfig(name="a run", seed=5),
        versions=Versions(abp="0.1.0", rules="1", torch="2.9.0"),
        resumed_from=None,
        env_steps_total=0,
    ),
    WindowClosed(**HEAD, window=window_row(return_mean=None)),
    CheckpointSaved(**HEAD, **FILE, window_id=4, env_steps_total=1024, best=True),
    CheckpointRemoved(**HEAD, path="checkpoints/window-000001.pt", reason="damaged"),
    ReplayRecorded(**HEAD, **FILE, replay=SUMMARY),
    LogMessage(**{**HEAD, "token": None}, level="warning", message="Käse \0"),
    Finished(**HEAD, reason="stopped", env_steps_total=1024),
    Failed(**HEAD, error="OSError: no room", detail="Traceback"),
]


def of_each(events=EVENTS):
    return pytest.mark.parametrize("event", events, ids=lambda event: event.type)


def lines_with(event, change):
    """The event's line with ``change`` applied to its JSON."""
    fields = json.loads(write_event(event))
    change(fields)
    return json.dumps(fields).encode()


def test_every_class_is_tried_here():
    assert {type(event) for event in EVENTS} == set(get_args(Event))


@of_each()
def test_what_is_written_is_read_again(event):
    line = write_event(event)
    assert line.endswith(b"\n")
    assert read_event(line) == event
    assert write_event(read_event(line)) == line
    fields = json.loads(line)
    assert list(fields)[:4] == ["seq", "time", "token", "type"]
    assert fields["time"] == "2026-01-02T03:04:05.000678+00:00"


@of_each()
def test_every_field_is_needed_and_named(event):
    for name in json.loads(write_event(event)):
        if name != "type":
            with pytest.raises(BadEventError, match=rf"^event {event.type} \(seq \w+\): {name}: Field required$"):
                read_event(lines_with(event, lambda fields, name=name: fields.pop(name)))


@of_each()
def test_no_field_may_have_another_type(event):
    for name in json.loads(write_event(event)):
        if name != "type":
            with pytest.raises(BadEventError, match=rf"[:;] {name}\b"):
                read_event(lines_with(event, lambda fields, name=name: fields.update({name: [[]]})))


@of_each()
def test_no_field_may_be_added(event):
    with pytest.raises(BadEventError, match=rf"^event {event.type} \(seq 7\): speed: Extra inputs are not permitted$"):
        read_event(lines_with(event, lambda fields: fields.update(speed=1)))


def test_a_field_within_a_record_is_named_with_its_record():
    window, replay = EVENTS[1], EVENTS[4]
    for event, inner, name, wrong in (
        (window, "window", "ticks", "many"),
        (window, "window", "wall_time_s", -1.0),
        (window, "window", "credits_mean", "1"),
        (replay, "replay", "end_reason", "bored"),
        (replay, "replay", "tags", [1]),
    ):
        with pytest.raises(BadEventError, match=rf"^event {inner} \(seq 7\): {inner}\.{name}\b"):
            read_event(lines_with(event, lambda fields, i=inner, n=name, w=wrong: fields[i].update({n: w})))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"not json", "a line: Invalid JSON"),
        (b"[]", "a line: Input should be an object"),
        (b"{}", r"event None \(seq None\): type: Unable to extract tag"),
        (b'{"type": "from_the_future", "seq": 9}', r"event from_the_future \(seq 9\): type: Input tag"),
        (b'{"type": "failed", "seq": 1, "time": "2026-01-02T03:04:05"}', r"event failed \(seq 1\): time: .*timezone"),
    ],
)
def test_a_line_that_is_no_event_is_told(line, message):
    with pytest.raises(BadEventError, match=f"^{message}"):
        read_event(line)


def test_a_mean_that_is_no_number_becomes_null_and_other_numbers_must_be_finite():
    assert window_row(return_mean=float("nan"), policy_loss=float("-inf")).return_mean is None
    line = lines_with(EVENTS[1], lambda fields: fields["window"].update(entropy=float("inf")))
    assert b"Infinity" in line
    assert json.loads(write_event(read_event(line)))["window"]["entropy"] is None
    with pytest.raises(ValueError, match=r"wall_time_s\n.*finite"):
        window_row(wall_time_s=float("nan"))
    line = lines_with(EVENTS[1], lambda fields: fields["window"].update(learning_rate=float("nan")))
    with pytest.raises(BadEventError, match=r"window\.learning_rate: Input should be a finite number"):
        read_event(line)
