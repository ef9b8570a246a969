"""Results of an endpoint's service checks, as lines of the details view."""

from collections.abc import Iterator, Sequence

from tracetui.model import LaneSnapshot, Snapshot
from tracetui.tui.details.detail_rows import INDENT, Line, Page
from tracetui.words import check_details, check_words, row_words, service_words


def service_lines(lanes: Sequence[LaneSnapshot], snapshot: Snapshot, page: Page) -> Iterator[Line]:
    """Yield the services of the endpoint that these lanes are to; nothing where none was checked."""
    ids = {lane.id for lane in lanes}
    found = [series for series in snapshot.outside.services if series.lane in ids]
    if found:
        yield page.heading("Services")
    for series in found:
        said = f"{check_words(series.last)}, {row_words(series, snapshot)}"
        style = page.ink.good if series.works else page.ink.lost
        yield from page.prose(f"{service_words(series.service)}: {said}", style)
        for line in check_details(series.last):
            yield from page.prose(line, indent=INDENT)
