"""BGP as JSON values: routes with their sources, changes, answers of services, and expected paths."""

from tracetui.analysis.bgp_paths import bgp_beyond
from tracetui.model import Grade, LaneSnapshot, Snapshot
from tracetui.model.bgp_route import HIDDEN_ASN, AsPath, BgpQuestion, BgpRoute
from tracetui.report.finding_json import facts_json, text_json, time_json, value_json
from tracetui.report.owner_json import Json


def bgp_fields(snapshot: Snapshot) -> dict[str, Json]:
    """Return the field `bgp` of a snapshot; none where nothing is known of BGP."""
    bgp = snapshot.outside.bgp
    if not (bgp.routes or bgp.updates or bgp.questions or bgp.problems):
        return {}
    return {
        "bgp": {
            "routes": [_route(route) for route in bgp.routes],
            "updates": [_route(update) for update in bgp.updates],
            "questions": [_question(question) for question in bgp.questions],
            "expected": [one for lane in snapshot.lanes for one in _expected(lane, snapshot)],
            "problems": [text_json(problem) for problem in bgp.problems],
        }
    }


def _route(route: BgpRoute) -> Json:
    facts = facts_json(route, without=("path", "viewer", "is_update"))
    return {
        **facts,
        "viewer": _asn(route.viewer),
        "path": None if route.path is None else str(route.path),
        "segments": [] if route.path is None else _segments(route.path),
    }


def _segments(path: AsPath) -> list[Json]:
    return [
        {"kind": segment.kind.value, "asns": [_asn(asn) for asn in segment.asns]} for segment in path.segments
    ]


def _asn(asn: int | None) -> Json:
    """Return a number; null for what is not known, or a mask hides."""
    return None if asn in {None, HIDDEN_ASN} else asn


def _question(question: BgpQuestion) -> Json:
    answer = question.answer
    return {
        "address": str(question.address),
        "announced": None if answer is None else answer.prefix is not None,
        "prefix": None if answer is None or answer.prefix is None else str(answer.prefix),
        "origins": [] if answer is None else [value_json(origin) for origin in answer.origins],
        "source": None if answer is None else text_json(answer.source),
        "taken_at": None if answer is None else time_json(answer.taken_at),
        "problem": text_json(question.problem) or None,
        "remarks": [text_json(remark) for remark in question.remarks],
    }


def _expected(lane: LaneSnapshot, snapshot: Snapshot) -> list[Json]:
    """Return where a silent lane goes on by BGP, where no control shows it."""
    found = bgp_beyond(lane, snapshot)
    if found is None:
        return []
    return [
        {
            "lane": lane.id,
            "after": lane.as_path[-1],
            "path": [_asn(asn) for asn in found.path],
            "grade": Grade.BGP.value,
            "viewer": _asn(found.route.viewer),
            "other_routes": found.others,
        }
    ]
