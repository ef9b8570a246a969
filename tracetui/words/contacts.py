"""Contacts of ASes in words: whom to write to, and who says so."""

from tracetui.model import Snapshot
from tracetui.model.as_contact import AsContacts
from tracetui.words.names import asn_words, printable


def contact_words(one: AsContacts, snapshot: Snapshot) -> str:
    """Return `AS64501 West Carrier: NOC noc@example.net, abuse abuse@example.net (Example Ltd, says ...)`."""
    who = "" if one.asn is None else f"{asn_words(one.asn, snapshot)}: "
    if one.problem:
        return printable(f"{who}{one.problem}")
    parts = [f"{name} {' '.join(mails)}" for name, mails in (("NOC", one.noc), ("abuse", one.abuse)) if mails]
    told = ", ".join(parts) or "no mail address"
    holder = f"registered to {one.holder}, " if one.holder else ""
    return printable(f"{who}{told} ({holder}says {one.source})")
