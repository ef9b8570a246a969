"""Where names and ASes come from in this run, according to the configuration and the command line."""

from pathlib import Path

from tracetui.config import Config
from tracetui.model import HolderBook
from tracetui.ownership.lookup_settings import OwnershipSettings


def ownership_settings(config: Config) -> OwnershipSettings:
    """Return the sources to ask."""
    ownership = config.ownership
    return OwnershipSettings(
        tables=ownership.asn_table,
        kinds=ownership.as_source or None,
        pointers=not ownership.no_dns,
        offline=ownership.offline,
        dns_server=ownership.dns_server or None,
        cache_directory=cache_directory(),
    )


def own_holders(config: Config) -> HolderBook:
    """Return the user's names and colours of ASes: those of the file for them override the configuration's.

    Raises TableError.
    """
    from tracetui.config.paths import user_paths
    from tracetui.ownership.as_names_file import FILE_NAME, read_holders

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
