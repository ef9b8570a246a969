"""Questions to public platforms in words: how far they are, and what came of them."""

from collections.abc import Iterator

from tracetui.model import counted
from tracetui.model.public_vantage import AskStage, VantageAsk
from tracetui.words.names import printable


def ask_words(ask: VantageAsk) -> str:
    """Return a line: `globalping:AS8359,limit=3: 4 of 6 results; 244 of 250 tests an hour are left`."""
    return printable(f"{ask.vantage.text}: " + "; ".join(_parts(ask)))


def ask_remarks(ask: VantageAsk) -> tuple[str, ...]:
    """Return what is missing in an answer, one line each."""
    problem = (ask.problem,) if ask.problem and ask.stage is not AskStage.FAILED else ()
    return tuple(map(printable, (*problem, *ask.remarks)))


def cost_words(probes: int, endpoints: int, cost: int) -> str:
    """Return what a question takes: `3 probes × 2 endpoints: up to 360 credits of RIPE Atlas`."""
    size = f"{counted(probes, 'probe')} × {counted(endpoints, 'endpoint')}"
    return f"{size}: up to {cost} credits of RIPE Atlas" if cost else f"{size}: {probes * endpoints} tests"


def _parts(ask: VantageAsk) -> Iterator[str]:
    traces = counted(ask.imported, "trace")
    match ask.stage:
        case AskStage.ASKING:
            yield "asking"
        case AskStage.MEASURING:
            yield f"{ask.results} of {counted(ask.wanted, 'result')}" if ask.wanted else "measuring"
        case AskStage.DONE:
            yield f"{traces} from {counted(ask.probes, 'probe')}" if ask.probes else traces
        case AskStage.CANCELLED:
            yield f"cancelled, {traces} kept" if ask.imported else "cancelled"
        case AskStage.FAILED:
            yield ask.problem
    if ask.waits_until is not None:
        yield f"it wants to be left alone until {ask.waits_until:%H:%M:%S} UTC"
    if ask.limit is not None:
        yield f"{ask.limit.remaining} of {ask.limit.limit} tests an hour are left"
    if ask.credits is not None:
        yield f"at most {ask.credits} credits"
