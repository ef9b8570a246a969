"""What a registry says about an address: who registered its range, when, and whom to write to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registration:
    """An answer over RDAP (RFC 9083) or WHOIS, all of it safe text; "" for what the registry does not say."""

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
    """Addresses of mail for complaints."""

    registered: str
    """ISO dates, as is `changed`."""

    changed: str
    source: str
    """Which registry's server answered."""
