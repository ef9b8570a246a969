"""Whom to write to about an AS: what its registry says, or why nothing is known."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AsContacts:
    """An answer over RDAP (RFC 9083), all safe text; "" and () for what the registry does not tell."""

    asn: int | None
    """None where there was no AS to ask about."""

    holder: str = ""
    noc: tuple[str, ...] = ()
    """Mail addresses of the NOC; of the technical contacts where none is called that."""

    abuse: tuple[str, ...] = ()
    source: str = ""
    """The registry's server that answered."""

    problem: str = ""
    """Why nothing is known; then the rest is empty."""
