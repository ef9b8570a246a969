"""Questions to public platforms in words: how far they are, and what came of them."""

from collections.abc import Iterator

from tracetui.model import counted
from tracetui.model.public_vantage import AskStage, VantageAsk
from tracetui.words.names import printable


def ask_words(ask: VantageAsk) -> str:
    """Return a line: `globalping:AS8359,limit=3: 4 of 6 results; 244 of 250 tests an hour are left`."""
    return printable(f"{ask.vantage.text}: " + "; ".join((_stage(ask), *_terms(ask))))


def asked_words(ask: VantageAsk) -> str:
    """Return what came of a question, for a report: `globalping:AS8359,limit=3: 6 traces from 3 probes`."""
    return printable(f"{ask.vantage.text}: {_stage(ask)}")


def ask_remarks(ask: VantageAsk) -> tuple[str, ...]:
    """Return what is missing in an answer, one line each."""
    problem = (ask.problem,) if ask.problem and ask.stage is not AskStage.FAILED else ()
    return tuple(map(printable, (*problem, *ask.remarks)))


def cost_words(probes: int, endpoints: int, cost: int, balance: int | None = None) -> str:
    """Return what a question takes: `3 probes × 2 endpoints: up to 360 credits of RIPE Atlas`."""
    size = f"{counted(probes, 'probe')} × {counted(endpoints, 'endpoint')}"
    has = "" if balance is None else f"; you have {balance}" + (": too few" if balance < cost else "")
    return (
        f"{size}: up to {cost} credits of RIPE Atlas{has}" if cost else f"{size}: {probes * endpoints} tests"
    )


def _stage(ask: VantageAsk) -> str:
    traces = counted(ask.imported, "trace")
    match ask.stage:
        case AskStage.ASKING:
            return "asking"
        case AskStage.MEASURING:
            return f"{ask.results} of {counted(ask.wanted, 'result')}" if ask.wanted else "measuring"
        case AskStage.DONE:
            return f"{traces} from {counted(ask.probes, 'probe')}" if ask.probes else traces
        case AskStage.CANCELLED:
            return f"cancelled, {traces} kept" if ask.imported else "cancelled"
        case AskStage.FAILED:
            return ask.problem


def _terms(ask: VantageAsk) -> Iterator[str]:
    """Yield what the platform allows and takes."""
    if ask.waits_until is not None:
        yield f"it wants to be left alone until {ask.waits_until:%H:%M:%S} UTC"
    if ask.limit is not None:
        yield f"{ask.limit.remaining} of {ask.limit.limit} tests an hour are left"
    if ask.credits is not None:
        had = "" if ask.balance is None else f" of {ask.balance}"
        yield f"at most {ask.credits} credits{had}"
