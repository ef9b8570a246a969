"""Looks up owners and names of addresses in the background, for live investigations."""

import asyncio
import gc
import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from tracetui.model import AsSource, Attribution, ResolutionError
from tracetui.ownership.as_lookup import UNKNOWN_OWNER, AsLookup
from tracetui.ownership.interfaces import AttributionSource, NameSource, NetworkSource, NoSuchNameError
from tracetui.ownership.loop_thread import LoopThread
from tracetui.ownership.query_pool import QueryPool
from tracetui.ownership.special_ranges import address_to_ask, special_purpose, special_range

_JOIN_S: Final = 0.5
"""How long `close` waits for a busy thread; the threads are daemons and do not hold up the exit."""

_REST_AFTER_S: Final = 2.0
"""Without a question for so long, the sources give their memory back."""

_FREEZE_AFTER: Final = 8
"""After this many answers, after twice as many and so on, the objects in memory are frozen: else the garbage
collector goes through all tables read, and every thread stands still meanwhile."""

MAX_ADDRESSES: Final = 10_000
"""Addresses that a live investigation looks up: routers are hundreds, forged replies may name any number."""

_MAX_LEFT_OUT: Final = 4 * MAX_ADDRESSES
"""Further addresses that are remembered, so that each is counted once."""

NOT_LOOKED_UP: Final = Attribution((), "", None, "", asked=False)

_Value = TypeVar("_Value")


class Answers(Generic[_Value]):
    """Answers by address, with an immutable view that is rebuilt only after a change."""

    def __init__(self) -> None:
        self._answers: dict[str, _Value] = {}
        self._view: Mapping[str, _Value] | None = None

    def put(self, address: str, value: _Value) -> None:
        """Add or replace one."""
        self._answers[address] = value
        self._view = None

    def drop(self, address: str) -> None:
        """Forget one."""
        del self._answers[address]
        self._view = None

    def view(self) -> Mapping[str, _Value]:
        """Return all; the same object while nothing changes."""
        if self._view is None:
            self._view = MappingProxyType(dict(self._answers))
        return self._view


