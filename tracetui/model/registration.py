"""A registration: who registered the range of an address, when, and the contact for abuse."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registration:
    """An answer over RDAP (RFC 9083) or WHOIS, all safe text; "" for what the registry does not tell."""

    address: str
    holder: str
    """The registrant's name, else the network's."""

    network: str
    """The network's own name, such as `GOGL`."""

    range: str
    """First and last address, `8.8.8.0 - 8.8.8.255`."""

    prefixes: tuple[str, ...]
    country: str
    abuse: tuple[str, ...]
    """Mail addresses for complaints."""

    registered: str
    """ISO date, as is `changed`."""

    changed: str
    source: str
    """The registry's server that answered."""
