"""The values that all rooms share: no I/O, no clock.

Measured values (`LaneTrace`, `Hop`, `RoundOutcome`) come from the engine; judged values
(`PathVerdict`) from analysis; ownership (`Attribution`) from the AS sources. A `Snapshot` holds
all of them for one moment and is what the screen draws and the report prints.
"""

from tracetui.model.attribution import Attribution, AutonomousSystem, Grade, RecordedAs, as_colour, as_tag
from tracetui.model.control import ControlCheck, ControlFit, Relation
from tracetui.model.errors import (
    CannotRunError,
    ConfigError,
    EvidenceError,
    ResolutionError,
    ScenarioError,
    TableError,
    TargetError,
    TracetuiError,
)
from tracetui.model.event import Event, EventKind, Note
from tracetui.model.evidence_base import Candidate, Evidence, Outage, Standing
from tracetui.model.explanation import (
    Explanation,
    ExplanationKind,
    ExplanationState,
    NextStep,
    Place,
    PlaceKind,
    StepKind,
)
from tracetui.model.finding import Confidence, Direction, Finding, FindingKind, OtherDirection
from tracetui.model.holders import HolderBook, Holding, short_name
from tracetui.model.hop import Hop, Responder, RttStatistics
from tracetui.model.lane import PROBED, FlowKind, Lane, ProbeProtocol, Role
from tracetui.model.path_state import PathState, PathVerdict, Silence
from tracetui.model.reference import Address, Asn, ForeignText, LaneId, Prefix
from tracetui.model.registration import Registration
from tracetui.model.reply import Reply, ReplyKind
from tracetui.model.safe_text import counted, safe_line, safe_text
from tracetui.model.snapshot import (
    AsSource,
    LaneSnapshot,
    Snapshot,
    Tool,
    Unresolved,
    Vantage,
)
from tracetui.model.target import Endpoint, Target, parse_target
from tracetui.model.trace import LaneTrace, ReceiveCounters, RoundOutcome, RoundSample
