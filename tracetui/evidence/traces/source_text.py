"""Turns a file or a paste into clean lines: encoding, HTML, terminal codes, mail quoting, chat time stamps."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

MAX_SIZE: Final = 64 << 20
"""Bytes that are read, enough for ten thousand results of RIPE Atlas; more is refused."""

MAX_LINE: Final = 4096
"""Characters of a line that are looked at; no tool prints longer lines, but for documents."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the readers see it."""

    number: int
    """In the source, from 1."""

    text: str
    """Without terminal codes, quoting and trailing space; leading space stays, it tells continuations."""


_BOMS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_CYRILLIC: Final = re.compile("[а-яё]{3,}")
_TERMINAL_CODE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_QUOTING: Final = re.compile(r"^(?:\s{0,3}>(?=[\s>]|$))+ ?")
_CHAT_STAMP: Final = re.compile(r"^\[\d{1,2}:\d{2}(?::\d{2})?(?: [AP]M)?\] (?=\s*\S)")
_TAG: Final = re.compile(r"</?[a-z!][^<>]{0,400}>", re.IGNORECASE)
_HTML: Final = re.compile(r"<(?:html|head|body|pre|br|td|div|p|span|table)\b[^<>]{0,400}>", re.IGNORECASE)
_LINE_TAG: Final = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?pre|/?h\d)\b[^<>]{0,400}>\n?", re.IGNORECASE)


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


def clean_lines(text: str) -> Sequence[Line]:
    """Return the lines of `text`, without what terminals, mails and pages put around a trace."""
    if _HTML.search(text):
        text = html.unescape(_TAG.sub("", _LINE_TAG.sub("\n", text)))
    return list(_cleaned(text))


def _cleaned(text: str) -> Iterator[Line]:
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw[:MAX_LINE].rstrip("\r")
        # What a terminal shows of a line that was written over is what was written last.
        line = line.rpartition("\r")[2]
        if "\x1b" in line:
            line = _TERMINAL_CODE.sub("", line)
        line = line.replace("\xa0", " ").replace("\t", "        ")
        line = _CHAT_STAMP.sub("", _QUOTING.sub("", line))
        yield Line(number, line.rstrip())
