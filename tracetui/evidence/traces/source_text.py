"""Turns a file or a paste into clean lines: encoding, HTML, terminal codes, quoting, chat time stamps."""

import html
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from tracetui.model import EvidenceError

MAX_SIZE: Final = 64 << 20
"""Bytes that are read, enough for ten thousand results of RIPE Atlas; more is refused."""

MAX_LINE: Final = 4096
"""Characters of a line that are looked at; no tool prints longer lines, but for documents."""

MAX_LINES: Final = 200_000
"""Lines of a text without its documents; a thousand traces have a third of that."""

_TAGS_OF_A_LINE: Final = 8
_MAX_EMPTY: Final = 32
"""Empty lines in a row that are kept; no format looks farther."""


class Line(NamedTuple):
    """A line as the readers see it."""

    number: int
    """In the source, from 1."""

    text: str
    """Without terminal codes, quoting and trailing space; leading space stays, it tells continuations."""


# Encodings

_BOMS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_CYRILLIC: Final = re.compile("[а-яё]{3,}")


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16, or a Windows or DOS code page."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if data[1:200:2].count(0) > 50 or (len(data) < 200 and data[1::2].count(0) * 2 == len(data) > 0):
        return data.decode("utf-16-le", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # Of the two code pages of a Russian Windows, the right one shows words in lower case.
        pages = (data.decode(page, errors="replace") for page in ("cp866", "cp1251"))
        return max(pages, key=lambda text: len(_CYRILLIC.findall(text)))


# Lines

_TERMINAL_CODE: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|[@-Z\\-_])"
)
_QUOTING: Final = re.compile(r"\s{0,3}>(?:[> ]{0,20}>)? ?")
_BOX: Final = re.compile(r"\s{0,3}[|│]\s(?!.*[|│]$)")
_FENCE: Final = re.compile(r"\s{0,3}(?:`{3,}|~{3,})\w{0,20}|`(?=\s{0,3}\w)")

_DAY: Final = r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})"
_HOUR: Final = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?(?:\s?[AaPp]\.?[Mm]\.?)?"
_MOMENT: Final = (
    rf"(?:{_DAY},?[ T]{{0,2}}{_HOUR}|{_HOUR},?\s{{0,2}}{_DAY}|{_HOUR})(?:Z|[+-]\d{{2}}:?\d{{2}})?"
)
_CHAT_STAMP: Final = re.compile(
    rf"\s{{0,3}}(?:\[{_MOMENT}\]|\({_MOMENT}\)|{_MOMENT}(?!\s?[A-Z]{{1,5}}(?:$|\s[A-Z][a-z]{{2}}\s))(?=\s[-–<]|:?\s{{1,9}}\S))"
    r"(?:\s{0,2}<[@+%~& ]?[^\s<>]{1,40}>|\s?[-–]\s[^:<>\[\]]{1,40}:(?=\s)|"
    r"\s(?!\s|HOST|Start|Tracing|Target|Protocol)(?:[^\W\d]|@)[^:<>\[\]]{0,40}:(?=\s))? "
)
"""`[12:04, 3/12/2019] Name: `, `12:04 <nick> `, `12.03.2019, 12:04 - Name: `, `[12:04:33] `."""

_NICK: Final = re.compile(
    r"<[@+%~& ]?[^\s<>]{1,40}> (?=\s{0,3}(?:\d{1,3}\s|traceroute6? to |tracing ))", re.IGNORECASE
)
_AROUND: Final = {
    **dict.fromkeys(">", _QUOTING),
    **dict.fromkeys("|│", _BOX),
    **dict.fromkeys("`~", _FENCE),
    **dict.fromkeys("[(0123456789", _CHAT_STAMP),
    **dict.fromkeys("<", _NICK),
}
"""What may surround a line, by its first character."""

_MAX_SURROUNDINGS: Final = 4
"""A chat quoted in a mail, in a fence."""

_GAP: Final = re.compile(rf"\n{{{_MAX_EMPTY + 2},}}")
_LINE_NUMBER: Final = re.compile(r"\s{0,6}(\d{1,5})(?:[.:)|]|\s\|)?(?:\s|$)")
_NUMBERED_HEADER: Final = re.compile(
    r"\s{0,6}(\d{1,5})(?:[.:)|]|\s\|)?\s{1,4}(?:\S{0,40}[#$>%\])]\s?)?"
    r"(?:traceroute|tracing|tracert|type escape)",
    re.IGNORECASE,
)
_HAS_NUMBERED_HEADER: Final = re.compile(r"\d\D{0,80}(?:trac|type esc)", re.IGNORECASE)
_MARKDOWN_LINK: Final = re.compile(r"\[([^\[\]\s]{1,255})\]\([^()\s]{1,500}(?: \"[^\"]{0,300}\")?\)")
_LINKED: Final = re.compile(r"\bhttps?://([\w.-]+)/?(?=[\s)\]]|$)")


def clean_lines(text: str, max_lines: int = MAX_LINES) -> Sequence[Line]:
    """Return the lines of `text`, without what terminals, mails, chats and pages put around a trace.

    Of very many empty lines in a row, as a document leaves behind, the first are returned. Raises
    EvidenceError beyond `max_lines`: one takes more than a hundred bytes.
    """
    lines = list(_cleaned(text, max_lines))
    return _without_line_numbers(lines) if _HAS_NUMBERED_HEADER.search(text) else lines


