"""The user's key for RIPE Atlas, which shows itself to nobody but RIPE Atlas."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tracetui.files.read_file import FileTooLargeError, read_file
from tracetui.model import CannotRunError

VARIABLE: Final = "RIPE_ATLAS_KEY"
_KEY: Final = re.compile(r"[0-9A-Za-z-]{8,100}")
_MAX_SIZE: Final = 4096


class AtlasKey:
    """A key; no text that is made of this object has it, and no exception."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Raises ValueError for what is no key, and does not repeat it."""
        if not _KEY.fullmatch(text.strip()):
            raise ValueError("it is no key of RIPE Atlas: letters, digits and dashes, such as a UUID")
        self._text = text.strip()

    def __repr__(self) -> str:
        return "AtlasKey(hidden)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a key is not written anywhere")

    @property
    def header(self) -> str:
        """The value of the header Authorization."""
        return f"Key {self._text}"

    def removed_from(self, text: str) -> str:
        """Return a text of the platform's without the key, which it may repeat."""
        return re.sub(re.escape(self._text), "(key)", text, flags=re.IGNORECASE)


def find_key(environment: Mapping[str, str], file: Path | None) -> AtlasKey | None:
    """Return the key in the variable RIPE_ATLAS_KEY, or else in `file`; None without either.

    Raises CannotRunError where there is something else.
    """
    typed = environment.get(VARIABLE, "")
    if typed.strip():
        return _key(typed, VARIABLE)
    if file is None:
        return None
    try:
        content = read_file(file, _MAX_SIZE).decode("ascii")
    except (FileTooLargeError, UnicodeDecodeError):
        raise CannotRunError(f"evidence.atlas-key-file: {file} holds no key of RIPE Atlas") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CannotRunError(f"evidence.atlas-key-file: cannot read {file}: {reason.lower()}") from None
    return _key(content, f"evidence.atlas-key-file: {file}")


def _key(text: str, where: str) -> AtlasKey:
    try:
        return AtlasKey(text)
    except ValueError as error:
        raise CannotRunError(f"{where}: {error}") from None
