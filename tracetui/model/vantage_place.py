"""Where a vantage is, told apart from its traces: the list of probes that RIPE Atlas gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VantagePlace:
    """Country and AS of a vantage."""

    vantage: str
    """As the traces name it: `probe 6012`."""

    country: str = ""
    """Two letters (ISO 3166); "" where it is not known."""

    asns: tuple[int, ...] = ()
    """For IPv4 and IPv6, where they are told."""
