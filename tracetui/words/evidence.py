"""Evidence in words: one sentence for each kind, which says what was measured and no more."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tracetui.model import Evidence, Snapshot
from tracetui.model import evidence as kinds
from tracetui.words import answer_evidence as answers
from tracetui.words import bgp_evidence as bgp
from tracetui.words import imported_evidence as imports
from tracetui.words import register_answers as registers
from tracetui.words import router_evidence as routers
from tracetui.words import service_evidence as services
from tracetui.words import silence_evidence as silence
from tracetui.words import vantage_evidence as vantages
from tracetui.words.names import capitalised, printable

_EVIDENCE: Final[Mapping[type[Evidence], Callable[[Any, Snapshot], str]]] = {
    kinds.Silence: silence.silence,
    kinds.RoutersAnswerControl: silence.routers_answer_control,
    kinds.WayShown: silence.way_shown,
    kinds.SeenBefore: silence.seen_before,
    kinds.NeighbourPasses: silence.neighbour_passes,
    kinds.CrossesPass: silence.crosses_pass,
    kinds.FlowsSplit: silence.flows_split,
    kinds.BranchesMeet: silence.branches_meet,
    kinds.LateReplies: silence.late_replies,
    kinds.AnsweredNearer: silence.answered_nearer,
    kinds.ControlStops: silence.control_stops,
    kinds.ControlUnfit: silence.control_unfit,
    kinds.EarlierOutages: silence.earlier_outages,
    kinds.FirstOutage: silence.first_outage,
    kinds.DirectProbes: silence.direct_probes,
    kinds.ReachedElsewhere: vantages.reached_elsewhere,
    kinds.StopsElsewhere: vantages.stops_elsewhere,
    kinds.ReverseTrace: vantages.reverse_trace,
    kinds.ProbesArrive: vantages.probes_arrive,
    kinds.NoProbeArrives: vantages.no_probe_arrives,
    kinds.OtherWayArrivals: vantages.other_way_arrivals,
    kinds.BgpPath: bgp.bgp_path,
    kinds.SameNextAs: bgp.same_next_as,
    kinds.RoutesDiffer: bgp.routes_differ,
    kinds.BgpNotFollowed: bgp.bgp_not_followed,
    kinds.PrefixUpdated: bgp.prefix_updated,
    kinds.Announced: bgp.announced,
    kinds.ServiceAnswers: services.service_answers,
    kinds.ServiceFails: services.service_fails,
    kinds.ImportedReach: imports.how_far,
    kinds.ImportedStop: imports.how_far,
    kinds.ImportedGoesOn: imports.imported_goes_on,
    kinds.RouterOwner: routers.router_owner,
    kinds.RouterMessage: routers.router_message,
    kinds.PassesRouter: routers.passes_router,
    kinds.NothingBehind: routers.nothing_behind,
    kinds.LoopSeen: routers.loop_seen,
    kinds.Answers: answers.answers,
    kinds.GoesFarther: answers.goes_farther,
    kinds.OwnProbesGoFarther: answers.own_probes_go_farther,
    kinds.AnsweredTwice: answers.answered_twice,
    kinds.PrefixesAnswerBehind: answers.prefixes_answer_behind,
    kinds.ControlFarther: answers.control_farther,
    kinds.SameDistance: answers.same_distance,
    kinds.ReplyTtls: answers.reply_ttls,
    kinds.LatelySilent: answers.lately_silent,
    kinds.StopsBetween: answers.stops_between,
    kinds.FirstHopLoses: answers.first_hop_loses,
    kinds.ControlLoses: answers.control_loses,
    kinds.RegisterEntry: registers.register_entry,
    kinds.EndsAt: routers.ends_at,
    kinds.SystemRefuses: routers.system_refuses,
}


def evidence_words(evidence: Evidence, snapshot: Snapshot) -> str:
    """Return the sentence for a piece of evidence, on one printable line."""
    return printable(f"{capitalised(_EVIDENCE[type(evidence)](evidence, snapshot))}.")
