"""Sentences about a survey: what was found, what it leaves open, what would tell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tracetui.analysis.survey.collect import MAX_ADDRESSES, MAX_DRAWS
from tracetui.analysis.survey.facts import (
    AsRow,
    Endpoint,
    EndpointSurvey,
    Fate,
    FindingKind,
    Left,
    PathBranch,
    PathTree,
    Share,
    Survey,
    Suspects,
)
from tracetui.model import counted, safe_text
from tracetui.model.holders import cut_name
from tracetui.words.names import capitalised, listed, p_words

Names = Mapping[int, str]
"""Holders of ASes."""

_MAX_NAMED: Final = 5
"""ASes or countries in one sentence; the tables have the rest."""

CAUTION: Final = (
    "Each vantage counts once, however often it traced. A path shows where answers end, not where packets "
    "do: no AS is shown to drop anything by this alone."
)
LEFT_WORDS: Final = {
    Left.INSIDE: "the AS drops these packets",
    Left.NEXT_NETWORK: "the network behind it drops them where they enter",
    Left.OTHER_WAY: "they leave the AS another way than the paths that work, and are lost there",
    Left.SOURCES: "the endpoint or its network answers nothing that comes from these sources",
    Left.WAY_BACK: "the answers are lost on the way back",
    Left.SILENT_ROUTERS: "routers behind the AS answer none of these vantages, whatever is traced: the cause "
    "may be anywhere behind it",
    Left.NETWORK_BEFORE: "the last router is of the network before: only its address is of the AS",
}
FATE_WORDS: Final = {
    Fate.REACHED: "reach it",
    Fate.SOMETIMES: "reach it at times",
    Fate.STOPPED: "do not reach it",
    Fate.RESET: "get a RST",
    Fate.UNCLEAR: "show neither: cut off, too few rounds, or no answer",
    Fate.CONTROL_FAILS: "reach neither it nor the control",
}


def system_words(asn: int | None, names: Names) -> str:
    """Return `AS8359 MTS`; `an unknown AS` for None."""
    return "an unknown AS" if asn is None else f"AS{asn} {cut_name(names.get(asn, ''))}".rstrip()


def surveyed_endpoint_words(endpoint: Endpoint, target: str = "") -> str:
    """Return `mail.example (192.0.2.1), TCP/25`."""
    protocol = endpoint.protocol.value.upper() if endpoint.protocol is not None else "protocol not stated"
    port = f"/{endpoint.port}" if endpoint.port is not None else ""
    host = f"{safe_text(target)} ({endpoint.address})" if target else endpoint.address
    return f"{host}, {protocol}{port}"


def survey_finding(one: EndpointSurvey, names: Names) -> str:
    """Return what the survey comes to for one endpoint, with the figures."""
    return " ".join(_finding(one, names))


def _finding(one: EndpointSurvey, names: Names) -> Iterator[str]:
    stopped, judged = one.fates.get(Fate.STOPPED, 0), one.judged
    match one.kind:
        case FindingKind.TOO_FEW if not judged:
            yield "No vantage shows whether it is reached."
            return
        case FindingKind.ALL_REACHED:
            yield f"All {counted(judged, 'vantage')} that can be judged reach it."
            return
        case _:
            verb = "does" if stopped == 1 else "do"
            yield f"{stopped} of {counted(judged, 'vantage')} {verb} not reach it."
    yield from _country_sentence(one, stopped)
    match one.kind:
        case FindingKind.TOO_FEW:
            yield "These are too few to show where."
        case FindingKind.NONE_REACHED:
            yield "No path works, so none shows which AS makes the difference: the endpoint may be down."
        case FindingKind.NO_ONE_PLACE:
            yield (
                "No AS explains it: those where answers end are on paths that work too, or so few paths end "
                "in them that chance explains it."
            )
        case _:
            yield from _named_sentences(one, names)


def _country_sentence(one: EndpointSurvey, stopped: int) -> Iterator[str]:
    failing = [share for share in one.countries if share.stopped]
    if not failing or not stopped:
        return
    shown = [f"{share.stopped} of {share.judged} in {share.key}" for share in failing[:_MAX_NAMED]]
    more = [f"the rest in {counted(len(failing) - _MAX_NAMED, 'country', 'countries')}"]
    yield f"By country: {listed(shown + (more if len(failing) > _MAX_NAMED else []))}."


def _named_sentences(one: EndpointSurvey, names: Names) -> Iterator[str]:
    named = one.named
    for row in named[:_MAX_NAMED]:
        entered = f"Of {counted(row.entered, 'path')} into {system_words(row.asn, names)}, none reaches it"
        last = "all" if row.stopped == row.entered else str(row.stopped)
        yield f"{entered}; {last} get their last answer there ({p_words(row.p_value or 0.0)})."
        if row.refused:
            yield f"In {row.refused} of them its router says unreachable."
        if row.control is not None and row.control.asked:
            yield (
                f"On the way to the control, {row.control.passed} of {row.control.asked} of these vantages "
                "see routers behind it."
            )
        if row.country:
            yield f"No vantage in {row.country} reaches it: the country explains this as well as the AS does."
    if len(named) > _MAX_NAMED:
        yield f"The same holds for {len(named) - _MAX_NAMED} more."
    rest = one.fates.get(Fate.STOPPED, 0) - sum(row.stopped for row in named)
    if rest:
        yield f"{rest} more {'does' if rest == 1 else 'do'} not reach it for reasons that no AS explains."


def left_sentences(one: EndpointSurvey) -> list[str]:
    """Return what is left to explain the named ASes' stops, one line each; [] where none is named."""
    found = [left for left in Left if any(left in row.left for row in one.named)]
    return [capitalised(LEFT_WORDS[left]) for left in found]


