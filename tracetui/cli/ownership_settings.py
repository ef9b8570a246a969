"""Decides where names and ASes come from in this run, by the configuration and the command line."""

from tracetui.config import Config
from tracetui.config.paths import user_paths
from tracetui.model import HolderBook
from tracetui.ownership.lookup_settings import OwnershipSettings


def ownership_settings(config: Config, *, always_offline: bool = False) -> OwnershipSettings:
    """Return the sources to ask; `always_offline` overrides the configuration."""
    ownership, paths = config.ownership, user_paths()
    return OwnershipSettings(
        tables=ownership.asn_table,
        kinds=ownership.as_source or None,
        pointers=not ownership.no_dns and not always_offline,
        offline=ownership.offline or always_offline,
        dns_server=ownership.dns_server or None,
        cache_directory=paths.cache,
        cache_owner=paths.owner,
    )


def own_holders(config: Config) -> HolderBook:
    """Return the user's names and colours of ASes: those of the file for them override the configuration's.

    Raises TableError.
    """
    from tracetui.ownership.as_names_file import FILE_NAME, read_holders

    path = config.ownership.as_names
    if path is None:
        directory = user_paths().config
        path = None if directory is None else directory / FILE_NAME
        if path is None or not path.exists():
            return config.holders
    return HolderBook({**config.holders.holdings, **read_holders(path).holdings})
