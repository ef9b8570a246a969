"""The options about names and ASes, shared by traces, reports and `tracetui asn`."""

import argparse
from pathlib import Path

from tracetui.model import HolderBook, ResolutionError
from tracetui.ownership.settings import OwnershipSettings, SourceKind


def add_ownership_options(group: argparse._ArgumentGroup) -> None:
    """Add them to a parser's group."""
    group.add_argument(
        "--asn-table",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="address to AS table, plain or .gz: iptoasn, mmdb, CAIDA pfx2as, pyasn; or exchanges' LANs: "
        "PeeringDB ixpfx, netixlan (repeatable)",
    )
    group.add_argument(
        "--as-source",
        type=_kinds,
        metavar="LIST",
        help="which AS sources to ask: table, plevin, cymru, comma-separated (default: all, in this order)",
    )
    group.add_argument(
        "--as-names",
        type=Path,
        metavar="FILE",
        help='names and colours of your own: [as.8359] name = "MTS" (default: as.toml in the configuration '
        "directory, if it is there)",
    )
    group.add_argument(
        "--dns-server",
        type=_server,
        metavar="ADDR[:PORT]",
        help="the DNS server to ask (default: the system's)",
    )
    group.add_argument("-n", "--no-dns", action="store_true", help="no DNS about hops: no PTR names")
    group.add_argument(
        "--offline", action="store_true", help="nothing leaves this machine but probes: no DNS at all"
    )


def ownership_settings(options: argparse.Namespace) -> OwnershipSettings:
    """Return what was typed."""
    return OwnershipSettings(
        tables=tuple(options.asn_table),
        kinds=options.as_source,
        pointers=not options.no_dns,
        offline=options.offline,
        dns_server=options.dns_server,
        names_file=options.as_names,
        cache_directory=cache_directory(),
    )


def own_holders(path: Path | None) -> HolderBook:
    """Return the names and colours in `path`, else in the user's default file. Raises TableError."""
    import platformdirs

    from tracetui.ownership.holders_file import FILE_NAME, read_holders

    if path is None:
        path = platformdirs.user_config_path("tracetui") / FILE_NAME
        if not path.exists():
            return HolderBook()
    return read_holders(path)


def cache_directory() -> Path:
    """Return the user's cache directory for this program (XDG base directories, where they apply)."""
    import platformdirs

    return platformdirs.user_cache_path("tracetui")


def _server(text: str) -> str:
    from tracetui.ownership.dns import parse_server

    try:
        parse_server(text)
    except ResolutionError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _kinds(text: str) -> tuple[SourceKind, ...]:
    words = [word.strip().lower() for word in text.split(",")]
    try:
        return tuple(dict.fromkeys(SourceKind(word) for word in words))
    except ValueError:
        known = ", ".join(kind.value for kind in SourceKind)
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of {known}") from None
