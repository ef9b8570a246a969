"""Prints what is found on simulated internets, facts without sentences: a line for each internet and part.

    python facts_alone.py words|names [SHARE]

With `names`, the wording room is replaced, before anything else imports it, by one that returns names of
facts.
Then each line must be the same. `0/2` is the first of two shares of the internets, `0/1` all.
"""

import hashlib
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from types import ModuleType

from tracetui import words
from tracetui.words import owners

ROOM = "tracetui.words"
SENTENCES = {"text", "headline"}
"""Keys of the JSON report that hold sentences."""

ONE = {"<class 'str'>", "str | None"}
SEVERAL = {
    f"{kind}[str{rest}]"
    for kind, rest in (
        ("tuple", ", ..."),
        ("list", ""),
        ("collections.abc.Iterator", ""),
        ("collections.abc.Sequence", ""),
    )
}
"""What words return."""

INTERNETS = Path(__file__).parents[1] / "analysis" / "findings" / "internets"
CHOSEN = [
    "border-filter",
    "control-parts-after-l",
    "drop-begins",
    "drop-ends",
    "general-failure",
    "gateway-refuses",
    "loss-and-a-drop",
    "moving-silence",
    "second-provider-reaches",
    "vantage-inside",
]
ROUNDS = 70


def named(fact: object) -> str:
    """The name of a fact: its type and its fields."""
    if isinstance(fact, Enum):
        return fact.name
    names = [field.name for field in fields(fact)] if is_dataclass(fact) else []
    return " ".join([type(fact).__name__, *names])


class Names(ModuleType):
    """Stands for the wording room. It has no modules: nobody may know them."""

    def __init__(self) -> None:
        super().__init__(ROOM)
        self.__path__: list[str] = []
        self.asked: set[str] = set()
        for name in words.__all__:
            self.__dict__[name] = self._in_place_of(name, getattr(words, name))
        # Words about owners tell what was looked up, and nothing of findings.
        self.__dict__.update({name: said for name, said in vars(owners).items() if name[0] != "_"})

    def _in_place_of(self, name: str, real: object) -> object:
        """Return names of facts for what returns a sentence or several; all else stays as it is."""
        returned = str(inspect.signature(real).return_annotation) if inspect.isfunction(real) else ""
        if returned not in ONE and returned not in SEVERAL:
            return real

        def say(*facts: object, **_: object) -> str | tuple[str, ...]:
            self.asked.add(name)
            said = " ".join(map(named, facts[:1]))
            return (said,) if returned in SEVERAL else said

        return say


def without_words() -> None:
    sys.modules[ROOM] = Names()


def internets(share: str) -> Iterator:
    from tracetui.simulation.catalogue import available
    from tracetui.simulation.read_scenario import read_text

    files = [INTERNETS / f"{name}.toml" for name in CHOSEN]
    made = [
        *available(),
        *(
            read_text(file.read_text(encoding="utf-8").partition("\n[expect]\n")[0], file.stem, file.name)
            for file in files
        ),
    ]
    first, of = map(int, share.split("/"))
    yield from made[first::of]


def parts(scenario) -> Iterator[tuple[str, object]]:
    """What there is of facts at the end of a run, and under a mask."""
    from analysis.findings.simulated import run
    from tracetui.investigation.past_snapshot import at_moment
    from tracetui.model import Note
    from tracetui.privacy.mask import masked
    from tracetui.report import as_dict, markdown, one_page, text

    found = run(scenario, rounds=ROUNDS)
    first = next(hop for hop in found.lanes[0].trace.hops if hop.main is not None).main.address
    at = datetime(2026, 1, 1, tzinfo=UTC)
    owner = found.owners.get(first)
    typed = f"{first}, {owner.name if owner else ''} of AS{owner.asn if owner else 0} went away"
    found = replace(found, notes=(Note(at, typed), Note(at, f"AS{owner.asn} {owner.name}" if owner else "")))
    hidden = masked(found, 2)
    earlier = at_moment(found, found.created_at.replace(microsecond=0))
    for name, snapshot in (("", found), ("masked ", hidden), ("masked earlier ", masked(earlier, 1))):
        yield f"{name}findings", snapshot.findings
        yield f"{name}controls", snapshot.controls
        yield f"{name}events", snapshot.events
        yield f"{name}lanes", [_lane(lane) for lane in snapshot.lanes]
        yield f"{name}rest", [snapshot.notes, snapshot.names, snapshot.owners, snapshot.ases, snapshot.tool]
        yield f"{name}json", json.dumps(_facts(as_dict(snapshot)))
        assert markdown(snapshot)
        assert one_page(snapshot)
        assert text(snapshot)


def _lane(lane) -> tuple[object, ...]:
    return lane.lane, lane.verdict, lane.as_path, lane.since_ns, tuple(lane.hops), tuple(lane.trace.outcomes)


def _facts(value):
    if isinstance(value, Mapping):
        return {key: _facts(item) for key, item in value.items() if key not in SENTENCES}
    return [_facts(item) for item in value] if isinstance(value, list) else value


def main(room_of: str, share: str = "0/1") -> None:
    if room_of == "names":
        without_words()
    for scenario in internets(share):
        for name, part in parts(scenario):
            print(f"{scenario.name}: {name}: {hashlib.sha256(repr(part).encode()).hexdigest()[:16]}")
    room = sys.modules[ROOM]
    if room_of == "names":
        assert room.asked >= {"statement", "headline", "evidence_words", "step_words", "event_words"}
    print(type(room).__name__)


if __name__ == "__main__":
    main(*sys.argv[1:])
