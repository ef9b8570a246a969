"""The survey as JSON: `tracetui.survey/1`, described by `docs/survey.schema.json`."""

import json
from datetime import datetime
from typing import Final

from tracetui.analysis.survey.facts import AsRow, EndpointSurvey, Fate, Left, PathBranch, Share, Survey
from tracetui.analysis.survey.survey_lanes import told_survey
from tracetui.model import Snapshot, Tool
from tracetui.report.finding_json import text_json, time_json
from tracetui.report.owner_json import Json
from tracetui.words import survey_finding

SCHEMA: Final = "tracetui.survey/1"


def survey_json(survey: Survey, created_at: datetime, tool: Tool) -> str:
    """Return the survey as one JSON object, indented, keys always in the same order."""
    value = survey_as_dict(survey, created_at, tool)
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def survey_as_dict(survey: Survey, created_at: datetime, tool: Tool) -> dict[str, Json]:
    """Return the survey as JSON values; what is not known is null."""
    return {
        "schema": SCHEMA,
        "created_at": time_json(created_at),
        "tool": {"name": tool.name, "version": tool.version, "command": text_json(tool.command)},
        "traces": survey.traces,
        "vantages": survey.vantages,
        "left_out": {"without_target": survey.without_target, "too_many": survey.left_out},
        "as_sources": [{"name": one.name, "date": one.date} for one in survey.sources],
        "endpoints": _endpoints(survey),
    }


def survey_in_snapshot(snapshot: Snapshot) -> Json:
    """Return the survey of a snapshot's lanes as a list of endpoints; none where too few places traced."""
    survey = told_survey(snapshot)
    return [] if survey is None else _endpoints(survey)


def _endpoints(survey: Survey) -> list[Json]:
    return [
        *(_endpoint(one, survey, "suspect") for one in survey.endpoints),
        *(_endpoint(one, survey, "control") for one in survey.controls),
    ]


def _endpoint(one: EndpointSurvey, survey: Survey, role: str) -> Json:
    endpoint = one.endpoint
    return {
        "role": role,
        "target": text_json(one.target) or None,
        "address": endpoint.address,
        "protocol": endpoint.protocol.value if endpoint.protocol is not None else None,
        "port": endpoint.port,
        "traces": one.traces,
        "first": None if one.first is None else time_json(one.first),
        "last": None if one.last is None else time_json(one.last),
        "vantages": _fates(one.fates),
        "ases": [_row(row) for row in one.rows],
        "stops_without_as": one.unknown_stops,
        "suspects": [{"ases": [*each.asns], "failing_paths": each.failing} for each in one.suspects],
        "unexplained_paths": one.unexplained,
        "countries": [_share(share, "country") for share in one.countries],
        "without_country": one.without_country,
        "upstreams": [_share(share, "asn") for share in one.upstreams],
        "paths": [_branch(branch) for branch in one.paths.ends],
        "paths_left_out": {"ends": one.paths.more, "vantages": one.paths.more_vantages},
        "has_control": one.has_control,
        "finding": {
            "kind": one.kind.value,
            "ases": [row.asn for row in one.named],
            "left": [left.value for left in Left if any(left in row.left for row in one.named)],
            "text": text_json(survey_finding(one, survey.names)),
        },
    }


def _row(row: AsRow) -> Json:
    control = row.control
    return {
        "asn": row.asn,
        "name": text_json(row.name) or None,
        "entered": row.entered,
        "stopped": row.stopped,
        "unreachable": row.refused,
        "loops": row.looped,
        "reached": row.working,
        "last_routers": row.routers,
        "by_one_address": row.lone,
        "endpoint_as": row.endpoint,
        "p_value": row.p_value,
        "significant": row.significant,
        "control": None if control is None else {"asked": control.asked, "passed": control.passed},
        "same_as_country": row.country or None,
        "left": [left.value for left in row.left],
    }


def _branch(branch: PathBranch) -> Json:
    return {
        "ases": [*branch.asns],
        "stops": branch.stops,
        "vantages": branch.vantages,
        "countries": [{"country": country, "count": count} for country, count in branch.countries],
        "begin_here": branch.begin,
        "before": [_branch(each) for each in branch.branches],
        "left_out": {"branches": branch.more, "vantages": branch.more_vantages},
    }


def _share(share: Share, key: str) -> Json:
    return {
        key: share.key,
        "vantages": _fates(share.fates),
        "stops": [{"asn": asn, "count": count} for asn, count in share.stops],
    }


def _fates(fates: dict[Fate, int]) -> Json:
    return {fate.value: fates.get(fate, 0) for fate in Fate}
