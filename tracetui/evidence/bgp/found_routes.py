"""The BGP routes that readers of text and files, and services, return."""

from dataclasses import dataclass

from tracetui.model.bgp_route import BgpQuestion, BgpRoute


@dataclass(frozen=True, slots=True)
class ReadRoutes:
    """What was found in a text."""

    routes: tuple[BgpRoute, ...]
    """Without updates, in the order of the text."""

    updates: tuple[BgpRoute, ...] = ()
    """Announcements and withdrawals as they happened, by time."""

    remarks: tuple[str, ...] = ()
    """What was left out, one line each."""


@dataclass(frozen=True, slots=True)
class RipeStatAnswer:
    """All that RIPEstat says about an address."""

    question: BgpQuestion
    routes: tuple[BgpRoute, ...] = ()
    updates: tuple[BgpRoute, ...] = ()
