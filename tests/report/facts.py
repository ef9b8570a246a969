"""The JSON report as tests look into it: without the types of its values."""

from typing import Any

from tracetui.model import Snapshot
from tracetui.report import as_dict


def facts(snapshot: Snapshot) -> Any:
    """Return what the JSON report holds."""
    return as_dict(snapshot)
