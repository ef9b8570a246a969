"""The one-page Markdown report: what fails, what is left, what to do; for a ticket, a mail or `cat`."""

from collections.abc import Iterator
from typing import Final

from tracetui.analysis.findings.what_fails import failing
from tracetui.model import Snapshot
from tracetui.report.both_ways import both_ways_section
from tracetui.report.comparison import comparison_on_page
from tracetui.report.how_to_read import CAUTION
from tracetui.report.markdown_escape import code, inert
from tracetui.report.markdown_report import markdown_ticket, markdown_title, note_lines
from tracetui.report.page_evidence import contact_lines, page_evidence
from tracetui.report.page_findings import page_findings
from tracetui.report.page_hops import page_hops
from tracetui.report.page_results import page_results
from tracetui.report.report_header import (
    as_data_words,
    flow_words,
    hidden_words,
    method_words,
    origin_words,
    receiver_words,
    utc,
)
from tracetui.report.survey_in_report import survey_on_page
from tracetui.words import kept_sentence, p_words

_MORE: Final = "With `--full`: all evidence, all hops, how to read them."


def one_page(snapshot: Snapshot) -> str:
    """Return what matters of a snapshot as Markdown (GitHub flavour for tables); ends with a newline.

    Text from outside (names, holders, messages) is escaped.
    """
    sections = (
        markdown_title(snapshot),
        markdown_ticket(snapshot),
        page_findings(snapshot),
        contact_lines(snapshot),
        comparison_on_page(snapshot),
        survey_on_page(snapshot),
        page_results(snapshot),
        both_ways_section(snapshot),
        page_hops(snapshot),
        page_evidence(snapshot),
        note_lines(snapshot),
        _measurement(snapshot),
    )
    return "\n".join(section for parts in sections for section in parts)


def _measurement(snapshot: Snapshot) -> Iterator[str]:
    seconds = (snapshot.created_at - snapshot.started_at).total_seconds()
    when = f"{utc(snapshot.started_at)} to {utc(snapshot.created_at)} ({seconds:.0f} s)"
    as_data = f"AS data: {as_data_words(snapshot)}"
    facts = {
        "Measured": f"{when}, from {origin_words(snapshot)}",
        "Kept": kept_sentence(snapshot.kept) if snapshot.kept is not None else "",
        "Hidden": hidden_words(snapshot) or "",
        "How": "; ".join(filter(None, (method_words(snapshot), flow_words(snapshot), as_data))),
        "Receiver": receiver_words(snapshot) or "",
        "Comparison": _comparison(snapshot),
        "To read it": CAUTION,
    }
    lines = [f"- {name}: {inert(words)}\n" for name, words in facts.items() if words]
    tool = f"{snapshot.tool.name} {snapshot.tool.version}"
    lines.append(f"- By {inert(tool)}, {code(snapshot.tool.command)}. {_MORE}\n")
    yield "## Measurement\n"
    yield "".join(lines)


def _comparison(snapshot: Snapshot) -> str:
    """Return how likely chance alone makes the difference to the controls; "" where nothing is compared."""
    values = [finding.p_value for finding in failing(snapshot) if finding.p_value is not None]
    if not values:
        return ""
    most = ", the largest of all findings" if len(values) > 1 else ""
    test = f"Fisher's exact test, one-sided{most}"
    return f"control against suspect over the same rounds, {p_words(max(values))} ({test})"
