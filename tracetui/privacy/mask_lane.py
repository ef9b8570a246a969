"""Masks one lane: the same measurements, with hidden addresses replaced by placeholders."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracetui.analysis.as_path import as_path_through, borrowed_names
from tracetui.analysis.cache import Cache
from tracetui.analysis.rounds.kept_rounds import KeptRounds
from tracetui.analysis.rounds.lazy_hops import LazyHops, main_of
from tracetui.model import (
    Attribution,
    Hop,
    Lane,
    LaneSnapshot,
    LaneTrace,
    PathVerdict,
    RoundOutcome,
    RoundReplies,
)
from tracetui.model.imported_trace import Provenance
from tracetui.model.lazy_tuple import UNSHARED, Guard, LazyTuple
from tracetui.privacy.mask_text import HIDDEN, Wording


class LaneMasker:
    """Masks lanes with one set of words; what has been masked is not masked again."""

    def __init__(
        self,
        words: Mapping[str, str],
        wording: Wording,
        owners: Mapping[str, Attribution] | None = None,
        before: "LaneMasker | None" = None,
        guard: Guard = UNSHARED,
    ) -> None:
        """`words` may grow later only with a new masker; `before` is the one whose work may still hold.

        `guard` is held while rounds are masked; they may be looked at by who writes a report.
        """
        self._guard = guard
        self.wording = wording
        self._words = dict(words)
        self._owners = owners if owners is not None else {}
        self._lanes, self._verdicts, self._paths = Cache(), Cache(), Cache()
        same = before is not None and before._words == self._words  # noqa: SLF001  (of its own kind)
        self._rounds: Cache = before._rounds if same and before is not None else Cache()  # noqa: SLF001

    def lane(self, lane: LaneSnapshot) -> LaneSnapshot:
        """Return a lane as it may be shown."""
        shown = self._lanes.get(lane.id, (lane.lane,), lambda: self._lane(lane.lane))
        trace = self._trace(lane.trace, shown)
        verdict = self._verdicts.get(lane.id, (lane.verdict,), lambda: self._verdict(lane.verdict))
        hops = trace.hops if lane.hops is lane.trace.hops else self._hops(lane.hops)
        addresses, borrowed = main_of(hops), borrowed_names(trace, verdict, hops)
        path = self._paths.get(
            lane.id,
            (),
            lambda: as_path_through(addresses, self._owners, borrowed),
            equal=(addresses, borrowed),
        )
        return LaneSnapshot(trace, verdict, path, hops, lane.since_ns)

    def _word(self, address: str | None) -> str | None:
        return address if address is None else self._words.get(address, address)

    def _trace(self, trace: LaneTrace, lane: Lane) -> LaneTrace:
        rounds = self._rounds.get(trace.lane.id, (), lambda: _MaskedRounds(self._guard))
        return replace(
            trace,
            lane=lane,
            hops=self._hops(trace.hops),
            outcomes=rounds.shown(trace.outcomes, self._words, self.wording),
            samples=(),  # earlier moments are made of what is not masked
            source=self._word(trace.source),
            flow_id=self.wording.typed(trace.flow_id),
            provenance=None if trace.provenance is None else self._provenance(trace.provenance),
            failure=None if trace.failure is None else self.wording.said(trace.failure),
            waiting=HIDDEN if trace.waiting is not None and _is_run(trace) else trace.waiting,
        )

    def _provenance(self, provenance: Provenance) -> Provenance:
        vantage = self._word(provenance.vantage) or ""
        return replace(
            provenance,
            text=self.wording.typed(provenance.text) if provenance.every_s is None else HIDDEN,
            place=vantage,
            vantage=vantage,
            source_asn=None,
            source_country="",
            remarks=(),  # they quote lines of the text
        )

    def _lane(self, lane: Lane) -> Lane:
        address = self._words.get(lane.address, lane.address)
        hidden = address != lane.address
        return replace(
            lane,
            target=self.wording.typed(lane.target) if hidden else self.wording.said(lane.target),
            host=address if hidden else lane.host,
            address=address,
            vantage=self._word(lane.vantage),
            via=self._word(lane.via),
            imported=self._word(lane.imported),
        )

    def _hops(self, hops: Sequence[Hop]) -> Sequence[Hop]:
        if not isinstance(hops, LazyHops):
            return tuple([self._hop(hop) for hop in hops])
        words = self._words
        shown = tuple([tuple([words.get(address, address) for address in each]) for each in hops.addresses])
        labelled = frozenset([(ttl, words.get(address, address)) for ttl, address in hops.labelled])
        return LazyHops(shown, lambda: tuple([self._hop(hop) for hop in hops]), labelled)

    def _hop(self, hop: Hop) -> Hop:
        words = self._words
        if words.keys().isdisjoint([responder.address for responder in hop.responders]):
            return hop
        responders = tuple(
            replace(responder, address=words.get(responder.address, responder.address))
            for responder in hop.responders
        )
        return replace(hop, responders=responders, last_address=self._word(hop.last_address))

    def _verdict(self, verdict: PathVerdict) -> PathVerdict:
        return replace(
            verdict,
            last_responsive=self._word(verdict.last_responsive),
            loop=tuple(self._words.get(address, address) for address in verdict.loop),
            reason=None if verdict.reason is None else self.wording.said(verdict.reason),
        )


class _MaskedRounds:
    """The rounds of one lane, each masked once, when somebody looks at it."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._kept = KeptRounds()
        self._shown: list[RoundOutcome] = []
        self._before: tuple[RoundReplies, RoundReplies] | None = None
        """The replies of the last round, and as they may be shown."""

    def shown(
        self, outcomes: Sequence[RoundOutcome], words: Mapping[str, str], wording: Wording
    ) -> Sequence[RoundOutcome]:
        """Return some rounds in a row as they may be shown."""
        if not outcomes:
            return ()
        return LazyTuple(len(outcomes), lambda: self._all(outcomes, words, wording))

    def _all(
        self, outcomes: Sequence[RoundOutcome], words: Mapping[str, str], wording: Wording
    ) -> tuple[RoundOutcome, ...]:
        with self._guard:
            start, anew = self._kept.follow(outcomes)
            if anew:
                self._shown = []
            fresh = self._kept.rounds[len(self._shown) :]
            self._shown += [self._mask(outcome, words, wording) for outcome in fresh]
            return tuple(self._shown[-start : len(outcomes) - start])

    def _mask(self, outcome: RoundOutcome, words: Mapping[str, str], wording: Wording) -> RoundOutcome:
        reply = outcome.refusal
        if reply is not None:
            reply = reply._replace(address=words.get(reply.address, reply.address))
        shown = self._replies(outcome.replies, words, wording)
        return RoundOutcome(
            outcome.number, outcome.started_ns, outcome.monotonic_ns, shown, outcome.packed_rtts, reply
        )

    def _replies(self, replies: RoundReplies, words: Mapping[str, str], wording: Wording) -> RoundReplies:
        """Rounds alike share their replies and their path, here too."""
        before = self._before
        if before is not None and replies is before[0]:
            return before[1]
        if before is not None and replies.path is before[0].path:
            path = before[1].path
        else:
            path = tuple([words.get(each, each) if each else each for each in replies.path])
        late = tuple([(ttl, words.get(address, address), kind) for ttl, address, kind in replies.late])
        failure = None if replies.failure is None else wording.said(replies.failure)
        shown = replies._replace(path=path, late=late, failure=failure)
        self._before = replies, shown
        return shown


def _is_run(trace: LaneTrace) -> bool:
    """Tell whether a command traces a lane: what it says when it fails may name any host."""
    return trace.provenance is not None and trace.provenance.every_s is not None
