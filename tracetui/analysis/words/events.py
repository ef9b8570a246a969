"""Events in words: what changed, in one line."""

from tracetui.model import Event, Snapshot


def event_words(event: Event, _: Snapshot) -> str:
    """Return what happened, as the log and the report tell it."""
    return event.text
