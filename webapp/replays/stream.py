"""A replay as a stream: chunks for the websocket, lines for the download; simulated as they are taken."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import islice

from asgiref.sync import sync_to_async

from base.responses import to_json
from base.websocket import whole_number
from replays.playback import Playback

LINES_AT_A_TIME = 64

# The largest frame (all 32 nodes known, 192 edges) is under 48 KiB, so the smallest chunk holds any frame.
LEAST_CHUNK_BYTES = 65536
MOST_CHUNK_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class ChunkSize:
    """At most this many frames, and this many bytes of JSON, in a chunk."""

    frames: int
    bytes: int

    @classmethod
    def from_query(cls, query: dict[str, str]) -> "ChunkSize":
        """InvalidError names the parameter that is out of range."""
        frames = whole_number(query.get("batch_size"), name="batch_size", least=1, most=1000, default=64)
        size = whole_number(
            query.get("max_chunk_bytes"),
            name="max_chunk_bytes",
            least=LEAST_CHUNK_BYTES,
            most=MOST_CHUNK_BYTES,
            default=262144,
        )
        return cls(frames=frames, bytes=size)


@dataclass(frozen=True)
class Chunk:
    """A `frames` message ready to be sent."""

    offset: int
    count: int
    text: str


def chunks(playback: Playback, *, offset: int, limit: int, size: ChunkSize) -> Iterator[Chunk]:
    """Chunks of frames `offset`..`offset + limit - 1`, as far as they exist; simulated as they are taken."""
    held: list[bytes] = []
    stop = min(playback.total, offset + limit)
    for frame in playback.iterate(offset=offset, stop=stop):
        body = to_json(frame)
        if held and (len(held) == size.frames or _message_size(offset, held) + 1 + len(body) > size.bytes):
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
