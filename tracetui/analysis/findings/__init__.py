"""Snapshot in, findings out: what the lanes together say, with evidence for and against.

Every lane is read on its own first (`reading`), then compared with others (`controls`, `pair`, `elsewhere`).
Each family of kinds makes findings from groups of lanes that say the same of the same place.
`docs/findings.md` is the rule book.
"""

from tracetui.analysis.findings.find import Findings, find
from tracetui.analysis.findings.suggest import suggested_controls
from tracetui.analysis.findings.tops import Tops

__all__ = ["Findings", "Tops", "find", "suggested_controls"]
