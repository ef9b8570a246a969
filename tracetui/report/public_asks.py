"""What public platforms were asked, and what is missing in their answers, in all reports."""

from collections.abc import Iterator

from tracetui.model import Snapshot
from tracetui.model.public_vantage import VantageAsk
from tracetui.report.finding_json import text_json
from tracetui.report.markdown_escape import inert
from tracetui.report.owner_json import Json
from tracetui.words import ask_remarks, asked_words


def public_asks_section(snapshot: Snapshot) -> Iterator[str]:
    """Yield the section of the full report; nothing where no platform was asked."""
    asks = snapshot.outside.public_asks
    if asks:
        yield "## Public vantages\n"
        yield "".join(line for ask in asks for line in _lines(ask))


def _lines(ask: VantageAsk) -> Iterator[str]:
    yield f"- {inert(asked_words(ask))}\n"
    for remark in ask_remarks(ask):
        yield f"  - {inert(remark)}\n"


def public_ask_lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield a line for each question on the one-page report, with what is missing in its answer."""
    for ask in snapshot.outside.public_asks:
        remarks = ask_remarks(ask)
        more = f" (and {len(remarks) - 1} more)" if remarks[1:] else ""
        yield f"Asked {asked_words(ask)}" + (f"; {remarks[0]}{more}." if remarks else ".")


def public_asks_json(snapshot: Snapshot) -> Json:
    """Return all questions as JSON."""
    return [_ask_json(ask) for ask in snapshot.outside.public_asks]


def _ask_json(ask: VantageAsk) -> Json:
    return {
        "vantage": text_json(ask.vantage.text),
        "stage": ask.stage.value,
        "probes": ask.probes,
        "results": ask.results,
        "wanted": ask.wanted,
        "traces": ask.imported,
        "credits": ask.credits,
        "problem": text_json(ask.problem) or None,
        "remarks": [text_json(remark) for remark in ask.remarks],
    }
