"""Asks registries for the contacts of the ASes that the findings of a report turn to; only on request."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from tracetui.analysis.findings.what_fails import asked_systems, failing
from tracetui.model import ResolutionError, Snapshot
from tracetui.model.as_contact import AsContacts
from tracetui.ownership.registration_lookup import as_contacts

_MAX_ASKED: Final = 4


def with_contacts(snapshot: Snapshot, *, why_not: str = "") -> Snapshot:
    """Return the snapshot with contacts; blocks until all registries have answered or their time is up.

    Of a masked snapshot no hidden AS is asked about. `why_not`: why no registry may be asked, which is what
    the report says then.
    """
    asked = dict.fromkeys(asn for finding in failing(snapshot) for asn in asked_systems(finding))
    systems = list(asked)[:_MAX_ASKED]
    if not systems:
        found = [AsContacts(None, problem="no registry was asked: no finding points to an AS")]
    elif why_not:
        found = [AsContacts(asn, problem=f"no registry was asked: {why_not}") for asn in systems]
    else:
        with ThreadPoolExecutor(len(systems), "tracetui-contacts") as pool:
            found = list(pool.map(_contacts, systems))
    return replace(snapshot, outside=replace(snapshot.outside, contacts=tuple(found)))


def _contacts(asn: int) -> AsContacts:
    try:
        return as_contacts(asn)
    except ResolutionError as error:
        return AsContacts(asn, problem=str(error))
