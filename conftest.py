"""What every test may ask for."""

import os
from collections.abc import Callable
from typing import NoReturn

import pytest


@pytest.fixture(scope="session")
def not_installed() -> Callable[[str], NoReturn]:
    """Call it where a test needs a program that this machine lacks: it skips, or fails where CI promised everything."""

    def missing(what: str) -> NoReturn:
        if os.environ.get("ABP_REQUIRE_SERVICES"):
            pytest.fail(what)
        pytest.skip(what)

    return missing
