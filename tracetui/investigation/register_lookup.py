"""Asks block registers about every endpoint on the board; their files are read in the background."""

import queue
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tracetui.evidence.registers.read_register import RegisterRequest, read_register
from tracetui.evidence.registers.register import Register
from tracetui.evidence.registers.register_lines import open_register
from tracetui.model import Address, EvidenceError, ForeignText, Lane, TargetError, parse_target, safe_text
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.register_answer import Listing, RegisterAnswer, RegisterFile

Endpoints = Mapping[str, tuple[str, ...]]
"""Address to the names that are looked up with it."""


def endpoints_of(lanes: Iterable[Lane]) -> Endpoints:
    """Return the endpoints of lanes, each with its name and the domain whose mail it takes."""
    found: dict[str, dict[str, None]] = {}
    for lane in lanes:
        names = found.setdefault(lane.address, {})
        if lane.host != lane.address:
            names[lane.host] = None
        domain = _mail_domain(lane.target)
        if domain is not None:
            names[domain] = None
    return {address: tuple(names) for address, names in found.items()}


@lru_cache(maxsize=1024)
def _mail_domain(target: str) -> str | None:
    with suppress(TargetError):
        parsed = parse_target(target)
        return parsed.host if parsed.mail else None
    return None


@dataclass(slots=True)
class _Entry:
    """One register on the board."""

    file: RegisterFile
    register: Register | None = None
    answers: dict[tuple[str, tuple[str, ...]], RegisterAnswer] = field(default_factory=dict)
    """By endpoint; they hold as long as the register does."""

    def answer(self, address: str, names: tuple[str, ...]) -> RegisterAnswer:
        key = address, names
        known = self.answers.get(key)
        if known is None:
            if self.register is not None:
                known = self.register.answer(address, names)
            else:
                shown = tuple(map(ForeignText, names))
                known = RegisterAnswer(self.file, Address(address), shown, Listing.NOT_CHECKED)
            self.answers[key] = known
        return known


class RegisterLookup:
    """Implements `OutsideSource`. Thread-safe."""

    def __init__(self, requests: Sequence[RegisterRequest] = ()) -> None:
        self._lock = threading.Lock()
        self._entries: dict[RegisterRequest, _Entry] = {}
        self._endpoints: Endpoints = {}
        self._files: tuple[RegisterFile, ...] = ()
        self._answers: tuple[RegisterAnswer, ...] = ()
        self._to_read: queue.SimpleQueue[RegisterRequest | None] = queue.SimpleQueue()
        self._unread = 0
        self._all_read = threading.Event()
        self._all_read.set()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.version = 0
        """Grows with every answer."""

        for request in dict.fromkeys(requests):
            self._add(request)

    def add(self, request: RegisterRequest) -> None:
        """Read one more register in the background; one that is there already is read again.

        Raises EvidenceError when its file cannot be opened.
        """
        with open_register(request.path):
            pass
        self._add(request)

    def want(self, endpoints: Endpoints) -> None:
        """Ask about these endpoints from now on; registers that are read answer at once."""
        with self._lock:
            if endpoints != self._endpoints:
                self._endpoints = endpoints
                self._ask()

    def add_to(self, evidence: OutsideEvidence) -> OutsideEvidence:
        with self._lock:
            if (self._files, self._answers) == (evidence.register_files, evidence.registers):
                return evidence
            return replace(evidence, register_files=self._files, registers=self._answers)

    def settle(self, patience_s: float) -> None:
        """Wait until all files are read, `patience_s` at most."""
        self._all_read.wait(patience_s)

    def close(self) -> None:
        """Stop after the file that is being read."""
        with self._lock:
            self._closed = True
        self._to_read.put(None)

    def _add(self, request: RegisterRequest) -> None:
        with self._lock:
            if self._closed:
                return
            self._entries[request] = _Entry(RegisterFile(ForeignText(request.name)))
            self._unread += 1
            self._all_read.clear()
            self._ask()
            self._to_read.put(request)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tracetui-registers", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while (request := self._to_read.get()) is not None and not self._closed:
            read = _read(request)
            with self._lock:
                self._entries[request] = read
                self._ask()
                self._unread -= 1
                if not self._unread:
                    self._all_read.set()

    def _ask(self) -> None:
        """Make the answers of all registers about all endpoints; the lock is held."""
        files = tuple(entry.file for entry in self._entries.values())
        answers = tuple(
            entry.answer(address, names)
            for entry in self._entries.values()
            for address, names in self._endpoints.items()
        )
        if (files, answers) != (self._files, self._answers):
            self._files, self._answers = files, answers
            self.version += 1


def _read(request: RegisterRequest) -> _Entry:
    try:
        register = read_register(request)
    except EvidenceError as error:
        problem = safe_text(str(error).removeprefix(f"{request.path}: "), limit=1000)
        return _Entry(RegisterFile(ForeignText(request.name), problem=ForeignText(problem)))
    return _Entry(register.file, register)
