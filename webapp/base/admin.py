"""What the apps' pages of the admin share."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

DeletedObjects = tuple[list[str], dict[str, int], set[str], list[str]]
"""What `ModelAdmin.get_deleted_objects` returns: what would be deleted, counts, missing permissions, protected rows."""

Row = TypeVar("Row", bound=Model)


class ReadOnlyAdmin(admin.ModelAdmin[Row]):
    """Rows that only the services write: the admin shows them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
