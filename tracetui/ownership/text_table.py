"""An AS table in a text file as an AS source, read at first use."""

import threading
from collections.abc import Callable
from functools import partial

from tracetui.model import AsSource, Attribution, safe_text
from tracetui.ownership.range_table import RangeTable
from tracetui.ownership.table_file import TableFile
from tracetui.ownership.text_table_formats import MAX_BYTES, MAX_LINE, LineFormat, ParsedTable, parse_table


class TextTable:
    """An `AttributionSource` read at the first question, as a full table takes seconds. Thread-safe."""

    def __init__(
        self, content: TableFile, form: LineFormat, narrate: Callable[[str], None] = lambda _: None
    ) -> None:
        """`narrate` gets one line about bad lines and one about a truncated file, once it is read."""
        self._content: TableFile | None = content
        self._form = form
        self._narrate = narrate
        self._table: RangeTable | None = None
        self._lock = threading.Lock()
        self.info = AsSource(safe_text(content.path.name), content.date())

    def attribute(self, address: str) -> Attribution | None:
        """Answer from the table, which is read first if necessary."""
        table = self.table()
        holder = table.lookup(address)
        if holder is None:
            return None
        prefix = table.prefix(address)
        return Attribution(holder.asns, holder.name, prefix, self.info.name, self.info.date)

    def table(self) -> RangeTable:
        """Return the table, which is read if necessary."""
        with self._lock:
            if self._table is None:
                self._table = self._read()
            return self._table

    def _read(self) -> RangeTable:
        content, self._content = self._content, None
        assert content is not None  # noqa: S101  (read once, under the lock)
        with content.open(MAX_BYTES) as lines:
            parsed = parse_table(iter(partial(lines.readline, MAX_LINE), b""), self._form)
        content.forget()
        for remark in _remarks(parsed):
            self._narrate(f"{content.path}: {remark}")
        return parsed.table


def _remarks(parsed: ParsedTable) -> list[str]:
    if parsed.too_large is not None:
        return [f"not an AS table ({parsed.too_large}), not used: give another file"]
    remarks = []
    if parsed.bad_lines:
        lines = "1 line is" if parsed.bad_lines == 1 else f"{parsed.bad_lines} lines are"
        remarks.append(f"{lines} not an address range, skipped; the first is line {parsed.first_bad_line}")
    if parsed.broken_off is not None:
        remarks.append(f"ends early after {len(parsed.table)} ranges ({parsed.broken_off}): fetch it again")
    return remarks
