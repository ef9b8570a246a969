"""The JSON report: `tracetui.snapshot/2`, described by `docs/snapshot.schema.json`."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from tracetui.analysis.as_path import grade, hop_systems
from tracetui.analysis.lanes.why_silent import silence
from tracetui.analysis.rounds.rtt_statistics import percentile
from tracetui.model import (
    AutonomousSystem,
    Event,
    Grade,
    Hop,
    LaneSnapshot,
    PathState,
    Registration,
    Responder,
    Snapshot,
    Vantage,
)
from tracetui.model.imported_trace import is_stand_in
from tracetui.report.bgp_json import bgp_fields
from tracetui.report.comparison import comparison_json
from tracetui.report.finding_json import control_json, facts_json, finding_json
from tracetui.report.finding_json import text_json as _text
from tracetui.report.finding_json import time_json as _time
from tracetui.report.imported_traces import import_json
from tracetui.report.owner_json import Json, doubt_fields, recorded_fields, registration_fields
from tracetui.report.public_asks import public_asks_json
from tracetui.report.register_answers import registers_json
from tracetui.report.shown_lane import shown_trace, since
from tracetui.report.survey_json import survey_in_snapshot
from tracetui.words import event_words, headline, icmp_words

SCHEMA: Final = "tracetui.snapshot/2"


def json_text(snapshot: Snapshot) -> str:
    """Return the snapshot as one JSON object in UTF-8 text, indented, keys always in the same order."""
    return json.dumps(as_dict(snapshot), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_dict(snapshot: Snapshot) -> dict[str, Json]:
    """Return the snapshot as JSON values. Times of day are ISO 8601 in UTC; what is not known is null."""
    return {
        "schema": SCHEMA,
        "created_at": _time(snapshot.created_at),
        "tool": {
            "name": snapshot.tool.name,
            "version": snapshot.tool.version,
            "command": _text(snapshot.tool.command),
        },
        "vantage": _vantage(snapshot.vantage),
        "privacy": None if snapshot.masked_hops is None else {"first_hops": snapshot.masked_hops},
        "title": _text(snapshot.title) or None,
        "started_at": _time(snapshot.started_at),
        "rounds": snapshot.rounds,
        "kept": None if snapshot.kept is None else facts_json(snapshot.kept),
        "interval_s": snapshot.interval_s,
        "stretched_interval_s": snapshot.stretched_s,
        "max_rate": snapshot.max_rate,
        "timeout_s": snapshot.timeout_s,
        "max_hops": snapshot.max_hops,
        "as_sources": [facts_json(source) for source in snapshot.as_sources],
        "not_looked_up": snapshot.not_looked_up,
        "ases": [_system_row(system) for system in snapshot.ases],
        "public_addresses": list(snapshot.public_addresses),
        "vantages": [facts_json(vantage) for vantage in snapshot.vantages],
        "public_vantages": public_asks_json(snapshot),
        "lanes": [_lane(lane, snapshot) for lane in snapshot.lanes],
        "unresolved": [facts_json(one) for one in snapshot.unresolved],
        "survey": survey_in_snapshot(snapshot),
        "findings": [finding_json(finding, snapshot) for finding in snapshot.findings],
        "comparison": comparison_json(snapshot),
        "controls": [control_json(check, snapshot) for check in snapshot.controls],
        "events": [_event(event, snapshot) for event in snapshot.events],
        "notes": [facts_json(note) for note in snapshot.notes],
        "registrations": [_registration(*asked) for asked in snapshot.registrations.items()],
        **bgp_fields(snapshot),
        "registers": registers_json(snapshot),
        "services": [facts_json(series) for series in snapshot.outside.services],
        "mail_domains": [facts_json(domain) for domain in snapshot.outside.mail_domains],
        "contacts": [facts_json(one) for one in snapshot.outside.contacts],
        "receiver": facts_json(snapshot.counters),
    }


def _vantage(vantage: Vantage) -> Json:
    return {
        "hostname": _text(vantage.hostname),
        "source": vantage.source,
        "interface": vantage.interface,
        "prober": vantage.prober,
        "kernel": _text(vantage.kernel),
    }


def _system_row(system: AutonomousSystem) -> Json:
    return {"asn": system.asn, "tag": system.tag, "name": _text(system.name), "colour": system.colour}


def _event(event: Event, snapshot: Snapshot) -> Json:
    return {
        "at": _time(event.at),
        "lane": event.lane,
        "kind": event.kind.value,
        "text": _text(event_words(event, snapshot)),
    }


def _registration(address: str, found: Registration | str | None) -> Json:
    """Return what a registry says about an address, or why it does not; neither while it is being asked."""
    return {
        "address": address,
        "registration": registration_fields(found) if isinstance(found, Registration) else None,
        "problem": _text(found) if isinstance(found, str) else None,
    }


def _lane(lane: LaneSnapshot, snapshot: Snapshot) -> Json:
    one, trace, verdict = lane.lane, shown_trace(lane), lane.verdict
    began = since(lane)
    systems = hop_systems(trace, snapshot.owners, verdict)
    return {
        "id": one.id,
        "target": _text(one.target),
        "host": _text(one.host),
        "address": one.address,
        "protocol": one.protocol.value,
        "port": one.port,
        "role": one.role.value,
        "vantage": one.vantage,
        "via": _text(one.via) if one.via else None,
        "source": trace.source,
        "imported": import_json(lane),
        "flow": "per_hop" if trace.flow.name == "PER_HOP" else "fixed",
        "flow_id": _text(trace.flow_id) or None,
        "state": verdict.state.value,
        "since": None if began is None else _time(began),
        "headline": _text(headline(lane, snapshot)),
        "rounds": trace.rounds,
        "last_responsive": _last_responsive(lane, snapshot, systems),
        "destination_ttl": verdict.destination_ttl,
        "proof": (None if verdict.proof is None else {"kind": verdict.proof.value, "ttl": verdict.proof_ttl}),
        "icmp": _icmp(lane),
        "loop": [_known(address) for address in verdict.loop],
        "failure": None if trace.failure is None else _text(trace.failure),
        "held_back": trace.held_back,
        "as_path": list(lane.as_path),
        "hops": [_hop(hop, lane, snapshot, systems[hop.ttl - 1]) for hop in trace.hops],
    }


def _last_responsive(lane: LaneSnapshot, snapshot: Snapshot, systems: tuple[int | None, ...]) -> Json:
    ttl, address = lane.verdict.last_responsive_ttl, lane.verdict.last_responsive
    if ttl is None or address is None:
        return None
    hops = lane.hops
    main = hops[ttl - 1].main if ttl <= len(hops) else None
    resolved = systems[ttl - 1] if main is not None and main.address == address else None
    asn, name = _system(address, snapshot, resolved)
    given = grade(shown_trace(lane), snapshot.owners, ttl) if resolved else _grade_alone(address, snapshot)
    return {"ttl": ttl, "address": _known(address), "asn": asn, "as_name": name, "as_grade": given.value}


def _icmp(lane: LaneSnapshot) -> Json:
    verdict = lane.verdict
    if verdict.state is not PathState.UNREACHABLE:
        return None
    return {
        "type": verdict.icmp_type,
        "code": verdict.icmp_code,
        "text": icmp_words(verdict.icmp_type, verdict.icmp_code, lane.lane.family),
    }


def _hop(hop: Hop, lane: LaneSnapshot, snapshot: Snapshot, asn: int | None) -> Json:
    why = silence(shown_trace(lane), hop.ttl)
    loss = hop.loss_percent
    return {
        "ttl": hop.ttl,
        "sent": hop.sent,
        "received": hop.received,
        "lost": hop.lost,
        "late": hop.late,
        "loss_percent": None if loss is None else round(loss, 1),
        "rtt_ms": _rtt(hop),
        "silence": None if why is None else why.value,
        "responders": list(_responders(hop, lane, snapshot, asn)),
        "unlisted": hop.unlisted,
    }


def _rtt(hop: Hop) -> Json:
    rtt = hop.rtt
    if rtt is None:
        return None
    return {
        "last": _ms(rtt.last_ns),
        "best": _ms(rtt.best_ns),
        "mean": _ms(rtt.mean_ns),
        "worst": _ms(rtt.worst_ns),
        "stdev": _ms(rtt.stdev_ns),
        "jitter": _ms(rtt.jitter_ns),
        "p50": _ms(percentile(hop.recent, 50)),
        "p95": _ms(percentile(hop.recent, 95)),
    }


def _responders(hop: Hop, lane: LaneSnapshot, snapshot: Snapshot, asn: int | None) -> Iterator[Json]:
    for place, responder in enumerate(hop.responders):
        yield _responder(responder, hop, lane, snapshot, asn if place == 0 else None)


def _responder(
    responder: Responder, hop: Hop, lane: LaneSnapshot, snapshot: Snapshot, resolved: int | None
) -> Json:
    address = responder.address
    owner = snapshot.owners.get(address)
    asn, name = _system(address, snapshot, resolved)
    main = hop.main is responder
    given = grade(shown_trace(lane), snapshot.owners, hop.ttl) if main else _grade_alone(address, snapshot)
    replies: Mapping[str, int] = responder.replies
    return {
        "address": _known(address),
        "name": _text(snapshot.names[address]) if address in snapshot.names else None,
        "name_confirmed": snapshot.confirmations.get(address) if address in snapshot.names else None,
        "count": responder.count,
        "asn": asn,
        "as_name": name,
        "prefix": None if owner is None else owner.prefix,
        "as_source": None if owner is None or not owner.source else owner.source,
        "as_date": None if owner is None else owner.date,
        "as_grade": given.value,
        "asns": [] if owner is None else list(owner.asns),
        **doubt_fields(owner),
        **recorded_fields(snapshot.recorded.get(address)),
        "replies": dict(sorted(replies.items())),
        "reply_ttl": None if responder.reply_ttl is None else list(responder.reply_ttl),
        "mpls": list(responder.mpls),
    }


def _known(address: str) -> str | None:
    """Return an address; None for one that an imported trace does not show."""
    return None if is_stand_in(address) else address


def _grade_alone(address: str, snapshot: Snapshot) -> Grade:
    """Return the grade of an address's AS where the hops around it say nothing."""
    owner = snapshot.owners.get(address)
    if owner is None or not owner.asns:
        return Grade.NONE
    return Grade.RECORDED if owner.recorded else Grade.NORMAL


def _system(address: str, snapshot: Snapshot, resolved: int | None) -> tuple[int | None, str | None]:
    """Return number and holder; for an address without an AS, None and what kind of address it is."""
    owner = snapshot.owners.get(address)
    if owner is None:
        return None, None
    asn = resolved or owner.asn
    known = next((system.name for system in snapshot.ases if system.asn == asn), "")
    return asn, _text((known if asn else "") or owner.name or owner.special or "") or None


def _ms(nanoseconds: float | None) -> float | None:
    return None if nanoseconds is None else round(nanoseconds / 1e6, 3)
