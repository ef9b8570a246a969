"""Evidence from connections to a lane's service, each kind as a sentence without its full stop."""

from tracetui.model import Snapshot
from tracetui.model.evidence import ServiceAnswers, ServiceFails
from tracetui.words.names import REMOVED, endpoint_words, from_words, lane_of
from tracetui.words.service_checks import answer_words, failure_words, kind_words, since_words


def service_answers(one: ServiceAnswers, snapshot: Snapshot) -> str:
    """That connections are answered, how soon, since when."""
    said = answer_words(one.step, one.took_ns, one.code)
    key = ", with a valid certificate for the host" if one.verified else ""
    return f"{_connections(one, snapshot)}: {said}{key}, {_since(one, snapshot)}"


def service_fails(one: ServiceFails, snapshot: Snapshot) -> str:
    """That connections fail, where and why, since when."""
    return f"{_connections(one, snapshot)}: {failure_words(one.failure)}, {_since(one, snapshot)}"


def _connections(one: ServiceAnswers | ServiceFails, snapshot: Snapshot) -> str:
    lane = lane_of(one.lane, snapshot)
    to = REMOVED if lane is None else f"{endpoint_words(lane.lane)}{from_words(lane, snapshot)}"
    return f"{kind_words(one.row.service)} connections to {to}, port {one.row.service.port}"


def _since(one: ServiceAnswers | ServiceFails, snapshot: Snapshot) -> str:
    return since_words(one.row.since, one.row.alike, one.row.total, snapshot)