def next_step_sentences(one: EndpointSurvey, names: Names) -> Iterator[str]:
    """Yield what would tell more, cheapest first."""
    if one.kind is FindingKind.ALL_REACHED:
        return
    if not one.has_control:
        yield (
            "trace another host of the endpoint's network from the same vantages, add the results, and name "
            "it with --control"
        )
    if one.named:
        inside = listed((system_words(row.asn, names) for row in one.named[:_MAX_NAMED]), last="or")
        yield f"run tracetui from inside {inside}, to the endpoint and to a control in its network"
        yield "ask whoever runs the endpoint for traces back to vantages that stop, and what it filters"
    elif one.kind is FindingKind.TOO_FEW:
        yield "trace from more vantages, several in each AS"
    else:
        yield "ask whoever runs the endpoint whether it answers these sources"


def suspects_words(one: Suspects, names: Names) -> str:
    """Return which ASes are on the same failing paths and on no working one."""
    systems = [system_words(asn, names) for asn in one.asns[:_MAX_NAMED]]
    if len(one.asns) > _MAX_NAMED:
        systems.append(f"{len(one.asns) - _MAX_NAMED} more")
    apart = "" if len(one.asns) == 1 else ": these paths cannot tell them apart"
    return f"{listed(systems)}: on {one.failing} failing paths and no working one{apart}"


def unexplained_words(one: EndpointSurvey) -> str:
    """Return how many failing paths show no AS that is on failing paths alone."""
    return f"{counted(one.unexplained, 'failing path')} with no AS that is not on working ones too"


def fates_words(one: EndpointSurvey) -> str:
    """Return `30 reach it, 20 do not reach it, 2 get a RST`."""
    counts = [f"{one.fates[fate]} {FATE_WORDS[fate]}" for fate in Fate if one.fates.get(fate)]
    return ", ".join(counts)


def stops_words(share: Share, names: Names) -> str:
    """Return where the paths of a country or an upstream end: `14 AS8359 MTS, 6 AS12389`."""
    shown = [f"{count} {system_words(asn, names)}" for asn, count in share.stops[:_MAX_NAMED]]
    more = sum(count for _, count in share.stops[_MAX_NAMED:])
    return ", ".join(shown + ([f"{more} elsewhere"] if more else []))


def path_words(asns: Sequence[int | None], names: Names) -> str:
    """Return ASes from the end of a path back: `AS64510 Transit ← AS64511 Cable`."""
    return " ← ".join(system_words(asn, names) for asn in asns)


def path_end_words(branch: PathBranch, names: Names) -> str:
    """Return where paths end: `✖ 20 stop in AS64510 Transit`, `● 30 reach it, in AS64540 Hosting`."""
    mark, verb = ("✖", "stop in") if branch.stops else ("●", "reach it, in")
    if branch.vantages == 1:
        verb = verb.replace("stop", "stops").replace("reach", "reaches")
    return f"{mark} {branch.vantages} {verb} {path_words(branch.asns, names)}"


def more_ends_words(tree: PathTree) -> str:
    """Return which ends of paths are left out."""
    return f"… {tree.more_vantages} end in {counted(tree.more, 'more AS', 'more ASes')}"


def left_out_words(survey: Survey) -> str:
    """Return that a survey is too large, and what it takes."""
    return (
        f"{counted(survey.left_out, 'trace')} left out: a survey takes {MAX_DRAWS:,} pairs of a vantage "
        f"and an endpoint, and {MAX_ADDRESSES:,} addresses"
    )


def begin_words(branch: PathBranch) -> str:
    """Return how some vantages lie to a branch: they are in its last AS."""
    asn = branch.asns[-1]
    return "in an unknown AS" if asn is None else f"in AS{asn} itself"


def more_words(branch: PathBranch) -> str:
    """Return which branches are left out: `in 14 more branches`."""
    return f"in {counted(branch.more, 'more branch', 'more branches')}"


def branch_countries(branch: PathBranch) -> str:
    """Return where the vantages of a branch are: `RU 12, FI 2`."""
    shown = [f"{country} {count}" for country, count in branch.countries[:_MAX_NAMED]]
    more = sum(count for _, count in branch.countries[_MAX_NAMED:])
    return ", ".join(shown + ([f"{more} elsewhere"] if more else []))


def remark_words(row: AsRow) -> str:
    """Return what else is to be said of a row."""
    said = []
    if row.endpoint:
        said.append("the endpoint's own AS")
    if row.refused:
        said.append(f"{row.refused} unreachable")
    if row.looped:
        said.append(f"{row.looped} loops" if row.looped > 1 else "1 loop")
    if row.significant:
        said.append(p_words(row.p_value or 0.0))
    elif row.working:
        said.append("also on working paths")
    elif row.p_value is not None:
        said.append(f"chance explains it ({p_words(row.p_value)})")
    elif not row.endpoint:
        said.append("too few")
    if row.lone:
        said.append(f"{row.lone} by one address")
    return ", ".join(said)
