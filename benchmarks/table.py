"""One line of the table, and the table itself."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Samples:
    """Repetitions of one figure; its value is the median."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def text(self) -> str:
        """The median, and how far the repetitions lie apart."""
        middle = shown(self.median)
        low, high = shown(min(self.values)), shown(max(self.values))
        return middle if low == high else f"{middle} ({low}–{high})"


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured, beside its peer and its budget."""

    what: str
    unit: str
    ours: Samples | None
    peer: Samples | None = None
    peer_name: str = ""
    budget: float | None = None
    """Upper limit: of the ratio when `budget_is_ratio`, else of ours, in `unit`."""

    budget_is_ratio: bool = False
    remarks: tuple[str, ...] = ()
    """What a reader needs to judge the figure: rates, counts, why a side is missing."""

    @property
    def ratio(self) -> float | None:
        """Ours by the peer's."""
        return self.ours.median / self.peer.median if self.ours and self.peer else None

    @property
    def within(self) -> bool | None:
        """Whether the budget is kept; None when there is none, or nothing to compare."""
        figure = self.ratio if self.budget_is_ratio else self.ours.median if self.ours else None
        return None if figure is None or self.budget is None else figure <= self.budget

    def cells(self) -> tuple[str, ...]:
        """What | ours | peer | ratio | budget."""
        if self.budget is None:
            budget = "–"
        else:
            limit = f"≤ {shown(self.budget)} {'× peer' if self.budget_is_ratio else self.unit}"
            budget = f"{limit} {({True: '✓', False: '✗', None: '?'})[self.within]}"
        return (
            f"{self.what}, {self.unit}",
            self.ours.text() if self.ours else "–",
            f"{self.peer_name} {self.peer.text()}" if self.peer else "–",
            f"{self.ratio:.2f}" if self.ratio is not None else "–",
            budget,
        )

    def as_json(self) -> dict[str, object]:
        """Everything, for a machine."""
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": self.ours.values if self.ours else None,
            "peer_name": self.peer_name,
            "peer": self.peer.values if self.peer else None,
            "ratio": self.ratio,
            "budget": self.budget,
            "budget_is_ratio": self.budget_is_ratio,
            "within": self.within,
            "remarks": self.remarks,
        }


@dataclass(slots=True)
class Table:
    """Lines, printed as they stand."""

    lines: list[Line] = field(default_factory=list)

    def text(self) -> str:
        """The table, then the remarks, numbered."""
        head = ("what", "ours", "peer", "ratio", "budget")
        remarks: list[str] = []
        rows = []
        for line in self.lines:
            what, *rest = line.cells()
            marks = []
            for remark in line.remarks:
                if remark not in remarks:
                    remarks.append(remark)
                marks.append(str(remarks.index(remark) + 1))
            rows.append((f"{what} [{','.join(marks)}]" if marks else what, *rest))
        notes = [f"[{number}] {remark}" for number, remark in enumerate(remarks, 1)]
        return "\n".join([*aligned(head, rows), "", *notes])


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of equal width, the first flush left, the others flush right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        return " │ ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]).rstrip()

    rule = "─┼─".join("─" * width for width in widths)
    return [line(head), rule, *(line(row) for row in rows)]


def shown(value: float) -> str:
    """Three figures that matter."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"
