"""What a setting may be: one check for the configuration file and the command line."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

from tracetui.model import ResolutionError, TargetError
from tracetui.model.target import parse_port

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=StrEnum)

_TEXT_MOST: Final = 1000


class Kind(Protocol[T_co]):
    """Checks values."""

    def take(self, value: object) -> T_co:
        """Return a value of a TOML file as the program wants it. Raises ValueError: what it is not."""

    def parse(self, text: str) -> T_co:
        """Return what was typed as the program wants it. Raises ValueError likewise."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of something."""

    low: float
    high: float
    unit: str

    def take(self, value: object) -> float:
        """Return a number."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not self.low <= value <= self.high
        ):
            raise ValueError(
                f"{toml(value)} is not a number of {self.unit} from {self.low:g} to {self.high:g}"
            )
        return float(value)

    def parse(self, text: str) -> float:
        """Return a number."""
        try:
            return self.take(float(text))
        except ValueError:
            raise ValueError(
                f"{text!r} is not a number of {self.unit} from {self.low:g} to {self.high:g}"
            ) from None


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    low: int
    high: int

    def take(self, value: object) -> int:
        """Return a whole number."""
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise ValueError(f"{toml(value)} is not a whole number from {self.low} to {self.high}")
        return value

    def parse(self, text: str) -> int:
        """Return a whole number."""
        try:
            return self.take(int(text))
        except ValueError:
            raise ValueError(f"{text!r} is not a whole number from {self.low} to {self.high}") from None


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def take(self, value: object) -> bool:
        """Return yes or no."""
        if not isinstance(value, bool):
            raise ValueError(f"{toml(value)} is neither true nor false")  # noqa: TRY004  (the protocol's)
        return value

    def parse(self, text: str) -> bool:
        """Return yes or no."""
        return self.take({"true": True, "false": False}.get(text.lower(), text))


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text."""

    what: str = "a text"

    def take(self, value: object) -> str:
        """Return the text, trimmed."""
        if not isinstance(value, str) or len(value) > _TEXT_MOST or not (value.isprintable() or not value):
            raise ValueError(f"{toml(value)} is not {self.what}: write it in quotes, on one line")
        return value.strip()

    def parse(self, text: str) -> str:
        """Return the text, trimmed."""
        return self.take(text)


@dataclass(frozen=True, slots=True)
class File:
    """A path; `~` is the user's home, and a file's paths are seen from where it lies. Empty: none."""

    def take(self, value: object) -> Path | None:
        """Return the path."""
        text = Text("a path").take(value)
        return Path(text) if text else None

    def parse(self, text: str) -> Path | None:
        """Return the path."""
        return self.take(text)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def take(self, value: object) -> str:
        """Return the word."""
        if not isinstance(value, str) or value not in self.words:
            raise ValueError(f"{toml(value)} is not one of {', '.join(self.words)}{near(value, self.words)}")
        return value

    def parse(self, text: str) -> str:
        """Return the word."""
        return self.take(text)


@dataclass(frozen=True, slots=True)
class Named(Generic[E]):
    """A member of an enumeration, by its value."""

    members: type[E]

    def take(self, value: object) -> E:
        """Return the member."""
        words = tuple(member.value for member in self.members)
        return self.members(OneOf(words).take(value.strip().lower() if isinstance(value, str) else value))

    def parse(self, text: str) -> E:
        """Return the member."""
        return self.take(text)


@dataclass(frozen=True, slots=True)
class Port:
    """A TCP port."""

    def take(self, value: object) -> int:
        """Return the port."""
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 65535:
            raise ValueError(f"port {toml(value)} is not a number from 1 to 65535")
        return value

    def parse(self, text: str) -> int:
        """Return the port."""
        try:
            return parse_port(text, text)
        except TargetError as error:
            raise ValueError(str(error).partition(": ")[2]) from None


@dataclass(frozen=True, slots=True)
class Server:
    """The address of a DNS server; empty: the system's."""

    def take(self, value: object) -> str:
        """Return the address as written."""
        text = Text("the address of a DNS server").take(value)
        if text:
            from tracetui.ownership.system_names import parse_server

            try:
                parse_server(text)
            except ResolutionError as error:
                raise ValueError(str(error)) from None
        return text

    def parse(self, text: str) -> str:
        """Return the address as written."""
        return self.take(text)


@dataclass(frozen=True, slots=True)
class Several(Generic[T]):
    """A list, equal items once."""

    item: Kind[T]
    fewest: int = 0

    def take(self, value: object) -> tuple[T, ...]:
        """Return the items."""
        if not isinstance(value, list):
            raise ValueError(f"{toml(value)} is not a list: write [...]")  # noqa: TRY004  (the protocol's)
        if len(value) < self.fewest:
            raise ValueError("the list is empty")
        return tuple(dict.fromkeys(self.item.take(each) for each in value))

    def parse(self, text: str) -> tuple[T, ...]:
        """Return the items, which commas separate."""
        return tuple(dict.fromkeys(self.item.parse(word.strip()) for word in text.split(",")))


def toml(value: object) -> str:  # noqa: PLR0911  (a table of types)
    """Return a value as TOML writes it, in one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case StrEnum() | Path():
            return toml(str(value))
        case None:
            return '""'
        case str():
            import json

            return json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f")
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return "a table"
        case _:
            return str(value)


def near(word: object, known: Iterable[str]) -> str:
    """Return `; did you mean 'interval'?`, or nothing where nothing is near."""
    import difflib

    found = difflib.get_close_matches(str(word).lower()[:100], list(known), 1, 0.5)
    return f"; did you mean {found[0]!r}?" if found else ""
