"""Fixtures shared by all tests: labs of real Linux routers, and a cache directory that is not the user's."""

import os
from collections.abc import Iterator

import pytest

from lab.eight_routers import eight_routers
from lab.routers import Lab, LabUnavailableError, World


@pytest.fixture(scope="session", autouse=True)
def own_cache_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the program under test away from the answers and tables that the user's own runs have kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def lab_available() -> None:
    """Skip where a lab cannot be built, and say why; fail instead where CI=true."""
    try:
        World().close()
    except LabUnavailableError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no lab of routers in CI: {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def can_record(lab_available: None) -> None:
    """Skip where tcpdump cannot record what passes in a lab."""
    world = World()
    world.close()
    if world.user_namespace:
        pytest.skip("tcpdump records as root only")


@pytest.fixture(scope="module")
def eight_router_lab(lab_available: None) -> Iterator[Lab]:
    """The ready-made lab; tests share it and must leave its policies as they are."""
    with eight_routers() as lab:
        yield lab
