"""The HTTP API: one NinjaAPI with the apps' routers."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from abp import __version__
from base.api import StrictJsonParser
from base.api_errors import add_error_handlers
from config import schema


class Api(NinjaAPI):
    """Its schema, at /api/openapi.json and in docs/openapi.json, also has errors and websocket messages."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **settings: Any) -> OpenAPISchema:
        openapi = super().get_openapi_schema(**settings)
        schema.complete(openapi)
        return openapi


api = Api(title="Asteroid Belt Prospector", version=__version__, parser=StrictJsonParser())
add_error_handlers(api)
api.add_router("", "runs.api.router")
api.add_router("", "replays.api.router")
api.add_router("", "play.api.router")
api.add_router("", "benchmarks.api.router")
