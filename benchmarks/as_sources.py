"""Who owns the addresses in some files, by the first source and where sources disagree.

    python benchmarks/as_sources.py [--asn-table FILE] FILE ...

Any text will do: every address in it is looked up, offline. A second table, of any kind that `--asn-table`
takes, is set beside plevin: how many of the addresses each knows, and those they disagree about. Ends with 1
when an address is unknown: that has neither an AS nor an exchange nor a special range, and no source says
that nobody announces it.
"""

import argparse
import ipaddress
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from table import aligned
from tracetui.model import Attribution
from tracetui.ownership.as_lookup import AsLookup
from tracetui.ownership.lookup_settings import OwnershipSettings
from tracetui.ownership.open_sources import Ownership
from tracetui.ownership.plevin_table import PlevinExchanges
from tracetui.ownership.special_ranges import special_purpose

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


def owners_of(wanted: Sequence[str], tables: Sequence[Path]) -> tuple[dict[str, Attribution], dict[str, int]]:
    """Ask the offline sources; return their answers, and how many public addresses each of them knows."""
    settings = OwnershipSettings(tables=tuple(tables), pointers=False, offline=True)
    ownership = Ownership(settings, lambda line: print(line, file=sys.stderr))
    asked = AsLookup(ownership.sources)
    found = {address: asked.attribute(address) for address in wanted}
    public = [address for address in wanted if special_purpose(address) is None]
    known = {
        f"{source.info.name} of {source.info.date or 'unknown date'}": sum(
            source.attribute(address) is not None for address in public
        )
        for source in ownership.sources
        if not isinstance(source, PlevinExchanges)
    }
    ownership.close()
    return found, known


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
    found, known = owners_of(found_in(options.files), options.asn_table)
    for address, owner in found.items():
        print(f"{address:<40} {says(owner):<40.40} {owner.prefix or '-':<22} {owner.source}")
    unknown = [address for address, owner in found.items() if not owner.known]
    disagreeing = {address: owner for address, owner in found.items() if owner.others}
    print(f"\n{len(found)} addresses, {len(unknown)} unknown, {len(disagreeing)} disagreed about")
    for name, count in known.items():
        print(f"{name} knows {count} of those that are not special-purpose")
    rows = [
        ("" if place else address, answer.source, says(answer), answer.prefix or "-", answer.name)
        for address, owner in disagreeing.items()
        for place, answer in enumerate((owner, *owner.others))
    ]
    if rows:
        print()
        print("\n".join(aligned(("address", "source", "says", "prefix", "holder"), rows)))
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
