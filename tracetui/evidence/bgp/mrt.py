"""Reads MRT dumps (RFC 6396, RFC 8050) record by record, keeping only routes to the wanted addresses."""

import ipaddress
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Final

from tracetui.evidence.bgp.bgp_attributes import Attributes, read_attributes, read_nlri
from tracetui.evidence.bgp.collector_route import collector_route
from tracetui.evidence.bgp.route_format import Context
from tracetui.evidence.bgp.route_tokens import unix_time
from tracetui.model import Asn, EvidenceError
from tracetui.model.bgp_route import BgpRoute

_HEADER: Final = struct.Struct("!IHHI")
_TABLE_DUMP, _TABLE_DUMP_V2, _BGP4MP, _BGP4MP_ET = 12, 13, 16, 17
_TYPES: Final = frozenset({11, _TABLE_DUMP, _TABLE_DUMP_V2, _BGP4MP, _BGP4MP_ET, 32, 33, 48, 49})
_PEER_INDEX: Final = 1
_RIBS: Final = {2: (4, 6), 4: (6, 6), 8: (4, 10), 10: (6, 10)}
"""Subtypes with a route of each peer: family, and bytes before the length of its attributes."""

_MESSAGES: Final = {1: 2, 4: 4, 6: 2, 7: 4}
"""Subtypes of BGP4MP with a message, and how long AS numbers are in it."""

MAX_RECORD: Final = 4 << 20
"""Bytes of a record; longer ones are no MRT."""

_MAX_MESSAGE: Final = (1 << 16) + 64
"""Bytes of a record with a BGP message, which RFC 8654 bounds, and the peers' addresses."""

_BITS: Final = {4: 32, 6: 128}
_TOOL: Final = "MRT"


def is_mrt(beginning: bytes) -> bool:
    """Tell whether a file begins with the header of an MRT record."""
    if len(beginning) < _HEADER.size:
        return False
    _, kind, subtype, length = _HEADER.unpack_from(beginning)
    return kind in _TYPES and subtype < 32 and length <= MAX_RECORD


