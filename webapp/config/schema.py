"""What ninja's schema of the API leaves out: the errors of every operation, and the websockets' messages."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from base.messages import ErrorMessage, ErrorOut
from play.schemas import FrameMessage, PlayCommand
from replays.messages import CompleteMessage, FramesMessage, InitMessage, StreamCommand
from replays.schemas import LiveReplay
from runs.messages import LiveCheckpoint, LiveCheckpointRemoved, LiveLog, LiveRun, LiveWindow, Snapshot

LiveEvent = Annotated[
    LiveRun | LiveWindow | LiveCheckpoint | LiveCheckpointRemoved | LiveReplay | LiveLog, Field(discriminator="kind")
]

COMMANDS: dict[str, TypeAdapter[Any]] = {
    "PlayCommand": TypeAdapter(PlayCommand),
    "StreamCommand": TypeAdapter(StreamCommand),
}
"""What websockets take, by name in the schema."""

MESSAGES: dict[str, TypeAdapter[Any]] = {
    "LiveMessage": TypeAdapter(Snapshot | LiveEvent | ErrorMessage),
    "PlayMessage": TypeAdapter(FrameMessage | ErrorMessage),
    "StreamMessage": TypeAdapter(InitMessage | FramesMessage | CompleteMessage | ErrorMessage),
}
"""What websockets send, by name in the schema."""

_REF = "#/components/schemas/{model}"
_ERROR = {
    "description": "Refused; `code` says why.",
    "content": {"application/json": {"schema": {"$ref": _REF.format(model="ErrorOut")}}},
}


def complete(schema: dict[str, Any]) -> None:
    """Adds them to ninja's OpenAPI schema, in place, and takes out the titles, which repeat the names."""
    components: dict[str, Any] = schema["components"]["schemas"]
    for name, adapter in COMMANDS.items():
        _add(components, name, adapter.json_schema(mode="validation", ref_template=_REF))
    for name, adapter in {**MESSAGES, "ErrorOut": TypeAdapter(ErrorOut)}.items():
        _add(components, name, adapter.json_schema(mode="serialization", ref_template=_REF))
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"]["4XX"] = _ERROR
    _drop_titles(schema["paths"])
    _drop_titles(components)


def _add(components: dict[str, Any], name: str, schema: dict[str, Any]) -> None:
    components.update(schema.pop("$defs", {}))
    components[name] = schema


def _drop_titles(node: Any) -> None:
    if isinstance(node, dict):
        # A field may be called title; its schema is no text.
        if isinstance(node.get("title"), str):
            del node["title"]
        for child in node.values():
            _drop_titles(child)
    elif isinstance(node, list):
        for child in node:
            _drop_titles(child)
