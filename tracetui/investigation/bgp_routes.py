"""Gathers BGP routes for an investigation: from files and pastes, and from RIPEstat on request."""

import asyncio
import queue
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracetui.evidence.bgp.found_routes import ReadRoutes, RipeStatAnswer
from tracetui.evidence.bgp.wanted_addresses import Wanted
from tracetui.model import Address, Asn, CannotRunError, EvidenceError, ForeignText
from tracetui.model.bgp_route import NO_BGP, BgpEvidence, BgpQuestion, BgpRoute
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.reference import parse_asn
from tracetui.ownership.loop_thread import LoopThread
from tracetui.ownership.special_ranges import special_purpose

if TYPE_CHECKING:
    from tracetui.evidence.bgp.ripestat import RipeStat

FILES_PATIENCE_S: Final = 600.0
"""How long a report waits for files to be read: a full table packed with bzip2 takes minutes."""

_STOP_S: Final = 2.0
_NAMED: Final = re.compile(r"AS(\d{1,10})=(.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class BgpFile:
    """A file of routes, and whose they are."""

    path: Path
    viewer: Asn | None = None
    """The AS whose router printed it; None where the file itself says so, or nobody knows."""


def parse_bgp_file(text: str) -> BgpFile:
    """Return the file that `glass.txt` or `AS8359=glass.txt` names. Raises ValueError with one line."""
    named = _NAMED.fullmatch(text)
    if named is None:
        return BgpFile(Path(text))
    viewer = parse_asn(named[1])
    if not viewer:
        raise ValueError(f"{text!r}: no AS has the number 0")
    return BgpFile(Path(named[2]), Asn(viewer))


class BgpRoutes:
    """Implements `OutsideSource`. Thread-safe; whatever takes time runs in the background."""

    def __init__(
        self,
        files: Sequence[BgpFile] = (),
        *,
        online: bool = True,
        base_url: str | None = None,
        narrate: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`online` False: no service may be asked. `base_url`: of another server than RIPEstat's.

        `narrate` gets a line about each file that cannot be read.
        """
        self.version = 0
        """Grows with everything new."""

        self._online = online
        self._base_url = base_url
        self._narrate = narrate
        self._lock = threading.Lock()
        self._files = list(files)
        self._wanted: frozenset[str] = frozenset()
        self._read: dict[BgpFile, ReadRoutes | str] = {}
        self._pasted: list[ReadRoutes] = []
        self._answers: dict[str, RipeStatAnswer] = {}
        self._evidence = NO_BGP
        self._jobs: queue.SimpleQueue[tuple[BgpFile, frozenset[str]] | None] = queue.SimpleQueue()
        self._unread = 0
        self._idle = threading.Condition(self._lock)
        self._reader: threading.Thread | None = None
        self._asking: _Asking | None = None
        self._closed = False

    # What is known

    def add_to(self, evidence: OutsideEvidence) -> OutsideEvidence:
        with self._lock:
            return evidence if evidence.bgp is self._evidence else replace(evidence, bgp=self._evidence)

    def settle(self, timeout_s: float) -> bool:
        """Wait until all files are read, at most `timeout_s`; True when they are."""
        with self._idle:
            return self._idle.wait_for(lambda: not self._unread, timeout_s)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            asking = self._asking
        self._jobs.put(None)
        if asking is not None:
            asking.close()

    def _changed(self) -> None:
        """Put together what is known; the lock is held."""
        read = [one for one in self._read.values() if isinstance(one, ReadRoutes)] + self._pasted
        routes: list[BgpRoute] = [route for one in read for route in one.routes]
        updates: list[BgpRoute] = [route for one in read for route in one.updates]
        for answer in self._answers.values():
            routes += answer.routes
            updates += answer.updates
        updates.sort(key=lambda route: route.last_updated.timestamp() if route.last_updated else 0.0)
        problems = [f"{file.path.name}: {remark}" for file, remark in self._remarks()]
        self._evidence = BgpEvidence(
            tuple(dict.fromkeys(routes)),
            tuple(dict.fromkeys(updates)),
            tuple(answer.question for answer in self._answers.values()),
            tuple(map(ForeignText, problems)),
        )
        self.version += 1

    def _remarks(self) -> Iterable[tuple[BgpFile, str]]:
        for file, found in self._read.items():
            if isinstance(found, str):
                yield file, found.removeprefix(f"{file.path.name}: ")
            else:
                yield from ((file, remark) for remark in found.remarks)

    # Files and pastes

    def want(self, addresses: Iterable[str]) -> None:
        """Name the endpoints; files are read (again) for those that are new. Returns at once."""
        with self._lock:
            new = frozenset(addresses) - self._wanted
            if not new or self._closed:
                return
            self._wanted |= new
            for file in self._files:
                self._enqueue(file)

    def add(self, found: ReadRoutes) -> None:
        """Take what `read_bgp_text` found in a paste."""
        with self._lock:
            self._pasted.append(found)
            self._changed()

    def _enqueue(self, file: BgpFile) -> None:
        """Have a file read; the lock is held."""
        self._unread += 1
        self._jobs.put((file, self._wanted))
        if self._reader is None:
            self._reader = threading.Thread(target=self._work, name="tracetui-bgp-files", daemon=True)
            self._reader.start()

    def _work(self) -> None:
        from tracetui.evidence.bgp.route_file import read_bgp_file

        while (job := self._jobs.get()) is not None and not self._closed:
            file, addresses = job
            found: ReadRoutes | str
            try:
                if addresses == self._wanted:
                    found = read_bgp_file(
                        file.path, Wanted(addresses), viewer=file.viewer, stopped=lambda: self._closed
                    )
                else:  # more are wanted by now, and the file will be read for them
                    found = ReadRoutes(())
            except EvidenceError as error:
                found = str(error)
            except Exception as error:  # noqa: BLE001  (whatever a file holds, tracing goes on)
                found = f"cannot be read: {type(error).__name__}"
            with self._idle:
                if addresses == self._wanted:
                    told = self._read.get(file)
                    self._read[file] = found
                    self._changed()
                    if isinstance(found, str) and told != found:
                        self._narrate(f"tracetui: {found}")
                self._unread -= 1
                self._idle.notify_all()

    # RIPEstat

    def ask(self, address: str) -> None:
        """Ask RIPEstat about an address; returns at once. An answer is replaced by the next one.

        Raises CannotRunError where nobody may be asked, or there is nothing to ask about.
        """
        if not self._online:
            raise CannotRunError("RIPEstat is not asked here: offline, or a simulated internet")
        special = special_purpose(address)
        if special is not None:
            raise CannotRunError(f"{address}: nobody announces it, it is {special.name}")
        with self._lock:
            known = self._answers.get(address)
            is_running = known is not None and known.question.answer is None and not known.question.problem
            if self._closed or is_running:
                return
            self._answers[address] = RipeStatAnswer(BgpQuestion(Address(address)))
            self._changed()
            if self._asking is None:
                from tracetui.evidence.bgp.ripestat import BASE_URL, RipeStat

                self._asking = _Asking(RipeStat(self._base_url or BASE_URL), self._take)
        self._asking.ask(address)

    def _take(self, address: str, answer: RipeStatAnswer) -> None:
        with self._lock:
            self._answers[address] = answer
            self._changed()


class _Asking:
    """Asks one question after another, on its own event loop."""

    def __init__(self, client: "RipeStat", take: Callable[[str, RipeStatAnswer], None]) -> None:
        self._client = client
        self._take = take
        self._questions: asyncio.Queue[str] = asyncio.Queue()
        self._loop = LoopThread("tracetui-ripestat")
        self._loop.start(self._work())

    def ask(self, address: str) -> None:
        self._loop.call(self._questions.put_nowait, address)

    def close(self) -> None:
        self._loop.stop(_STOP_S)

    async def _work(self) -> None:
        while True:
            address = await self._questions.get()
            try:
                answer = await self._client.ask(address)
            except Exception as error:  # noqa: BLE001  (whatever a service answers, tracing goes on)
                problem = f"RIPEstat: malformed answer: {type(error).__name__}"
                answer = RipeStatAnswer(BgpQuestion(Address(address), problem=problem))
            self._take(address, answer)
