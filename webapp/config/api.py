"""The HTTP API: one NinjaAPI with the apps' routers."""

from ninja import NinjaAPI

from abp import __version__
from base.api import StrictJsonParser
from base.api_errors import add_error_handlers

api = NinjaAPI(title="Asteroid Belt Prospector", version=__version__, parser=StrictJsonParser())
add_error_handlers(api)
api.add_router("", "runs.api.router")
api.add_router("", "replays.api.router")
api.add_router("", "play.api.router")
api.add_router("", "benchmarks.api.router")
