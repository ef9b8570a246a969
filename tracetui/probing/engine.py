"""The engine: one thread that sends due probes, counts replies, times probes out and publishes traces."""

import contextlib
import gc
import heapq
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from queue import SimpleQueue
from typing import Final

from tracetui.model import FlowKind, Lane, Role
from tracetui.probing.clock import Clock
from tracetui.probing.due_queue import DueQueue
from tracetui.probing.interruptions import NoInterruptions
from tracetui.probing.lane_counts import LaneCounts
from tracetui.probing.lane_engine import LaneEngine
from tracetui.probing.lane_schedule import LaneSchedule
from tracetui.probing.outstanding_probes import DUPLICATE, OutstandingProbes
from tracetui.probing.pace import (
    EARLY_S,
    MAX_LAG,
    SWEEP_PROBES_PER_S,
    SWEEP_SPACING_S,
    SWEEP_STAGGER_LIMIT_S,
    SWEEP_STAGGER_S,
    Pace,
)
from tracetui.probing.prober import ProbeNotSentError, Prober, ProbeWaitsError
from tracetui.probing.published import Published
from tracetui.probing.send_delays import SendDelays
from tracetui.probing.send_rate import SendRate

_NS: Final = 1_000_000_000
_EARLY_NS: Final = int(EARLY_S * _NS)
_IDLE_NS: Final = _NS
"""How long the loop waits when nothing is due; commands wake it."""

_PUBLISH_PAUSE_FACTOR: Final = 10
"""Publishing pauses for this many times as long as it took: with very many lanes it happens less often."""

_LAST_READ_NS: Final = _NS // 100
"""How long replies may wait to be read once all probes are sent: somebody waits for the last reply."""

_GOLDEN_RATIO: Final = 0.618034
"""The fractional parts of its multiples are spread evenly, however many there are."""

_MAX_BEHIND_NS: Final = _NS
"""How long probes wait for what has arrived to be read."""

_WAIT_NS: Final = _NS // 10
"""After this long a probe is tried again that a limit of ours held back."""

_BURST: Final = 64
"""Probes sent in a row before replies are read."""

_MAX_REMOVED_LANES: Final = 64
"""Removed lanes whose measurements are kept for undoing the removal."""


