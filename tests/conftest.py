"""Fixtures shared by all tests: labs of real Linux routers."""

import os
from collections.abc import Iterator

import pytest

from lab.eight_routers import eight_routers
from lab.routers import Lab, LabUnavailableError, World


@pytest.fixture(scope="session")
def lab_available() -> None:
    """Skip where a lab cannot be built, and say why; fail instead where CI=true."""
    try:
        World().close()
    except LabUnavailableError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no lab of routers in CI: {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def eight_router_lab(lab_available: None) -> Iterator[Lab]:
    """The ready-made lab; tests share it and must leave its policies as they are."""
    with eight_routers() as lab:
        yield lab
