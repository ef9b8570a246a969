"""The report's section on both directions: the way out and the way back in one table, by AS."""

from collections.abc import Iterator, Sequence

from tracetui.analysis.both_ways import both_ways
from tracetui.model import LaneSnapshot, Snapshot
from tracetui.report.as_paths import tagged
from tracetui.report.markdown_escape import inert
from tracetui.report.markdown_table import table
from tracetui.words import nearness_words, way_end_words


def both_ways_section(snapshot: Snapshot) -> Iterator[str]:
    """Yield a table for each endpoint and vantage near it; nothing where nobody traces back."""
    pairs = both_ways(snapshot)
    if not pairs:
        return
    yield "## Both directions\n"
    yield "Both rows read from here to the endpoint; the way back was traced from the right to the left.\n"
    for pair in pairs:
        vantage = pair.back[0].lane.via or ""
        where = f"{vantage} ({nearness_words(pair.relation)})"
        yield f"{inert(f'{pair.out[0].lane.host}, and back from {where}')}:\n"
        yield table(
            ["way", "lanes", *(tagged(column.asn, snapshot) for column in pair.columns), "end"],
            [
                ["out →", *_row(pair.out, [column.out for column in pair.columns], arrive=pair.out_arrives)],
                [
                    "← back",
                    *_row(pair.back, [column.back for column in pair.columns], arrive=pair.back_arrives),
                ],
            ],
        )


def _row(lanes: Sequence[LaneSnapshot], hops: Sequence[int | None], *, arrive: bool | None) -> list[str]:
    counts = ["" if count is None else f"×{count}" for count in hops]
    labels = ", ".join(lane.lane.label for lane in lanes)
    return [labels, *counts, inert(way_end_words(lanes[0], arrive=arrive))]