class BackgroundOwners:
    """Implements `Owners`: one thread asks the offline sources, an event loop asks the network.

    A special-purpose address that is not looked up is answered at once, on the caller's thread; the network
    is never asked about special-purpose addresses, and about others only when no offline source knows them.
    """

    def __init__(
        self,
        sources: Sequence[AttributionSource],
        names: NameSource | None,
        *,
        network: NetworkSource | None = None,
        narrate: Callable[[str], None] = lambda _: None,
        closing: Callable[[], None] = lambda: None,
        resting: Callable[[], None] = lambda: None,
        most: int | None = None,
    ) -> None:
        """`names` None: no PTR names. `narrate` gets one line about each source that fails, from a thread.

        `most`: addresses to look up at all; further ones are `NOT_LOOKED_UP`. None: as many as are wanted.

        `closing` is called at the end of `close`, `resting` on the thread of the sources when nothing was
        asked for some seconds.
        """
        self._as_lookup = AsLookup(sources, narrate)
        self._names_source, self._network = names, network
        self._closing, self._resting = closing, resting
        self._most = most
        self._wanted: set[str] = set()
        self._left_out: deque[str] = deque()
        """The last addresses beyond `most`, which are not looked up."""

        self.left_out = 0
        self._changed = threading.Condition()
        self._owners: Answers[Attribution] = Answers()
        self._names: Answers[str] = Answers()
        self._confirmations: Answers[bool] = Answers()
        self._version = 0
        self._closed = False
        self._unowned: set[str] = set()
        """Addresses whose owner is not answered yet."""

        self._unnamed: set[str] = set()
        """Addresses whose name is not answered yet."""

        self._questions: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._asker = threading.Thread(target=self._ask_sources, name="tracetui-owners", daemon=True)
        self._name_lookups = QueryPool(self._look_up_name, self._gave_up_name) if names else None
        self._owner_lookups = QueryPool(self._look_up_owner, self._gave_up_owner) if network else None
        self._loop = LoopThread("tracetui-lookups") if names or network else None

    @property
    def sources(self) -> Sequence[AsSource]:
        """The AS sources that work, in the order they are asked; special-purpose ranges are not listed."""
        network = (self._network.info,) if self._network is not None else ()
        return (*self._as_lookup.infos, *network)

    @property
    def version(self) -> int:
        return self._version

    def want(self, addresses: Sequence[str]) -> None:
        wanted = self._wanted
        new = [address for address in addresses if address not in wanted]
        if not new:
            return
        with self._changed:
            if self._closed:
                return
            if not wanted:
                self._start()
            new = [address for address in dict.fromkeys(new) if address not in wanted]
            room = len(new) if self._most is None else max(0, self._most - len(wanted) + len(self._left_out))
            wanted.update(new)
            self._submit(new[:room])
            self._leave_out(new[room:])

    def owners(self) -> Mapping[str, Attribution]:
        with self._changed:
            return self._owners.view()

    def names(self) -> Mapping[str, str]:
        with self._changed:
            return self._names.view()

    def confirmations(self) -> Mapping[str, bool]:
        with self._changed:
            return self._confirmations.view()

    def settle(self, timeout_s: float) -> bool:
        """Wait until nothing is being looked up, at most `timeout_s`; True when all is answered.

        A question to a service that does not respond counts as answered.
        """
        with self._changed:
            return self._changed.wait_for(self._settled, timeout_s)

    def close(self) -> None:
        """Stop looking up; the answers stay. Waits only a moment for a running look-up."""
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
        self._closing()

    def _settled(self) -> bool:
        return not (self._unowned or self._unnamed)

    def _notify(self) -> None:
        """Wake `settle` at the last answer only."""
        if self._settled():
            self._changed.notify_all()

    # The caller's thread, under the lock

    def _start(self) -> None:
        self._asker.start()
        if self._loop is not None:
            self._loop.start(self._serve())

    def _submit(self, addresses: Sequence[str]) -> None:
        for address in addresses:
            if address_to_ask(address) is None:
                self._owners.put(address, special_purpose(address) or UNKNOWN_OWNER)
                self._version += 1
            else:
                self._unowned.add(address)
                self._questions.put(address)
        if self._loop is not None and self._name_lookups is not None:
            self._unnamed.update(addresses)
            self._loop.call(self._name_lookups.submit, addresses)

    def _leave_out(self, addresses: Sequence[str]) -> None:
        """Answer that these are not looked up; forget that of the oldest."""
        for address in addresses:
            self.left_out += 1
            self._version += 1
            self._owners.put(address, NOT_LOOKED_UP)
            self._left_out.append(address)
            if len(self._left_out) > _MAX_LEFT_OUT:
                oldest = self._left_out.popleft()
                self._wanted.discard(oldest)
                self._owners.drop(oldest)

    # The thread of the sources

    def _ask_sources(self) -> None:
        asked, frozen = 0, _FREEZE_AFTER
        while (address := self._next_question()) is not None and not self._closed:
            owner = self._as_lookup.attribute(address)
            asked += 1
            if asked == frozen:
                gc.freeze()
                frozen *= 2
            lookups = self._owner_lookups
            if owner.known or lookups is None or self._loop is None or special_range(address) is not None:
                self._owned(address, owner)
            else:
                self._loop.call(lookups.submit, (address,))

    def _next_question(self) -> str | None:
        try:
            return self._questions.get(timeout=_REST_AFTER_S)
        except queue.Empty:
            self._resting()
            return self._questions.get()

    # The thread of the event loop

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            for lookups in (self._name_lookups, self._owner_lookups):
                if lookups is not None:
                    group.create_task(lookups.run())

    async def _look_up_owner(self, address: str) -> None:
        assert self._network is not None  # noqa: S101  (or there are no such look-ups)
        self._owned(address, await self._network.attribute(address) or UNKNOWN_OWNER)

    def _gave_up_owner(self, address: str) -> None:
        self._owned(address, UNKNOWN_OWNER)

    def _owned(self, address: str, owner: Attribution) -> None:
        with self._changed:
            self._owners.put(address, owner)
            self._version += 1
            self._unowned.discard(address)
            self._notify()

    async def _look_up_name(self, address: str) -> None:
        assert self._names_source is not None  # noqa: S101  (or there are no such look-ups)
        name = await self._names_source.pointer(address)
        if name is not None:
            self._named(address, name)
            confirmed = await _confirmed(self._names_source, address, name)
            if confirmed is not None:
                with self._changed:
                    self._confirmations.put(address, confirmed)
                    self._version += 1
        self._gave_up_name(address)

    def _named(self, address: str, name: str) -> None:
        with self._changed:
            self._names.put(address, name)
            self._version += 1

    def _gave_up_name(self, address: str) -> None:
        with self._changed:
            self._unnamed.discard(address)
            self._notify()


async def _confirmed(names: NameSource, address: str, name: str) -> bool | None:
    """Tell whether a PTR name has the address that has the name; None when there is no answer."""
    try:
        return address in await names.addresses(name, 6 if ":" in address else 4)
    except NoSuchNameError:
        return False
    except ResolutionError:
        return None
