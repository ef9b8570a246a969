"""Resolves a target, such as a name or a mail domain, to the endpoints that are traced."""

import asyncio
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tracetui.model import Endpoint, ResolutionError, Target
from tracetui.model.target import is_one_host
from tracetui.ownership.interfaces import NameSource

_MAX_CONCURRENT: Final = 16


@dataclass(frozen=True, slots=True)
class Resolution:
    """The endpoints of a target."""

    endpoints: tuple[Endpoint, ...]
    """At least one; each address once."""

    notes: tuple[str, ...] = ()
    """One line each: what was left out, and why."""

    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Host to all addresses that resolving it gave, traced or not."""


@dataclass(frozen=True, slots=True)
class _Host:
    """A name with its addresses, or with the reason why it has none."""

    name: str
    addresses: tuple[str, ...]
    problem: str | None = None


class ManyExchangersError(ResolutionError):
    """A mail domain has more exchangers than are resolved unasked."""

    def __init__(self, target: Target, exchangers: int) -> None:
        super().__init__(f"{target.text}: {exchangers} mail exchangers")
        self.exchangers = exchangers


async def resolve(
    target: Target,
    names: NameSource,
    families: Sequence[int],
    *,
    all_addresses: bool,
    max_exchangers: int | None = None,
) -> Resolution:
    """Find the endpoints of a target.

    A host is traced at its first address of the most preferred of `families` in which it has one, or at all
    of them; a target with its own source at those of the source's family. A mail domain is traced at
    every exchanger, the most preferred first; exchangers that share an address are one endpoint. An address
    stands for itself, whatever the families.

    Raises ResolutionError with one line when nothing is left to trace; ManyExchangersError before any
    exchanger is resolved, where there are more than `max_exchangers`.
    """
    if target.source is not None:
        families = (6 if ":" in target.source else 4,)
    if target.address is not None and not target.mail:
        return Resolution((Endpoint(target, target.host, target.address),))
    if not target.mail:
        found = await _find(target.host, names, families, all_addresses=all_addresses)
        if found.problem is not None:
            raise ResolutionError(found.problem)
        return _chosen(target, [found], all_addresses=all_addresses)
    exchangers = await names.mail_exchangers(target.host)
    if max_exchangers is not None and len(exchangers) > max_exchangers:
        raise ManyExchangersError(target, len(exchangers))
    slots = asyncio.Semaphore(_MAX_CONCURRENT)

    async def find(host: str) -> _Host:
        async with slots:
            return await _find(host, names, families, all_addresses=all_addresses)

    hosts = await asyncio.gather(*map(find, exchangers))
    if all(host.problem is not None for host in hosts):
        if [host.name for host in hosts] == [target.host]:
            raise ResolutionError(str(hosts[0].problem))
        raise ResolutionError(f"mx:{target.host}: no exchanger has an address: {hosts[0].problem}")
    return _chosen(target, hosts, all_addresses=all_addresses)


def _chosen(target: Target, hosts: Sequence[_Host], *, all_addresses: bool) -> Resolution:
    """Choose the endpoints to trace from each host, each address once; note what is left out."""
    endpoints: dict[str, Endpoint] = {}
    notes: list[str] = []
    for host in hosts:
        if host.problem is not None:
            notes.append(host.problem)
            continue
        taken = host.addresses if all_addresses else host.addresses[:1]
        for address in taken:
            if address in endpoints:
                notes.append(f"{host.name} has the address of {endpoints[address].host}, {address}")
            else:
                endpoints[address] = Endpoint(target, host.name, address)
        left = len(host.addresses) - len(taken)
        if left:
            notes.append(
                f"{host.name} has {left} more {'address' if left == 1 else 'addresses'} than {taken[0]}:"
                " --all-addresses traces them all"
            )
    known = {host.name: host.addresses for host in hosts if host.addresses}
    return Resolution(tuple(endpoints.values()), tuple(notes), known)


async def _find(host: str, names: NameSource, families: Sequence[int], *, all_addresses: bool) -> _Host:
    """Ask for all families at once; wait for the less preferred only when they are needed."""
    questions = [asyncio.ensure_future(names.addresses(host, family)) for family in families]
    addresses: list[str] = []
    failures: list[str] = []
    try:
        for question in questions:
            try:
                addresses += await question
            except ResolutionError as error:
                failures.append(str(error))
            if addresses and not all_addresses:
                break
    finally:
        for question in questions:
            question.cancel()
        await asyncio.gather(*questions, return_exceptions=True)
    good = tuple(
        dict.fromkeys(address for address in addresses if is_one_host(ipaddress.ip_address(address)))
    )
    if good:
        return _Host(host, good)
    if addresses:
        return _Host(host, (), f"{host}: its address {addresses[0]} is not the address of one host")
    if failures:
        return _Host(host, (), failures[0])
    kinds = " or ".join(f"IPv{family}" for family in families)
    return _Host(host, (), f"{host}: has no {kinds} address")
