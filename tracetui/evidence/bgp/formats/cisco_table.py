"""Reads the table of `show ip bgp` of Cisco IOS, IOS-XR and NX-OS, of Arista, FRR and Quagga."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.evidence.bgp.route_format import Context, RouteDraft, TextFormat
from tracetui.evidence.bgp.route_tokens import ORIGIN_LETTERS, address_of, asn_of, path_of, prefix_of
from tracetui.evidence.traces.source_text import Line
from tracetui.model import Asn
from tracetui.model.bgp_route import AsPath, BgpRoute, RpkiState
from tracetui.model.reference import Prefix

_TOOL: Final = "Cisco or FRR"
_HEADER: Final = re.compile(r"\s{0,20}Network {1,40}Next ?Hop {1,40}Metric\b.*\bPath\b")
_START: Final = re.compile(
    r"\s{0,20}Network {1,40}Next ?Hop {1,40}Metric\b|.{0,80}\blocal AS(?: number)? \d|BGP table version is \d"
)
_LOCAL_AS: Final = re.compile(r"\blocal AS(?: number)? ([\d.]{1,11})", re.IGNORECASE)
_STATUS: Final = re.compile(r"[*>=siSIhrRmbfxacetdNV|]{1,8}")
_ROW_START: Final = re.compile(r"\s{0,4}(?:[*>sShrRdmbiNIV]{1,4}\b|[*>=|]|\s{12,}\S)")
_REMARKS: Final = re.compile(
    r"\s*(?:(?:Status|Origin|RPKI validation) codes|BGP |Processed|Displayed|Default|Total|Nexthop|Route |"
    r"Table ID|Non-stop|Dampening|AS Path Attributes|.{1,80} - )"
)
_RPKI: Final = {"V": RpkiState.VALID, "I": RpkiState.INVALID, "N": RpkiState.NOT_FOUND}
_MAX_LINES: Final = 4
"""Lines of one row."""


class _Reader:
    def __init__(self, context: Context, before: Sequence[Line]) -> None:
        self._context = context
        self._drafts: list[RouteDraft] = []
        self._columns: tuple[int, int] | None = None
        """Where the next hop and the path begin."""

        self._local: Asn | None = None
        self._prefix: Prefix | None = None
        self._row: list[str] = []
        """Lines of a row that is not complete yet."""

        for line in before:
            self._note_local(line.text)

    def take(self, line: Line) -> bool:
        text = line.text
        if _HEADER.match(text):
            self._columns = (text.index("Next"), text.rindex("Path"))
            self._row.clear()
            return True
        self._note_local(text)
        if self._columns is None:
            return text.startswith(" ") or _REMARKS.match(text) is not None
        if not self._row and _REMARKS.match(text):
            return True
        if not text.startswith(" ") and not _STATUS.match(text):
            self._row.clear()
            return False
        self._row.append(text)
        if text.rpartition(" ")[2] not in ORIGIN_LETTERS:
            # A long prefix or next hop has its own line.
            incomplete = len(self._row) < _MAX_LINES and _ROW_START.match(self._row[0]) is not None
            if not incomplete:
                self._row.clear()
            return incomplete
        row, self._row = self._row, []
        return self._take_row(row, *self._columns)

    def _note_local(self, text: str) -> None:
        found = _LOCAL_AS.search(text)
        self._local = asn_of(found[1]) if found is not None else self._local

    def _take_row(self, row: Sequence[str], hop_column: int, path_column: int) -> bool:
        words = [word for line in row for word in line.split()]
        status = ""
        while words and _STATUS.fullmatch(words[0]):
            status += words.pop(0)
        glued, prefix, hop = _ends(words)
        status += glued
        if prefix is not None and hop is None and _column(row[0], words[0]) >= hop_column - 2:
            prefix, hop = None, words[0]
        self._prefix = prefix or self._prefix
        if self._prefix is None or hop is None:
            return False
        last = row[-1]
        path = path_of(last[path_column:-1]) if _is_cut(last, path_column) else None
        if path is None:
            path = _path_after_weight(words[words.index(hop) + 1 : -1])
        next_hop = address_of(hop)
        if path is None or next_hop is None:
            return False
        self._drafts.append(
            RouteDraft(
                self._prefix,
                path,
                viewer=self._local,
                origin=ORIGIN_LETTERS[words[-1]],
                next_hop=next_hop,
                best=">" in status,
                rpki=next((state for letter, state in _RPKI.items() if letter in status), None),
            )
        )
        return True

    def routes(self) -> Iterable[BgpRoute]:
        return (draft.finished(_TOOL, self._context) for draft in self._drafts)


def _ends(words: Sequence[str]) -> tuple[str, Prefix | None, str | None]:
    """Return status signs glued to the network, the network, and the next hop, of a row."""
    if not words:
        return "", None, None
    prefix, glued = None, ""
    for cut in range(5):
        if _STATUS.fullmatch(words[0][:cut]) or not cut:
            prefix, glued = prefix_of(words[0][cut:]), words[0][:cut]
        if prefix is not None:
            break
    hop = words[1] if len(words) > 1 and address_of(words[1]) is not None else None
    return glued, prefix, hop


def _column(line: str, word: str) -> int:
    return line.find(word)


def _is_cut(line: str, column: int) -> bool:
    """Tell whether a column begins at a place between words."""
    return len(line) > column and line[column - 1 : column] == " "


def _path_after_weight(words: Sequence[str]) -> AsPath | None:
    """Return the path where columns do not stand under the header: it follows the weight.

    Metric and preference may be missing; no AS is 0, so the last 0 of three numbers is the weight, as is the
    32768 of a route of the router's own.
    """
    words = [word for word in words if word != "-"]
    weights = [place for place, word in enumerate(words[:3]) if word in {"0", "32768"}]
    return path_of(" ".join(words[weights[-1] + 1 :])) if weights else None


FORMAT: Final = TextFormat(
    "Cisco or FRR, table", 'a header "Network  Next Hop  Metric ... Path"', _START, _Reader
)
