"""Makes findings from a snapshot: a fact, and the explanations that the evidence leaves.

Every lane is first read on its own (`observed_lane`), then beside others (`controls`, `way`, `flows`,
`vantages`).
What evidence does to an explanation stands in one table (`rules`); confidence and the ASes named follow from
what is left by one rule (`conclude`). `docs/findings.md` is the rule book.
"""

from tracetui.analysis.findings.find import Findings, find
from tracetui.analysis.findings.suggest_targets import suggested_controls

__all__ = ["Findings", "find", "suggested_controls"]
