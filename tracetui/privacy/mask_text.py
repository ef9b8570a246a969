"""Masks free text, typed or from the system: hidden addresses and names become placeholders."""

import ipaddress
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tracetui.model.lane import HIDDEN_V6

HIDDEN: Final = "hidden"
HIDDEN_AS: Final = "a hidden AS"
HIDDEN_PREFIX: Final = "a hidden prefix"

HIDDEN_WORD: Final = rf"{HIDDEN}-(?:v6-)?\d+"
"""A pattern of the words that stand for addresses."""

_OWN_OPTION: Final = re.compile(
    r"(?<!\S)(--(?:so|dns|interf)[a-z-]*(?:=|\s+)|-s(?:=|\s*))([^\s'\"]+|'[^']*'|\"[^\"]*\")"
)
"""Options of the command line that say where the user sits, abbreviated as argparse allows."""

_FOLDERS: Final = re.compile(
    r"(?<![^=])(?:~[^/]*|\.{1,2})?/(?:.*/)?(?=[^/]+$)|(?<=^-[a-z])(?:~|\.{1,2})?/.*/"
)
"""The folders of a path that is a word, or follows an option's `=` or letter."""

_ADDRESS: Final = re.compile(r"(?<![0-9A-Fa-f:.])[0-9A-Fa-f]*:[0-9A-Fa-f:.]+")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The words that must not appear anywhere, with their placeholders."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    """Address to its word."""

    phrases: Mapping[str, str] = field(default_factory=dict)
    """Words that name only a hidden thing: `AS64500 Example`, `10.0.0.0/8`, a PTR name."""

    typed: Mapping[str, str] = field(default_factory=dict)
    """Words that could also be everyday words: holders, names without a dot."""


def hidden_word(address: str, number: int) -> str:
    """Return the word for hidden address number `number`: `hidden-1`, or `hidden-v6-2` for IPv6.

    What a message of a router means depends on the family, which tells nobody where the user sits.
    """
    return f"{HIDDEN_V6 if ':' in address else f'{HIDDEN}-'}{number}"


class Wording:
    """Texts without some secrets."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        said = {**secrets.phrases, **secrets.addresses}
        self._said = _Replacement(said)
        self._typed = _Replacement({**secrets.typed, **said})

    def said(self, text: str) -> str:
        """Return a sentence that tracetui made, or a name, without the secrets."""
        return self._said.apply(text)

    def typed(self, text: str) -> str:
        """Return what somebody typed without the secrets, however they wrote an address."""
        canonical = _ADDRESS.sub(lambda found: self._as_we_write(found[0]), text)
        return self._typed.apply(canonical)

    def command(self, text: str) -> str:
        """Return a command line without the secrets, and without the folders of its files."""
        shown = _OWN_OPTION.sub(lambda found: found[1] + self._own(found[2]), text)
        return self.typed(_without_folders(shown))

    def _own(self, value: str) -> str:
        return self.secrets.addresses.get(value.strip("'\""), HIDDEN)

    def _as_we_write(self, text: str) -> str:
        try:
            address = str(ipaddress.ip_address(text))
        except ValueError:
            return text
        return address if address in self.secrets.addresses else text


def _without_folders(command: str) -> str:
    """Return a command line with the bare names of its files: folders tell whose they are."""
    try:
        words = shlex.split(command)
    except ValueError:  # not one that a shell would take
        return command
    return shlex.join(_FOLDERS.sub("", word) for word in words)


class _Replacement:
    """Many strings for many others in one pass, the longest first."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = {_key(secret): word for secret, word in words.items()}
        ordered = sorted(words, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_pattern, ordered)), re.IGNORECASE) if ordered else None

    def apply(self, text: str) -> str:
        return text if self._pattern is None else self._pattern.sub(self._replace, text)

    def _replace(self, found: re.Match[str]) -> str:
        word = self._words[_key(found[0])]
        begins = found.start() == 0 or found.string[: found.start()].endswith(". ")
        return word[0].upper() + word[1:] if begins and " " in word else word


def _key(text: str) -> str:
    address = text.replace("-", ".")
    return (address if _is_v4(address) else text).lower()


def _is_v4(text: str) -> bool:
    return text.count(".") == 3 and text.replace(".", "").isdigit()


def _pattern(secret: str) -> str:
    """Return a pattern that finds `secret` where it stands by itself."""
    if _is_v4(secret):  # names of hosts have addresses with hyphens in them
        return rf"(?<!\d){secret.replace('.', '[.-]')}(?!\d)"
    if ":" in secret:  # a service may follow: 2001:db8::1:icmp
        return rf"(?<![0-9a-f:]){re.escape(secret)}(?![0-9a-f/]|:[0-9a-f:])"
    return rf"(?<![\w-]){re.escape(secret)}(?![\w-]|\.\w)"


def names_to_words(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Split (name, word) pairs: names that only a host has, and those that could be everyday words."""
    dotted: dict[str, str] = {}
    plain: dict[str, str] = {}
    for name, word in pairs:
        if name:
            (dotted if "." in name.strip(".") else plain).setdefault(name, word)
    return dotted, plain
