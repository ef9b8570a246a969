"""The base of all evidence, and the values that evidence, controls and findings share."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from tracetui.model.reference import Address, Asn


@dataclass(frozen=True, slots=True)
class Candidate:
    """A router that may be the cause; a drop has two, the last that answers and the next."""

    ttl: int
    """On the path of the finding's first lane."""

    address: Address | None
    """None where the router does not answer."""

    asn: Asn | None
    """The AS that announces the address."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without answers of an endpoint to a lane, too long to be chance."""

    since: datetime
    """Start of the first unanswered round."""

    until: datetime
    """Start of the first round that was answered again."""

    rounds: int
    seconds: float
    """How long it lasted, less the time in which the program was stopped or the machine slept."""


class Standing(StrEnum):
    """How firmly a router belongs to the AS that announces its address."""

    FIRM = "firm"
    """Its address and the next router's are in one AS."""

    LOOSE = "loose"
    """Its address and the one before are: it may be the next network's router, on a link numbered by this
    AS."""

    EDGE = "edge"
    """Its address and the endpoint's right behind it are: it may be a router of the network before."""

    ALONE = "alone"
    """The path does not surely cross its AS: a third party's address, or an exchange LAN."""

    UNKNOWN = "unknown"
    """A private address, one of no known AS, or no address at all."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Base of all kinds of evidence."""

    name: ClassVar[str]
    """The class's name in snake case, such as `seen_before` of `SeenBefore`: what JSON calls it."""

    def __init_subclass__(cls) -> None:
        cls.name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
