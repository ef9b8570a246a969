"""Looks up who registered an address, and the contacts of an AS, on demand: over RDAP, then over WHOIS."""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from tracetui.model import Registration, ResolutionError, safe_text
from tracetui.model.as_contact import AsContacts
from tracetui.ownership.interfaces import RegistryRefusedError
from tracetui.ownership.special_ranges import special_purpose

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer", Registration, AsContacts)

TIMEOUT_S: Final = 12.0
_RDAP_SHARE: Final = 2 / 3
"""Of the time limit: when HTTPS is dropped on its way, some time must be left for WHOIS."""


class RegistrationLookups:
    """Looks registrations up in the background, one at a time, when the user asks on a hop. Thread-safe."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._answers: Mapping[str, Registration | str | None] = MappingProxyType({})
        self._questions: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.version = 0
        """Grows with every question and answer."""

    def ask(self, address: str) -> None:
        """Look an address up; returns at once. Repeats a look-up that failed."""
        with self._lock:
            if self._closed or isinstance(self._answers.get(address, ""), Registration | None):
                return
            self._put(address, None)
            self._questions.put(address)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tracetui-registrations", daemon=True)
                self._thread.start()

    def answers(self) -> Mapping[str, Registration | str | None]:
        """Return by address the registration, why there is none, or None while it is looked up."""
        return self._answers

    def close(self) -> None:
        """Stop; a running look-up is abandoned."""
        with self._lock:
            self._closed = True
        self._questions.put(None)

    def _work(self) -> None:
        while (address := self._questions.get()) is not None and not self._closed:
            try:
                answer: Registration | str = registration(address, self._timeout_s)
            except ResolutionError as error:
                answer = str(error)
            with self._lock:
                self._put(address, answer)

    def _put(self, address: str, answer: Registration | str | None) -> None:
        self._answers = MappingProxyType({**self._answers, address: answer})
        self.version += 1


def registration(address: str, timeout_s: float = TIMEOUT_S) -> Registration:
    """Ask the registry that is responsible for `address`; blocks for `timeout_s` at most.

    Raises ResolutionError with one line: a special-purpose address, no such network, no or an invalid answer.
    """
    special = special_purpose(address)
    if special is not None:
        raise ResolutionError(f"{address}: no registration to ask for, it is {special.name}")
    until = time.monotonic() + timeout_s
    try:
        return _in_time(_ask_rdap, address, timeout_s * _RDAP_SHARE)
    except RegistryRefusedError as refused:
        raise ResolutionError(f"{address}: {refused}") from None
    except ResolutionError as error:
        problem = str(error)
    try:
        return _in_time(_ask_whois, address, max(0.0, until - time.monotonic()))
    except ResolutionError as error:
        raise ResolutionError(f"{address}: no answer from RDAP ({problem}), nor WHOIS ({error})") from None


def as_contacts(asn: int, timeout_s: float = TIMEOUT_S) -> AsContacts:
    """Ask the registry that is responsible for an AS, over RDAP; blocks for `timeout_s` at most.

    Raises ResolutionError with one line: no such AS, no or an invalid answer.
    """
    try:
        return _in_time(_ask_rdap_contacts, asn, timeout_s)
    except RegistryRefusedError as refused:
        raise ResolutionError(str(refused)) from None
    except ResolutionError as error:
        raise ResolutionError(f"no answer from RDAP ({error})") from None


def _in_time(ask: Callable[[_Asked, float], _Answer], asked: _Asked, timeout_s: float) -> _Answer:
    """Ask on a thread that is abandoned at the time limit: a name server or a slow answer may take longer.

    Raises ResolutionError.
    """
    answers: queue.SimpleQueue[_Answer | ResolutionError] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(ask(asked, timeout_s))
        except ResolutionError as error:
            answers.put(error)
        except Exception as error:  # noqa: BLE001  (the client checks little of what a registry sends)
            answers.put(ResolutionError(f"malformed answer from the registry: {safe_text(repr(error))}"))

    threading.Thread(target=work, name="tracetui-registry", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty:
        raise ResolutionError(f"nothing in {timeout_s:.3g} s") from None
    if isinstance(answer, ResolutionError):
        raise answer
    return answer


def _ask_rdap(address: str, timeout_s: float) -> Registration:
    from tracetui.ownership.rdap import ask_rdap  # brings an HTTP client along

    return ask_rdap(address, timeout_s)


def _ask_rdap_contacts(asn: int, timeout_s: float) -> AsContacts:
    from tracetui.ownership.rdap import ask_rdap_contacts

    return ask_rdap_contacts(asn, timeout_s)


def _ask_whois(address: str, timeout_s: float) -> Registration:
    from tracetui.ownership.whois import ask_whois

    return ask_whois(address, timeout_s)
