"""All sentences about lanes and findings, for the screen, the reports and the log.

Facts come first (`tracetui/model/finding.py`), words last: nothing reads a sentence back, and nothing is
decided by one.
"""

from tracetui.analysis.words.controls import control_words
from tracetui.analysis.words.events import event_words
from tracetui.analysis.words.evidence import evidence_words
from tracetui.analysis.words.explanations import explanation_words, places_words, state_words
from tracetui.analysis.words.findings import headline_of, statement
from tracetui.analysis.words.icmp import PROOF_WORDS, icmp_words, reply_words
from tracetui.analysis.words.lanes import headline, headline_short
from tracetui.analysis.words.names import as_words, asn_words, hop_words, lane_words, listed, moment_words
from tracetui.analysis.words.steps import step_words, tells_words

__all__ = [
    "PROOF_WORDS",
    "as_words",
    "asn_words",
    "control_words",
    "event_words",
    "evidence_words",
    "explanation_words",
    "headline",
    "headline_of",
    "headline_short",
    "hop_words",
    "icmp_words",
    "lane_words",
    "listed",
    "moment_words",
    "places_words",
    "reply_words",
    "state_words",
    "statement",
    "step_words",
    "tells_words",
]
