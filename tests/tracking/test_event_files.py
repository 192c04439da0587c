"""TensorBoard event files, read back record by record."""

import struct

import pytest
from tensorboardX.proto.event_pb2 import Event


def scalars(path):
    """(name, step, value) of each scalar in the event files: TFRecords, each a length, two checksums and a message."""
    for file in sorted(path.glob("events.out.tfevents.*")):
        content = file.read_bytes()
        position = 0
        while position < len(content):
            (length,) = struct.unpack_from("<Q", content, position)
            event = Event.FromString(content[position + 12 : position + 12 + length])
            position += 16 + length
            for value in event.summary.value:
                yield value.tag, event.step, value.simple_value


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_figure_of_every_window_is_a_scalar_once_at_its_step(run):
    assert run.train("--track", "tensorboard").returncode == 0
    run.lose_last_checkpoint()
    done = run.train("--track", "tensorboard", "--resume", "--total-env-steps", "2048")
    assert done.returncode == 0, done.stderr
    told = [event["window"] for event in run.events("window")]
    assert [row["window_id"] for row in told] == [1, 2, 3, 3, 4]
    expected = {
        (name, row["env_steps_total"]): value
        for row in (*told[:3], told[4])
        for name, value in row.items()
        if value is not None and name != "env_steps_total"
    }
    found = list(scalars(run.path / "tensorboard"))
    assert len(found) == len(expected)
    assert {(name, step): value for name, step, value in found} == pytest.approx(expected, rel=1e-6)
