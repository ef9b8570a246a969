"""The options about names and ASes, shared by traces, reports and `tracetui asn`."""

import argparse
from pathlib import Path

from tracetui.config import Config
from tracetui.config.settings import kind_of
from tracetui.model import HolderBook
from tracetui.option_kinds import add_switch, typed
from tracetui.ownership.settings import OwnershipSettings


def add_ownership_options(group: argparse._ArgumentGroup) -> None:
    """Add them to a parser's group. Each has the name of its setting as destination, and no default."""
    group.add_argument(
        "--asn-table",
        dest="ownership.asn-table",
        action="append",
        type=Path,
        metavar="FILE",
        help="address to AS table, plain or .gz: iptoasn, mmdb, CAIDA pfx2as, pyasn; or exchanges' LANs: "
        "PeeringDB ixpfx, netixlan (repeatable)",
    )
    group.add_argument(
        "--as-source",
        dest="ownership.as-source",
        type=typed(kind_of("ownership.as-source")),
        metavar="LIST",
        help="which AS sources to ask: table, plevin, cymru, comma-separated (default: all, in this order)",
    )
    group.add_argument(
        "--as-names",
        dest="ownership.as-names",
        type=Path,
        metavar="FILE",
        help='names and colours of your own: [as.8359] name = "MTS" (default: as.toml in the configuration '
        "directory, if it is there)",
    )
    group.add_argument(
        "--dns-server",
        dest="ownership.dns-server",
        type=typed(kind_of("ownership.dns-server")),
        metavar="ADDR[:PORT]",
        help="the DNS server to ask (default: the system's)",
    )
    add_switch(group, "ownership.no-dns", "-n/--no-dns", "--dns", help="no DNS about hops: no PTR names")
    add_switch(
        group,
        "ownership.offline",
        "--offline",
        "--no-offline",
        help="nothing leaves this machine but probes: no DNS at all",
    )


def ownership_settings(config: Config) -> OwnershipSettings:
    """Return what the configuration and the command line say."""
    ownership = config.ownership
    return OwnershipSettings(
        tables=ownership.asn_table,
        kinds=ownership.as_source or None,
        pointers=not ownership.no_dns,
        offline=ownership.offline,
        dns_server=ownership.dns_server or None,
        names_file=ownership.as_names,
        cache_directory=cache_directory(),
    )


def own_holders(config: Config) -> HolderBook:
    """Return the names and colours of the configuration, and of the file it names or the user's default file.

    That file's win. Raises TableError.
    """
    from tracetui.config.paths import user_paths
    from tracetui.ownership.holders_file import FILE_NAME, read_holders

    path = config.ownership.as_names
    if path is None:
        path = user_paths().config / FILE_NAME
        if not path.exists():
            return config.holders
    return HolderBook({**config.holders.holdings, **read_holders(path).holdings})


def cache_directory() -> Path:
    """Return the user's cache directory for this program (XDG base directories, where they apply)."""
    import platformdirs

    return platformdirs.user_cache_path("tracetui")