def _cleaned(text: str, max_lines: int) -> Iterator[Line]:
    is_page = _HTML.search(text) is not None
    if is_page:
        _check_count(text.count("<") // _TAGS_OF_A_LINE, max_lines)
        text = _without_tags(text)
    has_entities = _ENTITY.search(text) is not None
    if "\n" not in text:
        text = text.replace("\r", "\n")
    count, number = 0, 1
    for part, left_out in _without_gaps(text):
        count += part.count("\n") + 1 + (part.count(_BREAK) if is_page else 0)
        _check_count(count, max_lines)
        for source_line in part.split("\n"):
            for raw in _pieces(source_line) if is_page else (source_line,):
                line = raw[:MAX_LINE]
                if has_entities and "&" in line:
                    line = html.unescape(line).replace("\n", " ")
                yield Line(number, _bare(line))
            number += 1
        number += left_out


def _without_gaps(text: str) -> Iterator[tuple[str, int]]:
    """Yield the parts of a text between very many empty lines, and how many of these are left out after."""
    place = 0
    for gap in _GAP.finditer(text):
        yield text[place : gap.start() + _MAX_EMPTY], len(gap[0]) - _MAX_EMPTY - 1
        place = gap.end()
    yield text[place:], 0


def _check_count(lines: int, max_lines: int) -> None:
    if lines > max_lines:
        raise EvidenceError(f"more than {max_lines:,} lines of text: give the results alone")


def _pieces(line: str) -> Sequence[str]:
    """Return what stands between breaks that tags made."""
    return [piece for piece in line.split(_BREAK) if piece.strip()] or [""]


@lru_cache(maxsize=1024)
def _bare(line: str) -> str:
    """Return one line without what stands around it. A text of very many lines has the same ones often."""
    if not line.isprintable():
        # What a terminal shows of a line that was written over is what was written last.
        line = line.rstrip("\r").rpartition("\r")[2]
        line = _TERMINAL_CODE.sub("", line) if "\x1b" in line else line
        line = line.replace("\xa0", " ").expandtabs()
    line = line.rstrip()
    for _ in range(_MAX_SURROUNDINGS):
        around = _AROUND.get(line.lstrip()[:1])
        if around is None or (around is _CHAT_STAMP and ":" not in line):
            break
        found = around.match(line)
        if found is None:
            break
        line = line[found.end() :]
    line = line.rstrip("`")
    if "](" in line:
        line = _MARKDOWN_LINK.sub(r"\1", line)
    return _LINKED.sub(r"\1", line) if "://" in line else line


def _without_line_numbers(lines: list[Line]) -> list[Line]:
    """Take away the line numbers that a page put before a trace.

    They are told from hop numbers by the header: the line that begins a trace has one too.
    """
    done = 0
    for place, line in enumerate(lines):
        if place >= done and (numbered := _NUMBERED_HEADER.match(line.text)) is not None:
            number = int(numbered[1])
            _cut_numbers(lines, range(place - 1, done - 1, -1), number - 1, -1)
            done = _cut_numbers(lines, range(place, len(lines)), number, 1)
    return lines


def _cut_numbers(lines: list[Line], places: range, expected: int, step: int) -> int:
    """Cut off numbers that go on by `step` from line to line; return the first place without one."""
    for place in places:
        number = _LINE_NUMBER.match(lines[place].text)
        if number is None or int(number[1]) != expected:
            return place
        lines[place] = Line(lines[place].number, lines[place].text[number.end() :])
        expected += step
    return places.stop


# Pages

_BREAK: Final = "\v"
"""Stands for a line break that a tag makes, so that the lines keep their numbers in the source."""

_BLOCK: Final = (
    r"(?:article|blockquote|body|br|dd|div|dl|dt|fieldset|footer|h[1-6]|head|header|hr|html|li|main|nav|ol|p|pre|"
    r"section|table|tr|ul)\b"
)
_CELL: Final = r"t[dh]\b"
_INLINE: Final = (
    r"(?:!--|!doctype|a|abbr|b|big|button|center|cite|code|em|font|form|i|img|input|kbd|label|link|mark|meta|nobr|option|"
    r"q|s|samp|script|select|small|span|strike|strong|style|sub|sup|tbody|textarea|tfoot|thead|title|tt|u|var|wbr)\b"
)
_TAG: Final = re.compile(rf"</?(?:{_BLOCK}|{_CELL}|{_INLINE})(?:\s[^<>]{{0,400}}|\s?/)?>", re.IGNORECASE)
_BLOCK_NAME: Final = re.compile(_BLOCK)
_CELL_NAME: Final = re.compile(_CELL)
_HTML: Final = re.compile(
    rf"</?(?:{_BLOCK}|{_CELL}|(?:span|font|code|tt|a)\b)(?:\s[^<>]{{0,400}}|\s?/)?>", re.IGNORECASE
)
_ENTITY: Final = re.compile(r"&(?:nbsp|lt|gt|amp|quot|#\d{1,5}|#x[0-9a-f]{1,4});", re.IGNORECASE)


def _without_tags(text: str) -> str:
    """Return the text of a page. Only the tags of HTML go: `<1 ms`, `<syn,ack>`, `<R1>` are of the tools."""

    def instead(tag: re.Match[str]) -> str:
        name = tag.group().lstrip("</").lower()
        shown = _BREAK if _BLOCK_NAME.match(name) else "  " if _CELL_NAME.match(name) else ""
        return shown + "\n" * tag.group().count("\n")

    return _TAG.sub(instead, text)
