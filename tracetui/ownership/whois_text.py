"""Parses WHOIS answers of the regional registries into registrations.

An answer is lines of `key: value` in blocks between empty lines; `%` and `#` begin remarks. Everything runs
in linear time: anybody may have changed the answer on its way, and a regular expression that backtracks on it
would block the whole process.
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.model import Registration, safe_text

_RANGE_KEYS: Final = ("netrange", "inetnum", "inet6num")
_MAIL: Final = re.compile(r"[^\s@'\"<>]{1,64}@[^\s@'\"<>]{1,190}")
_ABUSE_REMARK: Final = re.compile(r"% Abuse contact for '[^']{1,100}' is '([^']{1,254})'")
"""How RIPE and APNIC say it, outside the objects."""

_MAX_LINE: Final = 1000
_MAX_LINES: Final = 4000


@dataclass(frozen=True, slots=True)
class Block:
    """An object of an answer: its lines in order, keys in lower case."""

    lines: tuple[tuple[str, str], ...]

    def all(self, *keys: str) -> list[str]:
        """Return the values of the first of `keys` that has any."""
        return next((found for key in keys if (found := [v for k, v in self.lines if k == key and v])), [])

    def first(self, *keys: str) -> str:
        """Return the first value of the first of `keys` that has any; "" for none."""
        return next(iter(self.all(*keys)), "")


def blocks(text: str) -> list[Block]:
    """Return the objects in an answer. A last line without a newline was cut off and is left out."""
    found: list[list[tuple[str, str]]] = [[]]
    complete = text[: text.rfind("\n") + 1]
    for each in complete.split("\n", _MAX_LINES)[:_MAX_LINES]:
        line = each[:_MAX_LINE].rstrip()
        if line.startswith(("%", "#")):
            continue
        key, colon, value = line.partition(":")
        if not line:
            found.append([])
        elif colon and not line[0].isspace():
            found[-1].append((key.lower(), value.strip()))
    return [Block(tuple(lines)) for lines in found if lines]


def referral(text: str) -> str:
    """Return the server that an answer refers to (IANA's `refer`, ARIN's `ReferralServer`); "" for none."""
    for block in blocks(text):
        named = block.first("refer", "referralserver", "whois")
        if named:
            return named.removeprefix("whois://").partition(":")[0].strip("/").lower()
    return ""


def read_registration(text: str, address: str, source: str) -> Registration | None:
    """Return the registration of the smallest network around `address`; None when the answer has none."""
    parts = blocks(text)
    networks = [(found, index) for index, block in enumerate(parts) if (found := _range(block, address))]
    if not networks:
        return None
    (first, last), index = min(networks, key=lambda each: int(each[0][1]) - int(each[0][0]))
    network = parts[index]
    organisation = _organisation(network, parts[index + 1 :]) or Block(())
    name = network.first("netname")
    return Registration(
        address=address,
        holder=safe_text(
            organisation.first("orgname", "custname", "org-name")
            or network.first("owner", "organization", "descr")
            or name
        ),
        network=safe_text(name or network.first("ownerid")),
        range=f"{first} - {last}",
        prefixes=tuple(map(str, _networks(first, last))),
        country=safe_text(network.first("country") or organisation.first("country")).upper(),
        abuse=tuple(dict.fromkeys(_abuse(text, parts))),
        registered=_date(network.first("regdate", "created")),
        changed=_date(network.first("updated", "last-modified", "changed")),
        source=source,
    )


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _range(block: Block, address: str) -> tuple[_Address, _Address] | None:
    """Return first and last address of a network's object, if it holds `address`."""
    text = block.first(*_RANGE_KEYS)
    first, dash, last = (part.strip() for part in text.partition("-"))
    try:
        if dash:
            ends = ipaddress.ip_address(first), ipaddress.ip_address(last)
        else:
            network = ipaddress.ip_network(_whole(text), strict=False)
            ends = network[0], network[-1]
        wanted = ipaddress.ip_address(address)
    except ValueError:
        return None
    if not ends[0].version == ends[1].version == wanted.version:
        return None
    whole_internet = not int(ends[0])  # how a registry says that the address is not its own
    return ends if int(ends[0]) <= int(wanted) <= int(ends[1]) and not whole_internet else None


def _whole(prefix: str) -> str:
    """Return a prefix with all its numbers: LACNIC writes `200.3.12/22`."""
    base, slash, length = prefix.partition("/")
    missing = 3 - base.count(".") if ":" not in base else 0
    return f"{base}{'.0' * missing}{slash}{length}"


def _networks(first: _Address, last: _Address) -> Iterator[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return ipaddress.summarize_address_range(first, last)


def _organisation(network: Block, later: Sequence[Block]) -> Block | None:
    """Return the organisation of a network: in RIPE's manner the one it names, in ARIN's the next."""
    named = network.first("org")
    for block in later:
        if block.first(*_RANGE_KEYS):
            return None if not named else next((b for b in later if b.first("organisation") == named), None)
        if block.first("orgname", "custname") or (named and block.first("organisation") == named):
            return block
    return None


def _abuse(text: str, parts: Sequence[Block]) -> Iterator[str]:
    """Yield addresses for complaints."""
    remarks = (line[:_MAX_LINE] for line in text.split("\n") if line.startswith("% Abuse"))
    candidates = [found[1] for remark in remarks if (found := _ABUSE_REMARK.match(remark))]
    for block in parts:
        candidates += [*block.all("orgabuseemail"), *block.all("rabuseemail"), *block.all("abuse-mailbox")]
    handles = {handle for block in parts for handle in block.all("abuse-c")}
    for block in parts:
        if block.first("nic-hdl-br", "nic-hdl") in handles:
            candidates += block.all("e-mail")
    yield from (safe_text(mail) for mail in candidates if _MAIL.fullmatch(mail))


def _date(text: str) -> str:
    """Return the day of `2001-02-03T04:05:06Z`, `2001-02-03`, `20010203` or `mail@example 20010203`."""
    word = (text.split() or [""])[-1][:10]
    if len(word) == 8 and word.isascii() and word.isdigit():
        return f"{word[:4]}-{word[4:6]}-{word[6:]}"
    return word if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word, re.ASCII) else ""
