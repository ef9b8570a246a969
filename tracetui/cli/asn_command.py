"""`tracetui asn`: looks up who owns addresses, from arguments or standard input, and fetches the AS table."""

import asyncio
import contextlib
import gc
import io
import ipaddress
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from tracetui.cli.arguments import Arguments
from tracetui.cli.output import ExitStatus, narrate
from tracetui.cli.ownership_settings import ownership_settings
from tracetui.cli.parser import UsageError
from tracetui.model import CannotRunError, ResolutionError, TargetError, parse_target, safe_text

if TYPE_CHECKING:
    from tracetui.cli.asn_output import Answer
    from tracetui.model import Registration
    from tracetui.ownership.lookup_settings import OwnershipSettings
    from tracetui.ownership.open_sources import Ownership

_BATCH_SIZE: Final = 1000
"""Addresses that are looked up together; no more of a pipe is held in memory."""

_BATCH_TIMEOUT_S: Final = 30.0
"""How long network sources may take for a batch."""

_MAX_LINE_LENGTH: Final = 4096
_CHUNK_SIZE: Final = 1 << 16
"""Bytes that are read from a pipe at once."""


def run(arguments: Arguments) -> int:
    """Run the command; return its exit status. Raises UsageError, or TracetuiError when it cannot run."""
    options, ownership = arguments.options, ownership_settings(arguments.config)
    words = arguments.words
    if words[:1] == ("update",):
        return _update(words[1:], options.from_file, ownership)
    if options.from_file is not None:
        raise UsageError("asn: --from is only for 'tracetui asn update'")
    if not words:
        raise UsageError(
            "asn: nothing to look up: give addresses or names, or - to read addresses from a pipe"
        )
    if options.whois and ownership.offline:
        raise UsageError("asn: --whois asks registries over the network: remove --offline")
    from tracetui.ownership.open_sources import Ownership

    sources = Ownership(ownership, narrate)
    try:
        return _Lookup(sources, whois=options.whois).print_all(words, as_json=options.format == "json")
    finally:
        sources.close()


def _update(words: Sequence[str], file: Path | None, settings: "OwnershipSettings") -> int:
    from tracetui.ownership.fetch_table import update_table

    if words:
        raise UsageError(f"asn: update takes no addresses: {' '.join(words)}")
    if settings.offline and file is None:
        raise UsageError("asn: update fetches over the network: with --offline give --from FILE")
    if settings.cache_directory is None:
        raise CannotRunError("asn: there is no home directory to keep a table in: give one with --asn-table")
    narrate(update_table(settings.cache_directory, file, owner=settings.cache_owner))
    return ExitStatus.OK


