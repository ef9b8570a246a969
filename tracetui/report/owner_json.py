"""Owners and registrations as JSON values, for the snapshot and for `tracetui asn --format json`."""

from tracetui.model import Attribution, RecordedAs, Registration, safe_text

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


def answer_fields(owner: Attribution) -> dict[str, Json]:
    """Return the answer of one source: ASes, holder, prefix, and the source."""
    return {
        "asns": list(owner.asns),
        "holder": _text(owner.name),
        "prefix": owner.prefix,
        "source": owner.source or None,
        "date": owner.date,
    }


def doubt_fields(owner: Attribution | None) -> dict[str, Json]:
    """Return what the AS number alone does not tell, and which sources disagree; None: not looked up yet."""
    return {
        "special": owner.special if owner else None,
        "exchange": owner.exchange if owner else False,
        "member": owner.member if owner else None,
        "unannounced": owner.unannounced if owner else False,
        "known": owner.known and not owner.recorded if owner else False,
        "disagree": [answer_fields(other) for other in owner.others] if owner else [],
    }


def recorded_fields(recorded: RecordedAs | None) -> dict[str, Json]:
    """Return the AS that the trace recorded, and when; nothing where it recorded none."""
    if recorded is None:
        return {}
    return {"recorded_asns": list(recorded.asns), "recorded_at": recorded.when}


def registration_fields(found: Registration) -> dict[str, Json]:
    """Return a registration; null for what the registry does not tell."""
    return {
        "holder": _text(found.holder),
        "network": _text(found.network),
        "range": _text(found.range),
        "prefixes": [safe_text(one) for one in found.prefixes],
        "country": _text(found.country),
        "abuse": [safe_text(one) for one in found.abuse],
        "registered": _text(found.registered),
        "changed": _text(found.changed),
        "source": _text(found.source),
    }


def _text(text: str) -> str | None:
    return safe_text(text, limit=2000) or None
