"""Clauses that say why a lane can or cannot serve as the control of a silent lane; each begins with "it"."""

from typing import Final

from tracetui.model import Candidate, ControlCheck, ControlFit, Relation, Snapshot
from tracetui.words.names import lane_of, router_words
from tracetui.words.steps import relation_words

F = ControlFit

_NOTHING_OF_THE_PATH: Final = "this shows that routers beyond answer, but nothing about the path"
_FITS: Final = {
    F.VALID: "it passes {last}{at} and is answered from beyond",
    F.OTHER_ORIGIN: f"it passes {{last}}{{at}}, but another AS announces it: {_NOTHING_OF_THE_PATH}",
    F.OTHER_SERVICE: f"it passes {{last}}{{at}}, but over another protocol or port: {_NOTHING_OF_THE_PATH}",
    F.OTHER_VANTAGE: "it is probed from another vantage",
    F.OTHER_FAMILY: "one of the two is traced over IPv4, the other over IPv6",
    F.NO_ROUNDS: "the two have no complete round in common yet",
    F.NO_LAST_HOP: "no hop answers the silent lane, so there is no last hop to share",
    F.UNIDENTIFIED_LAST_HOP: "{last} has a private or shared address, which identifies no router",
    F.PARTS_BEFORE: "its path differs{at}, before {last}",
    F.NOT_THROUGH_LAST_HOP: "{last} is not on its path",
    F.STOPS_TOO: "it goes silent after the same router, {last}",
    F.FAILS_ITSELF: "its own endpoint does not answer, so it cannot serve as a control",
    F.NO_ROUTER_BEYOND: "beyond {last} only its endpoint answers, no router",
    F.NOT_CLEAR: "it is answered from beyond {last}, but not clearly more often than the silent lane so far",
}
"""Clauses with the last router of the silent lane, and where on the control's own path that is."""


def control_words(check: ControlCheck, snapshot: Snapshot) -> str:
    """Return why a control fits or not, as a clause; for one that serves, also what it has in common."""
    clause = fit_words(check.fit, check.last, check.ttl, snapshot)
    if not check.fit.serves or check.relation is Relation.OTHER:
        return clause
    suspect = lane_of(check.suspect, snapshot)
    ipv6 = suspect is not None and suspect.lane.family == 6
    return f"{clause}; it is {relation_words(check.relation, ipv6=ipv6)}"


def fit_words(fit: ControlFit, last: Candidate | None, ttl: int | None, snapshot: Snapshot) -> str:
    """Return the clause for a fit; `ttl` is where hop L is on the control's path, or where that differs."""
    router = "the last router that answers" if last is None else router_words(last, snapshot, system=False)
    if ttl is None or (last is not None and last.ttl == ttl and fit is not F.PARTS_BEFORE):
        at = ""
    else:
        at = f" from hop {ttl} on" if fit is F.PARTS_BEFORE else f" at its hop {ttl}"
    return _FITS[fit].format(last=router, at=at)
