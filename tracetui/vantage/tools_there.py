"""Traces at an ssh host with our own probing, or where it has no Python for that, with a tool found there."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from tracetui.model import Lane, Role
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.probing.arrival_watch import WatchedFlow
from tracetui.probing.clock import Clock
from tracetui.probing.pace import Pace
from tracetui.vantage.command_engine import CommandEngine, CommandPace
from tracetui.vantage.command_run import run
from tracetui.vantage.remote_engine import RemoteEngine
from tracetui.vantage.ssh_command import SshAddress
from tracetui.vantage.trace_command import template_command
from tracetui.vantage.vantage_engine import RemotePublished, VantageEngine

_TOOLS: Final = {"mtr": "mtr", "traceroute": "linux-traceroute", "tracepath": "tracepath"}
"""Programs and their templates, the best first: mtr often may probe where a user may not."""

_WHERE: Final = 'env "PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin" '
_FIND: Final = f"{_WHERE}sh -c 'for tool in {' '.join(_TOOLS)}; do command -v $tool && exit; done; exit 1'"
_FIND_TIMEOUT_S: Final = 20.0
_LOOK_EVERY_S: Final = 0.2


class SshEngine(VantageEngine):
    """The lanes of one ssh host."""

    def __init__(self, remote: RemoteEngine, ssh: SshAddress, clock: Clock, own_pace: CommandPace) -> None:
        self._remote = remote
        self._engine: VantageEngine = remote
        self._ssh = ssh
        self._clock = clock
        self._own_pace = own_pace
        self._lanes: dict[str, Lane] = {}
        self._pace = remote.pace
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._decided = threading.Event()
        """It is clear which engine traces, or that none will."""

        self._thread: threading.Thread | None = None

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def published(self) -> RemotePublished:
        return self._engine.published

    def start(self) -> None:
        """Connect, in the background; again, after it was stopped."""
        self.close()
        self._stopping.clear()
        self._engine.start()
        if self._engine is self._remote:
            self._decided.clear()
            name = f"tracetui-{self._remote.name}-tools"
            self._thread = threading.Thread(target=self._watch, name=name, daemon=True)
            self._thread.start()

    def join(self, timeout_s: float) -> bool:
        end_s = time.monotonic() + timeout_s
        while True:
            engine = self._engine
            left_s = max(0.0, end_s - time.monotonic())
            if engine.join(min(left_s, _LOOK_EVERY_S)) and engine is self._engine and not self._searching:
                return True
            if left_s == 0:
                return False

    def stop(self) -> None:
        self._stopping.set()
        self._engine.stop()

    def close(self) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join()
        self._remote.close()
        self._engine.close()

    # Commands, with the lock held

    def _command(self, command: Callable[[], object]) -> None:
        with self._lock:
            command()

    def _add(self, lanes: Sequence[Lane]) -> None:
        self._lanes |= {lane.id: lane for lane in lanes}
        self._engine.add(lanes)

    def _remove(self, lane_ids: Sequence[str]) -> None:
        for lane_id in lane_ids:
            self._lanes.pop(lane_id, None)
        self._engine.remove(lane_ids)

    def _bring_back(self, lanes: Sequence[Lane]) -> None:
        self._lanes |= {lane.id: lane for lane in lanes}
        self._engine.bring_back(lanes)

    def _set_pace(self, pace: Pace) -> None:
        self._pace = pace
        self._engine.set_pace(pace)

    def _set_role(self, lane_ids: Sequence[str], role: Role) -> None:
        self._engine.set_role(lane_ids, role)

    def _watch_arrivals(self, flows: Sequence[WatchedFlow]) -> None:
        self._engine.watch_arrivals(flows)

    def _restart(self) -> None:
        self._engine.restart()

    @property
    def _searching(self) -> bool:
        return self._remote.no_python is not None and not self._decided.is_set()

    # The thread that looks for tools

    def _watch(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY_S):
            reason = self._remote.no_python
            if reason is not None:
                self._look_for_tools(reason, self._stopping.is_set)
                self._decided.set()
                return

    def _look_for_tools(self, reason: str, stopped: Callable[[], bool]) -> None:
        done = run(self._ssh.command(_FIND), _FIND_TIMEOUT_S, stopped)
        found = done.output.decode("utf-8", "replace").strip().rpartition("/")[2]
        template = _TOOLS.get(found)
        if template is None or done.status or stopped():
            return
        command = template_command(template, self._ssh, before=_WHERE)
        there = self._remote.published.vantage
        how = f"{found} over ssh {self._ssh}: {reason}"
        vantage = RemoteVantage(self.name, how, asn=there.asn, country=there.country)
        with self._lock:
            roles = {trace.lane.id: trace.lane.role for trace in self._remote.published.traces}
            engine = CommandEngine(vantage, command, self._clock, self._pace, self._own_pace)
            engine.add(list(self._lanes.values()))
            for lane_id, role in roles.items():
                engine.set_role([lane_id], role)
            engine.start()
            self._engine = engine
        self._remote.stop()
