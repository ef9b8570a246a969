"""What traces the lanes of an investigation: the engine on this machine, and one at each vantage."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from tracetui.analysis.cache import Remembered
from tracetui.model import CannotRunError, Lane, Role, safe_text
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.probing.arrival_watch import WatchedFlow
from tracetui.probing.arrivals_here import ArrivalsHere
from tracetui.probing.engine import Engine
from tracetui.probing.lane_engine import LaneEngine
from tracetui.probing.pace import Pace
from tracetui.probing.published import Published
from tracetui.vantage.vantage_engine import VantageEngine

OpenVantage: TypeAlias = Callable[[str], VantageEngine]
"""Makes the engine of a vantage, by its name or address. Raises CannotRunError."""


class Tracers(LaneEngine):
    """Gives every lane to the engine that it belongs to."""

    def __init__(
        self,
        here: Engine,
        remote: Sequence[VantageEngine] = (),
        open_vantage: OpenVantage | None = None,
        simulated: Sequence[RemoteVantage] = (),
        arrivals_here: ArrivalsHere | None = None,
    ) -> None:
        """`simulated`: vantages of a simulated internet, whose lanes the engine here traces too.

        `arrivals_here` sees probes arrive at this machine, and at simulated vantages; None: nobody does.
        """
        self._arrivals_here = arrivals_here
        self.here = here
        """The engine on this machine."""

        self._open_vantage = open_vantage
        self._ended: dict[str, VantageEngine] = {}
        """Those of removed vantages, by name: they keep what was measured, and can be started again."""

        self._simulated = tuple(simulated)
        self._watched: Sequence[WatchedFlow] = ()
        self._remote = {engine.name: engine for engine in remote}
        self._joined = Remembered[Published]()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the vantages."""
        return (*(one.name for one in self._simulated), *self._remote)

    def add_vantage(self, text: str) -> str:
        """Trace from another place too; return its name. Raises CannotRunError."""
        if self._open_vantage is None:
            raise CannotRunError("no other place can trace a simulated internet")
        engine = self._open_vantage(text)
        if engine.name in self._remote:
            raise CannotRunError(f"{engine.name} traces already")
        self._ended.pop(engine.name, None)
        self._begin(engine)
        return engine.name

    def remove_vantage(self, name: str, lane_ids: Sequence[str]) -> None:
        """Trace from a place no more, which has these lanes. Raises CannotRunError where it is none."""
        if name not in self._remote:
            names = ", ".join(self._remote) or "there is none"
            raise CannotRunError(f"{safe_text(name, limit=80)!r} is no vantage here ({names})")
        self._ended[name] = self._remote[name]
        self._remote[name].remove(lane_ids)
        self._remote[name].stop()
        self._remote = {other: engine for other, engine in self._remote.items() if other != name}

    def open_again(self, names: Iterable[str | None]) -> None:
        """Trace again from vantages that were removed; their lanes have what they measured before."""
        for name in dict.fromkeys(names):
            if name is not None and name not in self.names:
                self._begin(self._ended.pop(name))

    def _begin(self, engine: VantageEngine) -> None:
        self._remote = {**self._remote, engine.name: engine}  # other threads read it
        engine.start()

    @property
    def crash(self) -> Exception | None:
        """What ended the engine here, if anything did."""
        return self.here.crash

    def start(self) -> None:
        """Start all."""
        self.here.start()
        for engine in self._remote.values():
            engine.start()

    def run_until(self, until_ns: int) -> bool:
        """Run the engine here on this thread, as `Engine.run_until` does."""
        return self.here.run_until(until_ns)

    @property
    def published(self) -> Published:
        """The newest traces of all; the same object while nothing has changed."""
        here, far = self.here.published, [engine.published for engine in self._remote.values()]
        seen_here = () if self._arrivals_here is None else self._arrivals_here.arrivals
        if not far and not seen_here:
            return here
        return self._joined.get(
            (here, *far, seen_here),
            lambda: replace(
                here,
                traces=(*here.traces, *(trace for one in far for trace in one.traces)),
                arrivals=(*seen_here, *(seen for one in far for seen in one.arrivals)),
            ),
        )

    @property
    def vantages(self) -> tuple[RemoteVantage, ...]:
        """The vantages and how the connections to them stand."""
        return (*self._simulated, *(engine.published.vantage for engine in self._remote.values()))

    def join(self, timeout_s: float) -> bool:
        """Wait at most `timeout_s` until all rounds are done everywhere."""
        end_s = time.monotonic() + timeout_s
        return all(engine.join(max(0.0, end_s - time.monotonic())) for engine in self._all)

    def stop(self) -> None:
        """Send no more; what was measured stays published."""
        for engine in self._all:
            engine.stop()

    def watch_arrivals(self, flows: Sequence[WatchedFlow]) -> None:
        """See probes of these flows arrive where they should, and of no others."""
        if flows == self._watched:
            return
        self._watched = flows
        if self._arrivals_here is not None:
            self._arrivals_here.watch([flow for flow in flows if flow.seen_by not in self._remote])
        for name, engine in self._remote.items():
            engine.watch_arrivals([flow for flow in flows if flow.seen_by == name])

    def close(self) -> None:
        """Stop all, close sockets and connections."""
        self.stop()
        if self._arrivals_here is not None:
            self._arrivals_here.close()
        for engine in (*self._all, *self._ended.values()):
            engine.close()

    # Commands

    def _command(self, command: Callable[[], object]) -> None:
        command()  # every engine obeys on its own thread

    def _add(self, lanes: Sequence[Lane]) -> None:
        for engine, own in self._by_engine(lanes):
            engine.add(own)

    def _bring_back(self, lanes: Sequence[Lane]) -> None:
        for engine, own in self._by_engine(lanes):
            engine.bring_back(own)

    def _remove(self, lane_ids: Sequence[str]) -> None:
        for engine in self._all:
            engine.remove(lane_ids)

    def _set_role(self, lane_ids: Sequence[str], role: Role) -> None:
        for engine in self._all:
            engine.set_role(lane_ids, role)

    def _set_pace(self, pace: Pace) -> None:
        for engine in self._all:
            engine.set_pace(pace)

    def _restart(self) -> None:
        for engine in self._all:
            engine.restart()

    @property
    def _all(self) -> tuple[LaneEngine, ...]:
        return (self.here, *self._remote.values())

    def _by_engine(self, lanes: Sequence[Lane]) -> list[tuple[LaneEngine, list[Lane]]]:
        engines: dict[str | None, LaneEngine] = {None: self.here}
        engines.update((one.name, self.here) for one in self._simulated)
        engines.update(self._remote)
        return [
            (engine, own)
            for via, engine in engines.items()
            if (own := [lane for lane in lanes if lane.via == via])
        ]