class Engine(LaneEngine):
    """Traces many lanes at once.

    `start` runs it on its own thread; `run_until` runs it on the caller's thread, for tests and headless
    demos on a virtual clock. With `publish_every_s` None it publishes only when `run_until` returns.
    Replies wait at most `read_every_s` to be read; None: until traces are published.
    """

    def __init__(
        self,
        prober: Prober,
        clock: Clock,
        pace: Pace,
        *,
        random_source: random.Random | None = None,
        publish_every_s: float | None = 0.2,
        read_every_s: float | None = None,
        make_counts: Callable[[Lane, FlowKind, int], LaneCounts] = LaneCounts,
        watch: NoInterruptions = NoInterruptions(),  # noqa: B008  (it holds nothing)
    ) -> None:
        self.send_delays = SendDelays()
        self.crash: Exception | None = None
        """What ended the engine's thread, if anything did."""
        self._prober = prober
        self._clock = clock
        self._watch = watch
        self._pace = pace
        self._rate = SendRate(pace.max_rate)
        self._random = random_source or random.Random()  # noqa: S311  (order of probes, no secret)
        self._outstanding = OutstandingProbes(int(pace.timeout_s * _NS), prober.forget)
        self._publish_every_ns = None if publish_every_s is None else int(publish_every_s * _NS)
        self._publish_due_ns = 0
        self._read_after_ns = int(read_every_s * _NS) if read_every_s else self._publish_every_ns or _IDLE_NS
        self._dropped = 0
        """Packets that the receiver had lost when it was asked last."""

        self._unread_ns = -1
        """Replies to probes that were sent by then may have been lost by our receiver."""

        self._read_up_ns = 0
        """When all that had arrived was read last."""

        self._make_counts = make_counts
        self._published = Published()
        self._dirty = False
        self._duplicates = 0
        self._schedules: dict[str, LaneSchedule] = {}
        self._removed: dict[str, LaneSchedule] = {}
        self._due = DueQueue()
        self._commands: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._stopping = threading.Event()
        self._loaded = False
        """Whether lanes have been opened, and so all code that probing needs has been imported."""

        self._thread: threading.Thread | None = None

    # From any thread

    def start(self) -> None:
        """Run on its own thread until `close`."""
        self._thread = threading.Thread(target=self._run, name="tracetui-engine", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.run_until(None)
            self._outstanding.forget_all()
        except Exception as error:  # noqa: BLE001  (reported by the next snapshot: a dead engine must not look idle)
            self.crash = error
            with contextlib.suppress(Exception):
                self._publish(None)

    @property
    def published(self) -> Published:
        """The newest traces; the same object while nothing has changed."""
        return self._published

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread that `start` made, at most `timeout_s`; True when it has ended."""
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def stop(self) -> None:
        self._stopping.set()
        self._prober.wake()

    def close(self) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join()
        self._prober.close()

    # The loop

    def run_until(self, until_ns: int | None) -> bool:
        """Run until the monotonic time `until_ns`, until every lane has done its rounds, or until stopped.

        Returns True when every lane is done (never for lanes without a limit of rounds).
        """
        while not self._stopping.is_set():
            self._run_command()
            now_ns = self._clock.monotonic_ns()
            if self._watch.look(now_ns):
                self._leave_out_open_rounds(now_ns)
            if until_ns is not None and now_ns >= until_ns:
                break
            self._send_due(now_ns)
            now_ns = self._clock.monotonic_ns()
            self._expire(now_ns)
            self._publish(now_ns)
            if self._done():
                break
            wake_ns = self._next_ns(now_ns, until_ns)
            self._watch.expect(now_ns, wake_ns)
            self._receive(wake_ns)
        self._publish(None)
        return self._done()

    def _leave_out_open_rounds(self, now_ns: int) -> None:
        """The program or the machine stood still: what was on its way says nothing."""
        self._unread_ns = now_ns
        for schedule in self._schedules.values():
            schedule.interrupt(now_ns)
        self._due.refill(self._schedules.values())
        self._dirty = True

    def _expire(self, now_ns: int) -> None:
        """Give up the probes whose time is over, once all that came in that time is read."""
        if self._prober.dropped != self._dropped:
            self._dropped, self._unread_ns = self._prober.dropped, now_ns
        if not self._prober.behind:
            self._read_up_ns = now_ns
        elif now_ns - self._read_up_ns > _MAX_BEHIND_NS:
            self._unread_ns = now_ns
        else:
            return
        for probe, lost in self._outstanding.expire(now_ns, self._unread_ns):
            schedule = self._schedules[probe.lane_id]
            if lost:
                schedule.count_lost(probe)
            else:
                schedule.count_unread(probe)
            self._dirty = True

    def _done(self) -> bool:
        if self._due.entries or not self._schedules or not self._commands.empty():
            return False
        return all(schedule.idle for schedule in self._schedules.values())

    def _next_ns(self, now_ns: int, until_ns: int | None) -> int:
        if not self._commands.empty() or self._prober.behind:
            return 0
        moment = now_ns + _IDLE_NS
        due, deadline_ns = self._due.entries, self._outstanding.next_deadline_ns()
        if deadline_ns is not None:
            read_after_ns = self._read_after_ns if due else _LAST_READ_NS
            moment = min(now_ns + read_after_ns, deadline_ns)
        if due and due[0][0] < moment:
            moment = min(moment, self._rate.next_ns(due[0][0], now_ns))
        if self._dirty and self._publish_every_ns is not None and self._publish_due_ns < moment:
            moment = self._publish_due_ns
        return moment if until_ns is None else min(moment, until_ns)

    def _send_due(self, now_ns: int) -> None:
        due, left = self._due.entries, _BURST
        until_ns = now_ns + _EARLY_NS if due and due[0][0] <= now_ns else now_ns
        while left > 0 and due and due[0][0] <= until_ns and self._rate.allows(now_ns):
            due_ns, order, schedule = due[0]
            if schedule.removed:
                heapq.heappop(due)
                continue
            if due_ns > now_ns and not schedule.may_be_early:
                return
            left -= self._send_together(schedule, now_ns, due_ns)
            if schedule.due_ns is None:
                heapq.heappop(due)
            else:
                heapq.heapreplace(due, (schedule.due_ns, order, schedule))

    def _send_together(self, schedule: LaneSchedule, now_ns: int, due_ns: int) -> int:
        """Send the probes of a lane that leave at one wake-up; return how many there were."""
        if schedule.between_rounds:
            schedule.start_round(now_ns, self._clock.unix_ns(), self._watch.stopped_ns)
        self._dirty = True
        together_ns, sent = schedule.due_ns, 0
        while schedule.due_ns == together_ns and not schedule.between_rounds and self._rate.allows(now_ns):
            probe = schedule.next_probe()
            try:
                handle = self._prober.send(probe)
            except ProbeWaitsError as error:
                schedule.hold_back(probe, now_ns + _WAIT_NS, str(error))
                break
            except ProbeNotSentError as error:
                schedule.count_failure(str(error))
                break
            sent_ns = self._clock.monotonic_ns()
            self._rate.count(sent_ns)
            self.send_delays.add(sent_ns - due_ns)
            self._outstanding.add(probe, handle, sent_ns)
            schedule.count_sent(probe)
            sent += 1
        if sent:
            prober, lane_id = self._prober, schedule.lane_id
            counts = schedule.counts
            counts.set_source(prober.source(lane_id), prober.flow_id(lane_id), prober.flow_numbers(lane_id))
        return max(1, sent)

    def _receive(self, until_ns: int) -> None:
        for probe, reply in self._prober.wait(until_ns):
            schedule = self._schedules.get(probe.lane_id)
            if schedule is None:
                continue
            self._dirty = True
            arrival = self._outstanding.take_reply(probe, reply.kind)
            if arrival is DUPLICATE:
                self._duplicates += 1
                continue
            due_ns, set_by_ns = schedule.due_ns, self._watch.set_by_ns
            if set_by_ns:
                reply = reply._replace(received_ns=reply.received_ns - set_by_ns)  # noqa: PLW2901
            schedule.count_reply(probe, reply, arrival)
            if schedule.due_ns != due_ns:
                self._due.move(schedule)

    def _publish(self, now_ns: int | None) -> None:
        """Publish when something changed; at most every `publish_every_s`, or now when `now_ns` is None."""
        if not self._dirty:
            return
        every_ns = self._publish_every_ns
        if now_ns is not None and (every_ns is None or now_ns < self._publish_due_ns):
            return
        self._dirty = False
        self._published = Published(
            version=self._published.version + 1,
            traces=tuple(one.counts.trace(finished=one.idle) for one in self._schedules.values()),
            counters=replace(self._prober.counters, duplicate=self._duplicates),
            stretched_s=self._rate.stretched_s(self._pace.interval_s),
            interruptions=self._watch.interruptions,
        )
        if now_ns is not None and every_ns is not None:
            cost_ns = self._clock.monotonic_ns() - now_ns
            self._publish_due_ns = now_ns + max(every_ns, cost_ns * _PUBLISH_PAUSE_FACTOR)

    # Commands, on the engine's thread

    def _command(self, command: Callable[[], object]) -> None:
        self._commands.put(command)
        self._prober.wake()

    def _run_command(self) -> None:
        """Obey one command; the next waits for its turn of the loop, as opening many lanes takes its time."""
        if not self._commands.empty():  # this thread is the only reader
            self._commands.get_nowait()()
            self._dirty = True
            self._publish_due_ns = 0

    def _add(self, lanes: Sequence[Lane]) -> None:
        new = [lane for lane in lanes if lane.id not in self._schedules]
        for lane in new:
            with contextlib.suppress(ProbeNotSentError):  # the first send says the same, where it is counted
                self._prober.open_lane(lane)
        if not self._loaded:
            # What is loaded by now stays. The collector need not go through it again and again: that takes
            # tens of milliseconds, in which no probe leaves. Once: garbage that is frozen is never freed.
            gc.freeze()
            self._loaded = True
        now_ns, unix_ns = self._clock.monotonic_ns(), self._clock.unix_ns()
        spacing_s = max(SWEEP_SPACING_S, len(new) / min(SWEEP_PROBES_PER_S, self._pace.max_rate))
        stagger_s = min(SWEEP_STAGGER_S, SWEEP_STAGGER_LIMIT_S / max(1, len(new)))
        for index, lane in enumerate(new):
            schedule = LaneSchedule(
                self._make_counts(lane, self._prober.flow(lane), unix_ns),
                self._pace,
                self._rate,
                due_ns=now_ns + int(index * stagger_s * _NS),
                random_source=self._random,
                sweep_spacing_ns=int(spacing_s * _NS),
                lag=len(self._schedules) * _GOLDEN_RATIO % 1 * MAX_LAG,
            )
            self._schedules[lane.id] = schedule
            self._due.move(schedule)

    def _remove(self, lane_ids: Sequence[str]) -> None:
        for lane_id in lane_ids:
            schedule = self._schedules.pop(lane_id, None)
            if schedule is not None:
                schedule.remove()
                self._prober.close_lane(lane_id)
                self._removed.pop(lane_id, None)
                self._removed[lane_id] = schedule
        self._outstanding.keep(self._schedules)
        for lane_id in list(self._removed)[:-_MAX_REMOVED_LANES]:
            del self._removed[lane_id]

    def _bring_back(self, lanes: Sequence[Lane]) -> None:
        now_ns = self._clock.monotonic_ns()
        for lane in lanes:
            schedule = None if lane.id in self._schedules else self._removed.pop(lane.id, None)
            if schedule is not None:
                with contextlib.suppress(ProbeNotSentError):  # as in `_add`
                    self._prober.open_lane(lane)
                schedule.counts.set_role(lane.role)
                schedule.resume(now_ns)
                self._schedules[lane.id] = schedule
                self._due.move(schedule)
        self._add(lanes)

    def _set_pace(self, pace: Pace) -> None:
        self._pace = pace
        self._rate.limit_to(pace.max_rate)
        now_ns = self._clock.monotonic_ns()
        for schedule in self._schedules.values():
            schedule.set_pace(pace, now_ns)
        self._due.refill(self._schedules.values())

    def _set_role(self, lane_ids: Sequence[str], role: Role) -> None:
        for lane_id in lane_ids:
            if lane_id in self._schedules:
                self._schedules[lane_id].counts.set_role(role)

    def _restart(self) -> None:
        now_ns, unix_ns = self._clock.monotonic_ns(), self._clock.unix_ns()
        for schedule in self._schedules.values():
            schedule.restart(now_ns, unix_ns)
        self._due.refill(self._schedules.values())
