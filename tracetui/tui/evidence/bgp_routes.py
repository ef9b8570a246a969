"""The section of the evidence view about BGP: paths, announcements and changes, endpoint by endpoint."""

from tracetui.report.bgp_routes import bgp_sections
from tracetui.tui.evidence.page import EvidenceKey, EvidencePage, Section
from tracetui.tui.paint.rows_view import Row


def bgp_routes(page: EvidencePage) -> Section:
    """What routers, collectors and RIPEstat say of the endpoints' prefixes."""
    snapshot, ink = page.snapshot, page.ink
    panels = {lane.lane.address: lane.lane.panel for lane in snapshot.lanes}
    rows: list[Row] = []
    for section in bgp_sections(snapshot):
        panel = panels.get(section.address) if section.address is not None else None
        rows.append(
            Row((("  ", ink.none), (section.title, ink.plain)), EvidenceKey("bgp", section.title, panel))
        )
        for line in section.lines:
            rows += page.lines((), line, ink.muted, indent=4)
    bgp = snapshot.outside.bgp
    empty = (
        f"none: {page.key_of('ask_bgp')} asks RIPEstat about the chosen endpoint and its controls; "
        "--bgp reads router output"
    )
    return Section("BGP", len(bgp.routes) + len(bgp.questions), rows, empty)
