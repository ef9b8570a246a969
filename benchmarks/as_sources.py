"""Who owns the addresses in some files, by the first source and where sources disagree.

    python benchmarks/as_sources.py [--asn-table FILE] FILE ...

Any text will do: every address in it is looked up, offline. Ends with 1 when one of them is unknown: that has
neither an AS nor an exchange nor a special range, and no source says that nobody announces it.
"""

import argparse
import ipaddress
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tracetui.model import Attribution
from tracetui.ownership.chain import Ownership
from tracetui.ownership.settings import OwnershipSettings

_ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?![\w:])"
)


def addresses(text: str) -> Iterator[str]:
    """Yield every address in a text, in its canonical form."""
    for word in _ADDRESS.findall(text):
        try:
            yield str(ipaddress.ip_address(word))
        except ValueError:
            continue  # a version number, a time of day


def found_in(paths: Sequence[Path]) -> list[str]:
    """Return the addresses in files, each once, in order."""
    return list(
        dict.fromkeys(
            address for path in paths for address in addresses(path.read_text("utf-8", errors="replace"))
        )
    )


def owners_of(wanted: Sequence[str], tables: Sequence[Path]) -> dict[str, Attribution]:
    """Ask the offline sources about addresses."""
    settings = OwnershipSettings(tables=tuple(tables), pointers=False, offline=True)
    ownership = Ownership(settings, lambda line: print(line, file=sys.stderr))
    owners = ownership.owners()
    owners.want(wanted)
    owners.settle(300)
    found = {address: owners.owners()[address] for address in wanted}
    owners.close()
    ownership.close()
    return found


def says(owner: Attribution) -> str:
    """Say in a few words who it is."""
    if not owner.known:
        return "unknown"
    systems = " ".join(f"AS{asn}" for asn in owner.asns)
    if owner.exchange:
        return f"exchange {owner.name}"
    return systems or ("unannounced" if owner.unannounced else owner.special or owner.name)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--asn-table", action="append", default=[], type=Path)
    options = parser.parse_args()
    found = owners_of(found_in(options.files), options.asn_table)
    for address, owner in found.items():
        print(f"{address:<40} {says(owner):<40.40} {owner.prefix or '-':<22} {owner.source}")
    unknown = [address for address, owner in found.items() if not owner.known]
    disagreeing = {address: owner for address, owner in found.items() if owner.others}
    print(f"\n{len(found)} addresses, {len(unknown)} unknown, {len(disagreeing)} disagreed about")
    for address, owner in disagreeing.items():
        print(f"{address:<40} {owner.source}: {says(owner)}")
        for other in owner.others:
            print(f"{'':<40} {other.source}: {says(other)} {other.name} {other.prefix or ''}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
