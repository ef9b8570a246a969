"""Reads JSON objects one after the other from a file that need not fit into memory.

The file is a list of objects, or has them one after the other (NDJSON).
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from tracetui.evidence.json_documents import Json
from tracetui.model import EvidenceError

MAX_OBJECT: Final = 8 << 20
"""Characters of one object; a longer one is refused. One of them can take forty bytes of memory."""

MAX_BROKEN: Final = 100
"""Places that are no JSON, after which the rest of a file is not read."""

_CHUNK: Final = 1 << 20
_BOM: Final = b"\xef\xbb\xbf"
_BEGINNING: Final = re.compile(rb"\s*(?:\[\s*)?\{")
_BETWEEN: Final = re.compile(r"[\s,\[\]]*")
_NEXT_LINE: Final = re.compile(r"\n[ \t]*\{")
_NEAR_END: Final = 64
"""Characters before the end of what is read: an error there may be due to what is not read yet."""


def begins_with_object(beginning: bytes) -> bool:
    """Tell whether a file that begins so is read here."""
    return _BEGINNING.match(beginning.removeprefix(_BOM)) is not None


def stream_documents(file: BinaryIO) -> Iterator[Json | EvidenceError]:
    """Yield each object of a file; an error, one line, for each place that is none.

    Raises what reading the file raises.
    """
    buffer = _Buffer(file)
    decoder = json.JSONDecoder()
    broken = 0
    while buffer.skip(_BETWEEN):
        try:
            value, buffer.place = decoder.raw_decode(buffer.text, buffer.place)
        except json.JSONDecodeError as error:
            unfinished = error.msg.startswith("Unterminated") or error.pos >= len(buffer.text) - _NEAR_END
            if unfinished and not buffer.ended and buffer.unread < MAX_OBJECT:
                buffer.read_more()
                continue
            too_long = unfinished and not buffer.ended
            broken += MAX_BROKEN // 4 if too_long else 1
            yield _broken(buffer, f"more than {MAX_OBJECT >> 20} MiB" if too_long else error.msg)
            # What was read in vain is not read again, so that the time stays linear.
            buffer.place = max(error.pos, buffer.place + 1)
        except (ValueError, RecursionError):
            broken += MAX_BROKEN // 4
            yield _broken(buffer, "nested too deep, or a number too long")
            buffer.place += 1
        else:
            yield value
            del value  # not kept while the next one is read
            continue
        if broken >= MAX_BROKEN:
            yield EvidenceError(f"the rest was not read, from character {buffer.position} on")
            return
        buffer.skip_to(_NEXT_LINE)


def _broken(buffer: "_Buffer", reason: str) -> EvidenceError:
    return EvidenceError(f"what begins at character {buffer.position} is no JSON: {reason}")


class _Buffer:
    """The part of a text that is read and not yet used."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._done = 0
        self.text = ""
        self.place = 0
        self.ended = False

    @property
    def unread(self) -> int:
        """Characters from the place on."""
        return len(self.text) - self.place

    @property
    def position(self) -> int:
        """The place in the whole text, from 1."""
        return self._done + self.place + 1

    def read_more(self) -> None:
        """Read as much again as there is, so that trying again after each read takes linear time.

        Not more than one object may have, though: it would be in memory before it is refused.
        """
        data = self._file.read(max(_CHUNK, min(self.unread, MAX_OBJECT - self.unread)))
        self.ended = not data
        self._done += self.place
        self.text = self.text[self.place :] + self._decoder.decode(data, final=self.ended)
        self.place = 0

    def skip(self, what: re.Pattern[str]) -> bool:
        """Go past what matches; False at the end of the file."""
        while True:
            match = what.match(self.text, self.place)
            self.place = match.end() if match is not None else self.place
            if self.place < len(self.text):
                return True
            if self.ended:
                return False
            self.read_more()

    def skip_to(self, what: re.Pattern[str]) -> None:
        """Go to where the next match begins, or to the end of the file."""
        while (match := what.search(self.text, self.place)) is None:
            self.place = max(len(self.text) - _NEAR_END, self.place)
            if self.ended:
                self.place = len(self.text)
                return
            self.read_more()
        self.place = match.start()