class _Lookup:
    """Looks addresses and names up, a batch at a time."""

    def __init__(self, ownership: "Ownership", *, whois: bool) -> None:
        self._ownership = ownership
        self._whois = whois
        self._failed = False
        self._bad_lines = 0
        self._first_bad_line = 0

    def print_all(self, words: Sequence[str], *, as_json: bool) -> int:
        """Print the answer for every word; return the exit status."""
        from tracetui.cli.asn_output import JsonArray, TextTable

        form = JsonArray() if as_json else TextTable()
        pairs = self._pairs(words)
        with _less_garbage_collection():
            for batch in _batches(pairs):
                _print(form.rows(list(self._answers(batch))))
        _print(form.end())
        if self._bad_lines:
            skipped = f"line {self._first_bad_line} of standard input is not an address and was skipped"
            if self._bad_lines > 1:
                skipped = (
                    f"{self._bad_lines} lines of standard input are not addresses and were skipped, "
                    f"the first is line {self._first_bad_line}"
                )
            narrate(f"tracetui: {skipped}")
        return ExitStatus.NOT_REACHED if self._failed else ExitStatus.OK

    def _pairs(self, words: Iterable[str]) -> Iterator[tuple[str, str] | None]:
        """Yield each word and its address; None where a pipe has no more for now."""
        for word in words:
            if word == "-":
                yield from self._lines(sys.stdin.buffer)
                continue
            address = _address(word)
            if address is not None:
                yield word if "%" in word else address, address
                continue
            try:
                addresses = _addresses_of(self._ownership, word)
            except (ResolutionError, TargetError) as error:
                self._failed = True
                narrate(f"tracetui: {error}")
            else:
                yield from ((word, found) for found in addresses)

    def _lines(self, stream: BinaryIO) -> Iterator[tuple[str, str] | None]:
        """Yield the address of each line, its first word; None where there is no more for now."""
        number = 0
        for line in _lines_as_they_arrive(stream):
            if line is None:
                yield None
                continue
            number += 1
            words = line.decode("utf-8", "replace").split(None, 1)
            if not words or words[0].startswith("#"):
                continue
            address = _address(words[0])
            if address is not None:
                yield address, address
            else:
                self._failed = True
                self._bad_lines += 1
                self._first_bad_line = self._first_bad_line or number

    def _answers(self, pairs: Sequence[tuple[str, str]]) -> Iterator["Answer"]:
        from tracetui.cli.asn_output import Answer

        owners = self._ownership.owners()
        try:
            owners.want([address for _, address in pairs])
            owners.settle(_BATCH_TIMEOUT_S)
            found, names, confirmed = owners.owners(), owners.names(), owners.confirmations()
        finally:
            owners.close()
        from tracetui.ownership.as_lookup import UNKNOWN_OWNER

        for asked, address in pairs:
            yield Answer(
                asked,
                address,
                found.get(address, UNKNOWN_OWNER),
                names.get(address),
                confirmed.get(address),
                self._registration(address) if self._whois else None,
            )

    def _registration(self, address: str) -> "Registration | str":
        from tracetui.ownership.registration_lookup import registration

        try:
            return registration(address)
        except ResolutionError as error:
            return str(error).removeprefix(f"{address}: ")


def _address(word: str) -> str | None:
    """Return the canonical form of an address, with or without brackets; None for anything else."""
    try:
        return str(ipaddress.ip_address(word.strip("[]")))
    except ValueError:
        return None


def _lines_as_they_arrive(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield the lines of a pipe; None whenever it has no more for now: what has arrived is then answered."""
    assert isinstance(stream, io.BufferedIOBase)  # noqa: S101  (standard input, which has `read1`)
    rest = b""
    while chunk := stream.read1(_CHUNK_SIZE):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
        rest = rest[:_MAX_LINE_LENGTH]
        if len(chunk) < _CHUNK_SIZE:
            yield None
    if rest:
        yield rest


def _batches(pairs: Iterable[tuple[str, str] | None]) -> Iterator[list[tuple[str, str]]]:
    """Yield the pairs in batches of at most `_BATCH_SIZE`; None ends a batch early."""
    batch: list[tuple[str, str]] = []
    for pair in pairs:
        if pair is not None:
            batch.append(pair)
        if batch and (pair is None or len(batch) == _BATCH_SIZE):
            yield batch
            batch = []
    if batch:
        yield batch


def _addresses_of(ownership: "Ownership", word: str) -> Sequence[str]:
    """Return the addresses of a name, or of the host of a target in any form.

    Raises TargetError for a word that is no target, ResolutionError for a name without an address.
    """
    target = parse_target(word)
    return (target.address,) if target.address else asyncio.run(_all_addresses(ownership, target.host))


async def _all_addresses(ownership: "Ownership", word: str) -> Sequence[str]:
    """Return all addresses of a name, IPv4 first. Raises ResolutionError when it has none."""
    names = ownership.names
    found: list[str] = []
    failures: list[ResolutionError] = []
    for answer in await asyncio.gather(
        names.addresses(word, 4), names.addresses(word, 6), return_exceptions=True
    ):
        if isinstance(answer, ResolutionError):
            failures.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found += answer
    if not found:
        raise failures[0] if failures else ResolutionError(f"{safe_text(word)}: has no address")
    return found


@contextlib.contextmanager
def _less_garbage_collection() -> Iterator[None]:
    """Collect garbage less often: a table in memory is half a million objects, and searching them in vain
    took a fifth of the time of a long pipe.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    with contextlib.suppress(ValueError):
        sys.stdout.flush()
