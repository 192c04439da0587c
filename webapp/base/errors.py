"""What a service raises when it refuses, with the HTTP status that says so."""


class ServiceError(Exception):
    """A refusal that a client can understand: `{"error": {"code", "message", "field"?}}` with `status`."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidError(ServiceError):
    """A value outside of what is allowed."""

    status = 422
    code = "invalid"


class NotFoundError(ServiceError):
    """No such object, or one that has expired."""

    status = 404
    code = "not_found"


class ConflictError(ServiceError):
    """The object exists, but its state doesn't allow this now."""

    status = 409
    code = "conflict"


class ForbiddenError(ServiceError):
    """Logged in, but without the permission."""

    status = 403
    code = "forbidden"


class TooManyError(ServiceError):
    """A limit is reached; try again later."""

    status = 429
    code = "too_many"


class BrokenArtifactError(ServiceError):
    """A stored file is missing, unreadable or doesn't give what was recorded of it."""

    status = 410
    code = "broken_artifact"
