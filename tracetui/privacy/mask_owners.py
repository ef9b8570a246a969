"""Leaves out in which AS a router is whose address the mask hides."""

from collections.abc import Collection
from dataclasses import replace

from tracetui.model import Candidate
from tracetui.model.comparison import Answerer
from tracetui.model.evidence import RouterOwner


def without_owner(facts: object, hidden: Collection[str]) -> object:
    """Return facts about a router without its owner, if its address is `hidden`; others as they are."""
    if isinstance(facts, Candidate | Answerer) and facts.address in hidden:
        return replace(facts, asn=None)
    if isinstance(facts, RouterOwner) and facts.router.address in hidden:
        return replace(facts, origins=(), owners=())
    return facts
