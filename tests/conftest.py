"""Fixtures shared by all tests: labs of real Linux routers, and directories that are not the user's."""

import gc
import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from evidence.platforms.platform_server import PlatformServer
from lab.eight_routers import eight_routers
from lab.routers import Lab, LabUnavailableError, World

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while tests are collected, nor later among what is made here: half a million objects
    that stay, and would be searched again every few tests."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def own_directories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the program under test away from what the user has configured, and their own runs have kept."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("cache", "config", "state"):
            patch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path_factory.mktemp(name)))
        patch.delenv("SUDO_UID", raising=False)
        patch.delenv("TEXTUAL_THEME", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def kept_rights() -> Iterator[None]:
    """Keep this process's right to raw sockets, which a program that it runs within itself would give up for
    good: labs of later tests need it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tracetui.probing.privilege.drop_net_raw", lambda: None)
        yield


@pytest.fixture
def platforms(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformServer]:
    """Return a server that plays Globalping and RIPE Atlas."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with PlatformServer() as running:
        yield running


@pytest.fixture
def user_home() -> Iterator[Path]:
    """A home directory that user 65534 can reach; pytest's own directories are its user's alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        home = Path(name) / "home"
        home.mkdir(mode=0o755)
        if os.geteuid() == 0:
            os.chown(home, 65534, 65534)
        yield home


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
