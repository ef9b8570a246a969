"""`tracetui asn`: who owns an address, by which source, how old the answer is."""

import argparse
import asyncio
import contextlib
import gc
import io
import ipaddress
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NoReturn

from tracetui.arguments import LoadConfig, UsageError, given_settings
from tracetui.config import Config, Origin
from tracetui.model import ResolutionError, TargetError, parse_target, safe_text
from tracetui.options import add_config_options
from tracetui.ownership_options import add_ownership_options, cache_directory, ownership_settings

if TYPE_CHECKING:
    from tracetui.asn_rows import Answer
    from tracetui.model import Registration
    from tracetui.ownership.chain import Ownership

ANSWERED: Final = 0
NOT_ALL: Final = 1

_AT_ONCE: Final = 1000
"""Addresses that are looked up together; what is read from a pipe is never held beyond that."""

_PATIENCE_S: Final = 30.0
"""How long the network may take for so many."""

_LONGEST_LINE: Final = 4096
_PIECE: Final = 1 << 16
"""Bytes that are read from a pipe together."""

_USAGE: Final = "tracetui asn ADDRESS | NAME | - ... [options]\n       tracetui asn update [--from FILE]"
_DESCRIPTION: Final = """\
Say who owns an address: its AS, holder and prefix, by which source, how old the data is; and its name.

  tracetui asn 8.8.8.8 example.org     addresses, and all addresses of names
  tracetui asn - < addresses.txt       addresses from a pipe, one a line
  tracetui asn update                  fetch iptoasn's table of all ASes into the cache directory
"""
_EPILOG: Final = """\
exit status: 0 all found, 1 something does not resolve or is no address, 2 usage, 3 cannot run
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"asn: {message}")


def run(argv: Sequence[str], say: Callable[[str], None], load: LoadConfig = lambda _: Config()) -> int:
    """Run the command; return its exit status. `say` gets lines of narration, from threads too.

    `load` reads the configuration. Raises UsageError, and TracetuiError when it cannot run at all.
    """
    options = _parser().parse_intermixed_args(list(argv))
    words: list[str] = options.words
    config = (Config() if options.no_config else load(options.config)).overridden(
        given_settings(options), Origin.COMMAND_LINE
    )
    if words[:1] == ["update"]:
        return _update(words[1:], options.from_file, say, offline=config.ownership.offline)
    if options.from_file is not None:
        raise UsageError("asn: --from goes with 'tracetui asn update'")
    if not words:
        raise UsageError(
            "asn: nothing to look up: give addresses or names, or - to read addresses from a pipe"
        )
    if options.whois and config.ownership.offline:
        raise UsageError("asn: --whois asks registries over the network: leave --offline out")
    from tracetui.ownership.chain import Ownership

    ownership = Ownership(ownership_settings(config), say)
    try:
        lookup = _Lookup(ownership, say, whois=options.whois)
        return lookup.print_all(words, as_json=options.format == "json")
    finally:
        ownership.close()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tracetui asn",
        usage=_USAGE,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    add_options(parser)
    return parser


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    add_ownership_options(parser.add_argument_group("names and ASes"))
    other = parser.add_argument_group("other")
    other.add_argument(
        "-w", "--whois", action="store_true", help="ask the registry too: holder, complaints, dates"
    )
    other.add_argument("-f", "--format", choices=("text", "json"), default="text", help="default: text")
    other.add_argument(
        "--from", dest="from_file", type=Path, metavar="FILE", help="update: take the table from FILE"
    )
    add_config_options(other)
    other.add_argument("-h", "--help", action="help", help="show this and exit")


def _update(words: Sequence[str], file: Path | None, say: Callable[[str], None], *, offline: bool) -> int:
    from tracetui.ownership.update import update_table

    if words:
        raise UsageError(f"asn: update takes no addresses: {' '.join(words)}")
    if offline and file is None:
        raise UsageError("asn: update fetches over the network: with --offline give --from FILE")
    say(update_table(cache_directory(), file))
    return ANSWERED


class _Lookup:
    """Looks words up, some at a time."""

    def __init__(self, ownership: "Ownership", say: Callable[[str], None], *, whois: bool) -> None:
        self._ownership = ownership
        self._say = say
        self._whois = whois
        self._failed = False
        self._bad_lines = 0
        self._first_bad_line = 0

    def print_all(self, words: Sequence[str], *, as_json: bool) -> int:
        """Print what is known of every word; return the exit status."""
        from tracetui.asn_rows import JsonArray, TextTable

        form = JsonArray() if as_json else TextTable()
        pairs = self._pairs(words)
        with _rare_collection():
            for chunk in _chunks(pairs):
                _print(form.rows(list(self._answers(chunk))))
        _print(form.end())
        if self._bad_lines:
            self._say(
                f"tracetui: {self._bad_lines} lines of standard input are no addresses and were left out,"
                f" the first is line {self._first_bad_line}"
                if self._bad_lines > 1
                else f"tracetui: line {self._first_bad_line} of standard input is no address and was left out"
            )
        return NOT_ALL if self._failed else ANSWERED

    def _pairs(self, words: Iterable[str]) -> Iterator[tuple[str, str] | None]:
        """Yield what was asked and its address; None where a pipe has no more for now."""
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
                self._say(f"tracetui: {error}")
            else:
                yield from ((word, found) for found in addresses)

    def _lines(self, stream: BinaryIO) -> Iterator[tuple[str, str] | None]:
        """Yield the address of each line, its first word; None where there is no more for now."""
        number = 0
        for line in _lines_as_they_come(stream):
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
        from tracetui.asn_rows import Answer

        owners = self._ownership.owners()
        try:
            owners.want([address for _, address in pairs])
            owners.settle(_PATIENCE_S)
            found, names, confirmed = owners.owners(), owners.names(), owners.confirmations()
        finally:
            owners.close()
        from tracetui.ownership.attributor import NOBODY_KNOWS

        for asked, address in pairs:
            yield Answer(
                asked,
                address,
                found.get(address, NOBODY_KNOWS),
                names.get(address),
                confirmed.get(address),
                self._registration(address) if self._whois else None,
            )

    def _registration(self, address: str) -> "Registration | str":
        from tracetui.ownership.registry import registration

        try:
            return registration(address)
        except ResolutionError as error:
            return str(error).removeprefix(f"{address}: ")


def _address(word: str) -> str | None:
    """Return the canonical form of an address, in brackets or not; None when it is none."""
    try:
        return str(ipaddress.ip_address(word.strip("[]")))
    except ValueError:
        return None


def _lines_as_they_come(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield the lines of a pipe; None whenever it has no more for now, so that what came can be answered."""
    assert isinstance(stream, io.BufferedIOBase)  # noqa: S101  (standard input, which has `read1`)
    rest = b""
    while piece := stream.read1(_PIECE):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        rest = rest[:_LONGEST_LINE]
        if len(piece) < _PIECE:
            yield None
    if rest:
        yield rest


def _chunks(pairs: Iterable[tuple[str, str] | None]) -> Iterator[list[tuple[str, str]]]:
    """Yield what comes before a None, and at most `_AT_ONCE` together."""
    chunk: list[tuple[str, str]] = []
    for pair in pairs:
        if pair is not None:
            chunk.append(pair)
        if chunk and (pair is None or len(chunk) == _AT_ONCE):
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _addresses_of(ownership: "Ownership", word: str) -> Sequence[str]:
    """Return the addresses of a name, or of the host in any form of target.

    Raises TargetError for what is none, ResolutionError for a name without an address.
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
def _rare_collection() -> Iterator[None]:
    """Look for garbage less often: a table in memory is half a million objects, looked through in vain each
    time, for a fifth of the time that a long pipe takes.
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
