"""Evidence: measured facts that rule out, strain or leave explanations, each kind a small frozen class.

One table says what a kind does to which explanation (`tracetui/analysis/findings/rules.py`); sentences are
made in `tracetui/words/`.
"""

from tracetui.model.evidence.answers_and_messages import *  # noqa: F403  (every kind, by the name of this package)
from tracetui.model.evidence.bgp import *  # noqa: F403
from tracetui.model.evidence.checked_services import *  # noqa: F403
from tracetui.model.evidence.from_registers import *  # noqa: F403
from tracetui.model.evidence.imported_traces import *  # noqa: F403
from tracetui.model.evidence.other_direction import *  # noqa: F403
from tracetui.model.evidence.silent_lane import *  # noqa: F403
from tracetui.model.evidence_base import Evidence as Evidence
