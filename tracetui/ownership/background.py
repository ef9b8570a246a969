"""Owners and names of addresses, looked up behind the back of whoever shows them."""

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from tracetui.model import AsSource, Attribution
from tracetui.ownership.attributor import Attributor
from tracetui.ownership.loop_thread import LoopThread
from tracetui.ownership.pointers import PointerLookups
from tracetui.ownership.source import AttributionSource, NameSource
from tracetui.ownership.special import address_to_ask, special_purpose

_JOIN_S: Final = 0.5
"""How long `close` waits for a thread in the middle of something; they are daemons and hold nothing up."""

_Value = TypeVar("_Value")


class Answers(Generic[_Value]):
    """Answers by address, with an immutable view that is made only when asked for and something changed."""

    def __init__(self) -> None:
        self._answers: dict[str, _Value] = {}
        self._view: Mapping[str, _Value] | None = None

    def put(self, address: str, value: _Value) -> None:
        """Add or replace one."""
        self._answers[address] = value
        self._view = None

    def view(self) -> Mapping[str, _Value]:
        """Return all; the same object while nothing changes."""
        if self._view is None:
            self._view = MappingProxyType(dict(self._answers))
        return self._view


class BackgroundOwners:
    """Implements `Owners`: one thread asks the AS sources, one runs an event loop for PTR names.

    A special-purpose address that no source is asked about is answered at once, on the caller's thread.
    """

    def __init__(
        self,
        sources: Sequence[AttributionSource],
        names: NameSource | None,
        *,
        narrate: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`names` None: no PTR names. `narrate` gets one line about each source that fails, from a thread."""
        self._attributor = Attributor(sources, narrate)
        self._wanted: set[str] = set()
        self._changed = threading.Condition()
        self._owners: Answers[Attribution] = Answers()
        self._names: Answers[str] = Answers()
        self._version = 0
        self._closed = False
        self._unowned: set[str] = set()
        """Addresses on their way through the AS sources."""

        self._unnamed: set[str] = set()
        """Addresses whose first answer about a name is outstanding."""

        self._questions: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._asker = threading.Thread(target=self._ask_sources, name="tracetui-owners", daemon=True)
        self._pointers = None if names is None else PointerLookups(names, self._named)
        self._loop = None if names is None else LoopThread("tracetui-names")

    @property
    def sources(self) -> Sequence[AsSource]:
        """The AS sources that work, in the order they are asked; special-purpose ranges are not listed."""
        return self._attributor.infos

    @property
    def version(self) -> int:
        """Grows whenever an answer arrives."""
        return self._version

    def want(self, addresses: Sequence[str]) -> None:
        """Ask for addresses; returns at once."""
        wanted = self._wanted
        new = [address for address in addresses if address not in wanted]
        if not new:
            return
        with self._changed:
            if self._closed:
                return
            if not wanted:
                self._start()
            for address in new:
                if address not in wanted:
                    wanted.add(address)
                    self._submit(address)

    def owners(self) -> Mapping[str, Attribution]:
        """Everything answered so far."""
        with self._changed:
            return self._owners.view()

    def names(self) -> Mapping[str, str]:
        """Every PTR name answered so far."""
        with self._changed:
            return self._names.view()

    def settle(self, timeout_s: float) -> bool:
        """Wait until nothing is being looked up, at most `timeout_s`; True when all is answered.

        What a dead resolver was asked counts as answered.
        """
        with self._changed:
            return self._changed.wait_for(lambda: not (self._unowned or self._unnamed), timeout_s)

    def close(self) -> None:
        """Stop looking up; answers stay. Waits a moment at most for a look-up on its way."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._unowned.clear()
            self._unnamed.clear()
            self._changed.notify_all()
        self._questions.put(None)
        if self._loop is not None:
            self._loop.stop(_JOIN_S)
        if self._asker.is_alive():
            self._asker.join(_JOIN_S)

    def _start(self) -> None:
        self._asker.start()
        if self._loop is not None and self._pointers is not None:
            self._loop.start(self._pointers.run())

    def _submit(self, address: str) -> None:
        if address_to_ask(address) is None:
            special = special_purpose(address)
            if special is not None:
                self._answer(address, special)
        else:
            self._unowned.add(address)
            self._questions.put(address)
        if self._loop is not None and self._pointers is not None:
            self._unnamed.add(address)
            self._loop.call(self._pointers.submit, address)

    def _ask_sources(self) -> None:
        while (address := self._questions.get()) is not None and not self._closed:
            owner = self._attributor.attribute(address)
            with self._changed:
                self._answer(address, owner)
                self._unowned.discard(address)
                self._changed.notify_all()

    def _answer(self, address: str, owner: Attribution) -> None:
        self._owners.put(address, owner)
        self._version += 1

    def _named(self, address: str, name: str | None) -> None:
        with self._changed:
            self._unnamed.discard(address)
            if name is not None:
                self._names.put(address, name)
                self._version += 1
            self._changed.notify_all()
