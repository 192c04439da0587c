"""A replay as a stream: chunks for the websocket, lines for the download; simulated as they are taken."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import islice

from asgiref.sync import sync_to_async

from base.responses import to_json
from replays.messages import StreamQuery
from replays.playback import Playback

LINES_AT_A_TIME = 64


@dataclass(frozen=True)
class Chunk:
    """A `frames` message ready to be sent."""

    offset: int
    count: int
    text: str


def chunks(playback: Playback, query: StreamQuery, *, offset: int) -> Iterator[Chunk]:
    """Chunks of frames `offset`..`offset + query.limit - 1`, as far as they exist; simulated as they are taken."""
    held: list[bytes] = []
    stop = min(playback.total, offset + query.limit)
    for frame in playback.iterate(offset=offset, stop=stop):
        body = to_json(frame)
        if held and (
            len(held) == query.batch_size or _message_size(offset, held) + 1 + len(body) > query.max_chunk_bytes
        ):
            yield _chunk(offset, held)
            offset, held = offset + len(held), []
        held.append(body)
    if held:
        yield _chunk(offset, held)


def _head(offset: int) -> str:
    return f'{{"type":"frames","offset":{offset},"frames":['


def _message_size(offset: int, bodies: list[bytes]) -> int:
    return len(_head(offset)) + sum(map(len, bodies)) + len(bodies) - 1 + len("]}")


def _chunk(offset: int, bodies: list[bytes]) -> Chunk:
    return Chunk(offset, len(bodies), _head(offset) + b",".join(bodies).decode() + "]}")


async def lines(playback: Playback) -> AsyncIterator[bytes]:
    """Every frame as a line of JSON, some lines at a time; simulating them doesn't hold up the event loop."""
    frames = playback.iterate()

    def next_lines() -> bytes:
        return b"".join(to_json(frame) + b"\n" for frame in islice(frames, LINES_AT_A_TIME))

    while block := await sync_to_async(next_lines, thread_sensitive=False)():
        yield block
