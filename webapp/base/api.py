"""What every router of the HTTP API shares: parameters of lists, and the check of a permission."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query

from base.errors import ForbiddenError

Limit = Annotated[int, Query(ge=1, le=1000)]
# As far as a database counts; past the end a list is just empty.
Offset = Annotated[int, Query(ge=0, le=2**53)]


def require(request: HttpRequest, permission: str) -> None:
    """ForbiddenError unless the session's user has `permission`."""
    if not request.auth.has_perm(permission):
        raise ForbiddenError(f"{request.auth} lacks the permission {permission}")
