"""Has public platforms trace what is on the board, in the background; the answers become imported lanes."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tracetui.model import (
    Address,
    CannotRunError,
    EvidenceError,
    ForeignText,
    Lane,
    Role,
    TracetuiError,
    counted,
)
from tracetui.model.imported_trace import ImportedTrace
from tracetui.model.lane import PROBED
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.public_vantage import AskStage, Platform, PublicVantage, VantageAsk, WantedTrace
from tracetui.ownership.loop_thread import LoopThread
from tracetui.ownership.special_ranges import special_purpose

if TYPE_CHECKING:
    from tracetui.evidence.platforms.atlas_key import AtlasKey
    from tracetui.evidence.platforms.globalping import Globalping
    from tracetui.evidence.platforms.platform_job import PlatformJob
    from tracetui.evidence.platforms.ripe_atlas import RipeAtlas

MAX_TRACES: Final = 16
"""Endpoints, each with its protocol and port, that one question is about."""

MAX_RUNNING: Final = 4
"""Questions at a time."""

_KEPT: Final = 20
_STOP_S: Final = 2.0

_KEY_WANTED: Final = (
    "a new measurement of RIPE Atlas needs your key, in RIPE_ATLAS_KEY or the file of evidence.atlas-key-file"
)


def globalping() -> "Globalping":
    """Return a client of the real Globalping."""
    from tracetui.evidence.platforms.globalping import Globalping

    return Globalping()


def ripe_atlas(key: "AtlasKey | None") -> "RipeAtlas":
    """Return a client of the real RIPE Atlas."""
    from tracetui.evidence.platforms.ripe_atlas import RipeAtlas

    return RipeAtlas(key)


def wanted_traces(lanes: Sequence[Lane]) -> tuple[WantedTrace, ...]:
    """Return what a platform is to trace: the lanes probed here, suspects first, each service once."""
    probed = [lane for lane in lanes if lane.imported is None and lane.protocol in PROBED]
    in_order = sorted(probed, key=lambda lane: lane.role is Role.CONTROL)
    return tuple(dict.fromkeys(WantedTrace(lane.address, lane.protocol, lane.port) for lane in in_order))


class PublicVantages:
    """Thread-safe; whatever takes time runs in the background."""

    def __init__(
        self,
        *,
        online: bool = True,
        key: Callable[[], "AtlasKey | None"] = lambda: None,
        globalping: Callable[[], "Globalping"] = globalping,
        atlas: Callable[["AtlasKey | None"], "RipeAtlas"] = ripe_atlas,
    ) -> None:
        """`online` False: no platform may be asked. `key` finds that of RIPE Atlas; raises CannotRunError."""
        self._online = online
        self._key = key
        self._globalping = globalping
        self._atlas = atlas
        self._lanes: Callable[[], Sequence[Lane]] = list
        self._take: Callable[[Sequence[ImportedTrace], str], None] = lambda _traces, _text: None
        self._asks: dict[int, VantageAsk] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._names: set[str] = set()
        self._count = 0
        self._version = 0
        self._balance: int | None = None
        self._idle = threading.Condition()
        self._loop: LoopThread | None = None
        self._balance_task: asyncio.Task[None] | None = None
        self._closed = False

    def attach(
        self,
        lanes: Callable[[], Sequence[Lane]],
        take: Callable[[Sequence[ImportedTrace], str], None],
    ) -> None:
        """Say which lanes there are, and who makes lanes of traces."""
        self._lanes, self._take = lanes, take

    # What is asked

    def credits_for(
        self, vantage: PublicVantage, panels: Sequence[tuple[str, str | None]] | None = None
    ) -> int:
        """Return what a question costs at most, in credits of RIPE Atlas."""
        if vantage.platform is not Platform.ATLAS or vantage.measurement is not None:
            return 0
        from tracetui.evidence.platforms.ripe_atlas import credits_for

        return credits_for(vantage, len(self._wanted(panels)))

    def ask(
        self,
        vantage: PublicVantage,
        panels: Sequence[tuple[str, str | None]] | None = None,
        *,
        allowed: int = 0,
    ) -> None:
        """Have a vantage trace endpoints, all that are probed here where `panels` is None; returns at once.

        `allowed`: credits of RIPE Atlas that it may cost. Raises CannotRunError as `check` does.
        """
        key = self.check(vantage, panels, allowed=allowed)
        traces = () if vantage.measurement is not None else self._wanted(panels)
        cost = self.credits_for(vantage, panels)
        with self._idle:
            if self._closed:
                return
            if sum(not one.stage.is_over for one in self._asks.values()) >= MAX_RUNNING:
                raise CannotRunError(f"{MAX_RUNNING} questions are being answered: wait, or cancel them")
            self._count += 1
            number = self._count
            self._version += 1
            self._asks[number] = VantageAsk(vantage, traces, credits=cost or None)
            for old in [*self._asks][:-_KEPT]:
                del self._asks[old]
            loop = self._running_loop()
        loop.call(self._start, number, key)

    def check(
        self, vantage: PublicVantage, panels: Sequence[tuple[str, str | None]] | None = None, *, allowed: int
    ) -> "AtlasKey | None":
        """Return the key that a question needs. Raises CannotRunError where it cannot be asked."""
        if not self._online:
            raise CannotRunError(f"{vantage.text} is not asked here: offline, or a simulated internet")
        traces = () if vantage.measurement is not None else self._wanted(panels)
        cost, key = self.credits_for(vantage, panels), None
        if vantage.platform is Platform.ATLAS and vantage.measurement is None:
            key = self._key()
            if key is None:
                raise CannotRunError(f"{vantage.text}: {_KEY_WANTED}")
        if cost > allowed:
            raise CannotRunError(
                f"{vantage.text}: {counted(vantage.limit, 'probe')}, {counted(len(traces), 'endpoint')}: "
                f"up to {cost} credits of RIPE Atlas: allow it with --atlas-credits {cost}"
            )
        return key

    def ask_later(
        self, vantages: Sequence[PublicVantage], ready: Callable[[], object], *, allowed: int
    ) -> None:
        """Ask once `ready` returns; what is in the way then stands in the question."""

        def work() -> None:
            ready()
            left = allowed
            for vantage in vantages:
                try:
                    self.ask(vantage, allowed=left)
                    left -= self.credits_for(vantage)
                except TracetuiError as error:
                    with self._idle:
                        self._count += 1
                        self._version += 1
                        failed = VantageAsk(vantage, (), AskStage.FAILED, problem=str(error))
                        self._asks[self._count] = failed

        threading.Thread(target=work, name="tracetui-ask-later", daemon=True).start()

    def _wanted(self, panels: Sequence[tuple[str, str | None]] | None) -> tuple[WantedTrace, ...]:
        """Return what is to be traced. Raises CannotRunError where nothing can be, or too much."""
        lanes = [lane for lane in self._lanes() if panels is None or lane.panel in panels]
        traces = wanted_traces(lanes)
        if not traces:
            raise CannotRunError("no endpoint to trace from elsewhere: add a target")
        for one in traces:
            special = special_purpose(one.address)
            if special is not None:
                raise CannotRunError(f"{one.address}: nobody else can trace to it, it is {special.name}")
        if len(traces) > MAX_TRACES:
            raise CannotRunError(
                f"{len(traces)} endpoints and services: a public vantage traces {MAX_TRACES} at a time"
            )
        return traces

    def _running_loop(self) -> LoopThread:
        """Return the loop, started when it is first needed."""
        if self._loop is None:
            self._loop = LoopThread("tracetui-public-vantages")
            self._loop.start(_forever())
        return self._loop

    # Credits

    def ask_balance(self) -> None:
        """Have RIPE Atlas tell how many credits the user has; `balance` is that, once it has answered."""
        key = self._key() if self._online else None
        if key is None:
            return
        with self._idle:
            if self._closed:
                return
            self._balance = None
            loop = self._running_loop()
        loop.call(self._start_balance, key)

    @property
    def balance(self) -> int | None:
        """Credits of RIPE Atlas; None where it was not asked, or does not tell."""
        with self._idle:
            return self._balance

    def _start_balance(self, key: "AtlasKey") -> None:
        self._balance_task = asyncio.get_running_loop().create_task(self._find_balance(key))

    async def _find_balance(self, key: "AtlasKey") -> None:
        balance = await self._atlas(key).balance()
        with self._idle:
            self._balance = balance

    # How it stands

    @property
    def version(self) -> int:
        """Grows with every change of a question."""
        with self._idle:
            return self._version

    def add_to(self, evidence: OutsideEvidence) -> OutsideEvidence:
        """Return `evidence` with all questions; the same object while nothing is new."""
        asks = tuple(map(_as_facts, self.asks))
        return evidence if asks == evidence.public_asks else replace(evidence, public_asks=asks)

    @property
    def asks(self) -> tuple[VantageAsk, ...]:
        """All questions, the last ones, in their order."""
        with self._idle:
            return tuple(self._asks.values())

    def cancel(self) -> None:
        """Cancel what runs; what arrived is kept."""
        if self._loop is not None:
            self._loop.call(self._cancel)

    def settle(self, timeout_s: float) -> bool:
        """Wait until everything is answered, at most `timeout_s`; True when it is."""
        with self._idle:
            return self._idle.wait_for(
                lambda: all(one.stage.is_over for one in self._asks.values()), timeout_s
            )

    def close(self) -> None:
        """Cancel what runs."""
        with self._idle:
            self._closed = True
        if self._loop is not None:
            self.cancel()
            self.settle(_STOP_S)  # measurements that cost credits are stopped meanwhile
            self._loop.stop(_STOP_S)

    # On the loop

    def _start(self, number: int, key: "AtlasKey | None") -> None:
        task = asyncio.get_running_loop().create_task(self._work(number, key))
        self._tasks[number] = task
        task.add_done_callback(lambda _: self._ended(number))

    def _ended(self, number: int) -> None:
        """Forget a task; one that was cancelled before it began has said nothing."""
        del self._tasks[number]
        ask = self._asks.get(number)
        if ask is not None and not ask.stage.is_over:
            self._note(number, replace(ask, stage=AskStage.CANCELLED))

    def _cancel(self) -> None:
        for task in self._tasks.values():
            task.cancel()

    async def _work(self, number: int, key: "AtlasKey | None") -> None:
        from tracetui.evidence.platforms.platform_job import PlatformJob

        job = PlatformJob(self._asks[number], lambda ask: self._note(number, ask), self._take, self._names)
        stage, problem = AskStage.DONE, ""
        try:
            await self._client(job.ask.vantage, key, job)
        except EvidenceError as error:
            problem = str(error)
        except asyncio.CancelledError:
            stage = AskStage.CANCELLED
        except Exception as error:  # noqa: BLE001  (whatever a platform answers, tracing goes on)
            problem = f"{job.ask.vantage.platform}: malformed answer: {type(error).__name__}"
        problem = job.ask.problem or problem
        if problem and not job.ask.imported and stage is AskStage.DONE:
            stage = AskStage.FAILED
        self._note(number, replace(job.ask, stage=stage, problem=problem, waits_until=None))

    def _client(
        self, vantage: PublicVantage, key: "AtlasKey | None", job: "PlatformJob"
    ) -> Coroutine[None, None, None]:
        if vantage.platform is Platform.GLOBALPING:
            return self._globalping().run(job)
        return self._atlas(key).run(job)

    def _note(self, number: int, ask: VantageAsk) -> None:
        with self._idle:
            if number in self._asks:
                self._asks[number] = ask
                self._version += 1
            self._idle.notify_all()


def _as_facts(ask: VantageAsk) -> VantageAsk:
    """Return a question with typed references, so that the privacy mask finds them."""
    return replace(
        ask,
        traces=tuple(replace(one, address=Address(one.address)) for one in ask.traces),
        problem=ForeignText(ask.problem),
        remarks=tuple(map(ForeignText, ask.remarks)),
    )


async def _forever() -> None:
    await asyncio.Event().wait()