@dataclass(slots=True)
class MrtReader:
    """Reads one file; memory is bounded by the largest record and the routes that are wanted."""

    context: Context
    remarks: list[str] = field(default_factory=list)
    """What was left out, one line each."""

    _peers: Sequence[tuple[str, Asn]] = ()

    def read(self, file: BinaryIO) -> Iterator[BgpRoute]:
        """Yield the routes. Raises EvidenceError where the file is broken before any record was read."""
        records = broken = 0
        while header := file.read(_HEADER.size):
            length = _HEADER.unpack(header)[3] if len(header) == _HEADER.size else MAX_RECORD + 1
            body = file.read(length) if length <= MAX_RECORD else b""
            if len(body) != length:
                self.remarks.append(f"record {records + 1} is cut off; what follows is not read")
                break
            records += 1
            stamp, kind, subtype, _ = _HEADER.unpack(header)
            try:
                yield from self._record(unix_time(stamp), kind, subtype, body)
            except (struct.error, ValueError, IndexError):
                broken += 1
        if not records:
            raise EvidenceError("no whole MRT record: the file is cut off, or no dump")
        if broken:
            self.remarks.append(f"{broken} of {records} records are broken and were left out")

    def _record(self, moment: datetime | None, kind: int, subtype: int, body: bytes) -> Iterator[BgpRoute]:
        if kind == _TABLE_DUMP_V2 and subtype == _PEER_INDEX:
            self._peers = _peer_index(body)
        elif kind == _TABLE_DUMP_V2 and subtype in _RIBS:
            yield from self._rib(moment, *_RIBS[subtype], body)
        elif kind == _TABLE_DUMP and subtype in {1, 2}:
            yield from self._old_rib(moment, 4 if subtype == 1 else 6, body)
        elif kind in {_BGP4MP, _BGP4MP_ET} and subtype in _MESSAGES:
            start = 4 if kind == _BGP4MP_ET else 0  # microseconds
            yield from self._message(moment, _MESSAGES[subtype], body[start:])

    def _rib(
        self,
        moment: datetime | None,
        family: int,
        entry: int,
        body: bytes,
    ) -> Iterator[BgpRoute]:
        bits = body[4]
        size = (bits + 7) // 8
        number = int.from_bytes(body[5 : 5 + size]) >> (8 * size - bits)
        if bits > _BITS[family]:
            raise ValueError("a prefix is too long")
        if not self.context.wanted.covered(family, bits, number):
            return
        prefix = _prefix(family, bits, number)
        place = 5 + size
        (count,) = struct.unpack_from("!H", body, place)
        place += 2
        for _ in range(count):
            index, learned = struct.unpack_from("!HI", body, place)
            place += entry
            (length,) = struct.unpack_from("!H", body, place)
            attributes = read_attributes(body[place + 2 : place + 2 + length], asn_size=4, in_rib=True)
            place += 2 + length
            if index < len(self._peers):
                peer, peer_asn = self._peers[index]
                yield from self._route(
                    prefix,
                    attributes,
                    moment,
                    peer,
                    peer_asn,
                    learned=unix_time(learned) if learned else None,
                )

    def _old_rib(self, moment: datetime | None, family: int, body: bytes) -> Iterator[BgpRoute]:
        size = _BITS[family] // 8
        address, bits = int.from_bytes(body[4 : 4 + size]), body[4 + size]
        if bits > _BITS[family]:
            raise ValueError("a prefix is too long")
        number = address >> (_BITS[family] - bits)
        if not self.context.wanted.covered(family, bits, number):
            return
        place = 4 + size + 2
        (learned,) = struct.unpack_from("!I", body, place)
        peer = str(ipaddress.ip_address(body[place + 4 : place + 4 + size]))
        peer_asn, length = struct.unpack_from("!HH", body, place + 4 + size)
        start = place + 8 + size
        attributes = read_attributes(body[start : start + length], asn_size=2)
        yield from self._route(
            _prefix(family, bits, number), attributes, moment, peer, Asn(peer_asn), learned=unix_time(learned)
        )

    def _message(self, moment: datetime | None, asn_size: int, body: bytes) -> Iterator[BgpRoute]:
        if len(body) > _MAX_MESSAGE:
            raise ValueError("longer than any BGP message")
        peer_asn = int.from_bytes(body[:asn_size])
        (afi,) = struct.unpack_from("!H", body, 2 * asn_size + 2)
        size = 4 if afi == 1 else 16
        place = 2 * asn_size + 4
        peer = str(ipaddress.ip_address(body[place : place + size]))
        message = body[place + 2 * size :]
        if message[18] != 2:  # no UPDATE
            return
        (gone,) = struct.unpack_from("!H", message, 19)
        (length,) = struct.unpack_from("!H", message, 21 + gone)
        start = 23 + gone
        attributes = read_attributes(message[start : start + length], asn_size=asn_size)
        withdrawn = [*read_nlri(message[21 : 21 + gone], 4), *attributes.withdrawn]
        announced = [*read_nlri(message[start + length :], 4), *attributes.announced]
        for prefixes, told in ((withdrawn, None), (announced, attributes)):
            for family, bits, number in prefixes:
                if self.context.wanted.covered(family, bits, number):
                    prefix = _prefix(family, bits, number)
                    yield from self._route(prefix, told, moment, peer, Asn(peer_asn), update=True)

    def _route(
        self,
        prefix: str,
        attributes: Attributes | None,
        moment: datetime | None,
        peer: str,
        peer_asn: Asn,
        *,
        learned: datetime | None = None,
        update: bool = False,
    ) -> Iterator[BgpRoute]:
        found = collector_route(
            prefix,
            None if attributes is None else attributes.path,
            tool=_TOOL,
            context=self.context,
            peer=peer,
            peer_asn=peer_asn,
            moment=moment,
            update=update,
            origin=None if attributes is None else attributes.origin,
            next_hop=None if attributes is None else attributes.next_hop,
            communities=() if attributes is None else attributes.communities,
            learned=learned,
        )
        if found is not None:
            yield found


def _peer_index(body: bytes) -> Sequence[tuple[str, Asn]]:
    """Return address and AS of each peer of a table."""
    (name,) = struct.unpack_from("!H", body, 4)
    (count,) = struct.unpack_from("!H", body, 6 + name)
    place = 8 + name
    peers = []
    for _ in range(count):
        kind = body[place]
        size, asn_size = (16 if kind & 1 else 4), (4 if kind & 2 else 2)
        address = ipaddress.ip_address(body[place + 5 : place + 5 + size])
        asn = int.from_bytes(body[place + 5 + size : place + 5 + size + asn_size])
        place += 5 + size + asn_size
        if place > len(body):
            raise ValueError("the list of peers is cut off")
        peers.append((str(address), Asn(asn)))
    return peers


def _prefix(family: int, bits: int, number: int) -> str:
    made: Mapping[int, type[ipaddress.IPv4Address | ipaddress.IPv6Address]] = {
        4: ipaddress.IPv4Address,
        6: ipaddress.IPv6Address,
    }
    return f"{made[family](number << (_BITS[family] - bits))}/{bits}"
