"""What the server says when it refuses, over HTTP and over a websocket."""

from typing import Literal

from abp.runs.record import Record


class Error(Record):
    """Why a request was refused."""

    code: str
    """One word for programs; docs/api.md lists them."""
    message: str
    """The reason, for people."""
    field: str | None = None
    """Name of the parameter or field that is wrong. It is left out where no single one is."""


class ErrorOut(Record):
    """Body of every answer whose status is 400 or above."""

    error: Error


class ErrorMessage(Record):
    """A websocket's refusal. `status` is the HTTP status that would have said it."""

    type: Literal["error"] = "error"
    status: int
    message: str
