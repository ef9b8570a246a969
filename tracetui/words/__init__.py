"""All sentences about lanes, findings and owners, for the screen, the reports and the log.

Facts come first (`tracetui/model/finding.py`), words last: nothing reads a sentence back, and nothing is
decided by one.
"""

from tracetui.words.bgp_evidence import (
    bare_route_words,
    expected_words,
    question_words,
    route_words,
    source_words,
    update_words,
    utc_words,
)
from tracetui.words.comparison import (
    change_of_answer_words,
    change_words,
    compared_lanes,
    comparison_sentence,
    figures_words,
    hop_change_words,
    since_moment,
)
from tracetui.words.conclusions import conclusion_in_short
from tracetui.words.contacts import contact_words
from tracetui.words.controls import control_words
from tracetui.words.events import event_words
from tracetui.words.evidence import evidence_words
from tracetui.words.explanations import explanation_words, places_words, state_words
from tracetui.words.finding_in_short import in_short
from tracetui.words.findings import headline_of, since_sentence, statement
from tracetui.words.icmp import PROOF_WORDS, icmp_words, reply_words
from tracetui.words.imported_lanes import (
    common_place,
    import_words,
    made_words,
    source_text_words,
    start_words,
    untold_words,
)
from tracetui.words.lanes import (
    headline,
    headline_short,
    kept_sentence,
    kept_span_words,
    kept_words,
    outcome_words,
)
from tracetui.words.mail_domains import failing_words, receiving_side, sending_side
from tracetui.words.names import (
    NO_ADDRESS,
    as_words,
    asn_words,
    capitalised,
    endpoint_words,
    from_words,
    hop_words,
    lane_words,
    lanes_of,
    listed,
    moment_words,
    p_words,
    services_words,
)
from tracetui.words.owners import (
    GRADE_WORDS,
    NOT_LOOKED_UP,
    confirmation_words,
    holder_words,
    owner_doubts,
    owner_remarks,
    recorded_words,
    recording_differs,
    registration_words,
)
from tracetui.words.pace import stretched_in_short, stretched_words
from tracetui.words.public_vantages import ask_remarks, ask_words, asked_words, cost_words
from tracetui.words.recognised_traces import trace_lines
from tracetui.words.register_answers import answer_words, caution, edition_words, entry_words, register_words
from tracetui.words.reply_meaning import reply_meaning, unlisted_words
from tracetui.words.return_path import RETURN_PATH_LIMITS, return_path_words
from tracetui.words.service_checks import check_details, check_words, row_words, service_words
from tracetui.words.steps import step_words, tells_words
from tracetui.words.survey import (
    CAUTION,
    Names,
    begin_words,
    branch_countries,
    fates_words,
    left_out_words,
    left_sentences,
    more_ends_words,
    more_words,
    next_step_sentences,
    path_end_words,
    path_words,
    remark_words,
    stops_words,
    survey_finding,
    surveyed_endpoint_words,
    suspects_words,
    system_words,
    unexplained_words,
)
from tracetui.words.ticket import ticket_lines
from tracetui.words.vantage_evidence import nearness_words
from tracetui.words.vantages import (
    interruption_words,
    vantage_states_words,
    vantage_test_lines,
    vantage_words,
)

__all__ = [
    "CAUTION",
    "GRADE_WORDS",
    "NOT_LOOKED_UP",
    "NO_ADDRESS",
    "PROOF_WORDS",
    "RETURN_PATH_LIMITS",
    "Names",
    "answer_words",
    "as_words",
    "ask_remarks",
    "ask_words",
    "asked_words",
    "asn_words",
    "bare_route_words",
    "begin_words",
    "branch_countries",
    "capitalised",
    "caution",
    "change_of_answer_words",
    "change_words",
    "check_details",
    "check_words",
    "common_place",
    "compared_lanes",
    "comparison_sentence",
    "conclusion_in_short",
    "confirmation_words",
    "contact_words",
    "control_words",
    "cost_words",
    "edition_words",
    "endpoint_words",
    "entry_words",
    "event_words",
    "evidence_words",
    "expected_words",
    "explanation_words",
    "failing_words",
    "fates_words",
    "figures_words",
    "from_words",
    "headline",
    "headline_of",
    "headline_short",
    "holder_words",
    "hop_change_words",
    "hop_words",
    "icmp_words",
    "import_words",
    "in_short",
    "interruption_words",
    "kept_sentence",
    "kept_span_words",
    "kept_words",
    "lane_words",
    "lanes_of",
    "left_out_words",
    "left_sentences",
    "listed",
    "made_words",
    "moment_words",
    "more_ends_words",
    "more_words",
    "nearness_words",
    "next_step_sentences",
    "outcome_words",
    "owner_doubts",
    "owner_remarks",
    "p_words",
    "path_end_words",
    "path_words",
    "places_words",
    "question_words",
    "receiving_side",
    "recorded_words",
    "recording_differs",
    "register_words",
    "registration_words",
    "remark_words",
    "reply_meaning",
    "reply_words",
    "return_path_words",
    "route_words",
    "row_words",
    "sending_side",
    "service_words",
    "services_words",
    "since_moment",
    "since_sentence",
    "source_text_words",
    "source_words",
    "start_words",
    "state_words",
    "statement",
    "step_words",
    "stops_words",
    "stretched_in_short",
    "stretched_words",
    "survey_finding",
    "surveyed_endpoint_words",
    "suspects_words",
    "system_words",
    "tells_words",
    "ticket_lines",
    "trace_lines",
    "unexplained_words",
    "unlisted_words",
    "untold_words",
    "update_words",
    "utc_words",
    "vantage_states_words",
    "vantage_test_lines",
    "vantage_words",
]
