"""A lane under a privacy mask: the same measurements, some addresses replaced by words."""

from collections.abc import Mapping
from dataclasses import replace

from tracetui.analysis.as_path import as_path
from tracetui.analysis.privacy_words import Wording
from tracetui.model import (
    Attribution,
    Hop,
    Lane,
    LaneSnapshot,
    LaneTrace,
    PathVerdict,
    RoundOutcome,
)
from tracetui.model.trace import OUTCOMES_KEPT


class LaneMasker:
    """Masks lanes with one set of words; rounds and hops that have been masked are not masked again."""

    def __init__(
        self,
        words: Mapping[str, str],
        wording: Wording,
        owners: Mapping[str, Attribution] | None = None,
        before: "LaneMasker | None" = None,
    ) -> None:
        """`words` may grow later only with a new masker; `before` is the one whose work may still hold."""
        self.wording = wording
        self._words = dict(words)
        self._owners = owners if owners is not None else {}
        same = before is not None and before._words == self._words  # noqa: SLF001  (of its own kind)
        self._outcomes: dict[str, dict[int, tuple[RoundOutcome, RoundOutcome]]] = (
            before._outcomes if same and before is not None else {}  # noqa: SLF001
        )

    def lane(self, lane: LaneSnapshot) -> LaneSnapshot:
        """Return a lane as it may be shown."""
        trace, verdict = self._trace(lane.trace), self._verdict(lane.verdict)
        return LaneSnapshot(trace, verdict, as_path(trace, self._owners, verdict))

    def _word(self, address: str | None) -> str | None:
        return address if address is None else self._words.get(address, address)

    def _trace(self, trace: LaneTrace) -> LaneTrace:
        return replace(
            trace,
            lane=self._lane(trace.lane),
            hops=tuple(map(self._hop, trace.hops)),
            outcomes=self._rounds(trace),
            source=self._word(trace.source),
            failure=None if trace.failure is None else self.wording.said(trace.failure),
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
        )

    def _hop(self, hop: Hop) -> Hop:
        words = self._words
        if not any(responder.address in words for responder in hop.responders):
            return hop
        responders = tuple(
            replace(responder, address=words.get(responder.address, responder.address))
            for responder in hop.responders
        )
        return replace(hop, responders=responders, last_address=self._word(hop.last_address))

    def _rounds(self, trace: LaneTrace) -> tuple[RoundOutcome, ...]:
        known = self._outcomes.setdefault(trace.lane.id, {})
        rounds = []
        for outcome in trace.outcomes:
            made = known.get(id(outcome))
            if made is None:
                made = known[id(outcome)] = (outcome, self._outcome(outcome))
            rounds.append(made[1])
        for key in list(known)[: -2 * OUTCOMES_KEPT]:
            del known[key]
        return tuple(rounds)

    def _outcome(self, outcome: RoundOutcome) -> RoundOutcome:
        reply = outcome.refusal
        return replace(
            outcome,
            path=tuple(map(self._word, outcome.path)),
            refusal=None
            if reply is None
            else replace(reply, address=self._words.get(reply.address, reply.address)),
            failure=None if outcome.failure is None else self.wording.said(outcome.failure),
        )

    def _verdict(self, verdict: PathVerdict) -> PathVerdict:
        return replace(
            verdict,
            last_responsive=self._word(verdict.last_responsive),
            loop=tuple(self._words.get(address, address) for address in verdict.loop),
            reason=None if verdict.reason is None else self.wording.said(verdict.reason),
        )
