"""Targets resolve some at a time; whatever goes wrong is the target's own line; very many lanes wait."""

import asyncio
import threading

import pytest

from tracetui.investigation.board_targets import Targets
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.target_resolver import TargetResolver
from tracetui.model import Lane, ResolutionError, parse_target


class Names:
    """Resolves `hN` and `mxN`; what else is asked for raises what the test says."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.now = self.most = self.asked = 0

    async def addresses(self, host: str, family: int) -> tuple[str, ...]:
        self.asked += 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0.001)
        finally:
            self.now -= 1
        if not host.startswith("h"):
            raise self.error or ResolutionError(f"{host}: no such name (NXDOMAIN)")
        return (f"198.18.{int(host[1:]) >> 8}.{int(host[1:]) & 255}",) if family == 4 else ()

    async def mail_exchangers(self, domain: str) -> tuple[str, ...]:
        return tuple(f"h{number}" for number in range(int(domain[2:])))

    async def pointer(self, address: str) -> None:
        return None


class Board:
    def __init__(self, names: Names, settings: Settings = Settings()) -> None:  # noqa: B008  (frozen)
        self.targets = Targets()
        self.lanes: dict[str, list[Lane]] = {}
        self.threads: set[str] = set()
        self.resolver = TargetResolver(names, settings, self._resolved, lambda _: None)

    def _resolved(self, entry, lanes) -> None:
        self.threads.add(threading.current_thread().name)
        self.lanes[entry.target.text] = self.targets.set_lanes(entry, lanes)
        entry.resolved.set()

    def resolve(self, *words: str):
        return self._wait([self.targets.add(parse_target(word)) for word in words])

    def allow(self, text: str):
        return self._wait(self.targets.allow(text))

    def _wait(self, entries):
        for entry in entries:
            self.resolver.submit(entry)
        for entry in entries:
            assert entry.resolved.wait(20)
        return self.targets.unresolved()


def test_four_hundred_names_take_one_thread():
    names = Names()
    board = Board(names)
    assert board.resolve(*(f"h{number}" for number in range(400))) == ()
    assert sum(map(len, board.lanes.values())) == 800
    assert board.threads == {"tracetui-resolve"}
    assert names.most <= 32, "sixteen names, in two families"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ResolutionError("bad: no answer"), "bad: no answer"),
        (OSError(24, "Too many open files"), "bad: cannot be resolved: Too many open files"),
        (RuntimeError("boom"), "bad: cannot be resolved: RuntimeError('boom')"),
    ],
)
def test_an_error_is_the_line_of_its_target_and_the_others_resolve(error, words):
    board = Board(Names(error))
    [bad] = board.resolve("bad", "h1")
    assert (bad.target, bad.problem) == ("bad", words)
    assert len(board.lanes["h1"]) == 2


def test_where_no_event_loop_can_be_had_each_target_says_so(monkeypatch):
    def refuse(main):
        main.close()
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(asyncio, "run", refuse)
    found = Board(Names()).resolve("h1", "h2")
    assert [one.problem for one in found] == [
        f"{host}: cannot be resolved: Too many open files" for host in ("h1", "h2")
    ]


def test_a_target_that_is_added_later_does_not_wait_for_a_slow_one_and_no_thread_stays():
    names, held = Names(), asyncio.Event()
    board = Board(names)
    loops = []

    async def slow(host: str, family: int) -> tuple[str, ...]:
        if host == "slow":
            loops.append(asyncio.get_running_loop())
            await held.wait()
            return ()
        return (f"198.18.0.{family}",)

    names.addresses = slow
    first, second = board.targets.add(parse_target("slow")), board.targets.add(parse_target("h1"))
    board.resolver.submit(first)
    board.resolver.submit(second)
    assert second.resolved.wait(20)
    assert not first.resolved.is_set()
    loops[0].call_soon_threadsafe(held.set)
    assert first.resolved.wait(20)
    for thread in threading.enumerate():
        if thread.name == "tracetui-resolve":
            thread.join(20)
    assert not [thread for thread in threading.enumerate() if thread.name == "tracetui-resolve"]
    third = board.targets.add(parse_target("h2"))
    board.resolver.submit(third)
    assert third.resolved.wait(20)


def test_very_many_lanes_of_one_target_wait_until_they_are_allowed():
    board = Board(Names())
    [big] = board.resolve("mx:mx17", "mx:mx3")
    assert (big.target, big.lanes, len(board.lanes["mx:mx3"])) == ("mx:mx17", 34, 6)
    assert "34 lanes (17 addresses)" in big.problem
    assert "--max-lanes 34" in big.problem
    assert board.allow("mx:mx17") == ()
    # h0 to h2 are traced already, under the other name
    assert len(board.lanes["mx:mx17"]) == 34 - 6
    assert board.targets.allow("mx:mx17") == []


def test_very_many_exchangers_are_not_even_resolved_until_they_are_allowed():
    names = Names()
    board = Board(names)
    [big] = board.resolve("mx:mx1200")
    assert names.asked == 0
    assert big.lanes == 2400
    assert "about 2400 lanes (1200 exchangers)" in big.problem
    assert "--max-lanes 2400" in big.problem
    assert board.allow("mx:mx1200") == ()
    assert len(board.lanes["mx:mx1200"]) == 2400


def test_what_goes_wrong_after_the_users_word_is_the_line_of_the_target(monkeypatch):
    names = Names()
    board = Board(names)
    board.resolve("mx:mx40")

    async def gone(domain: str) -> tuple[str, ...]:
        raise ResolutionError(f"{domain}: no answer")

    monkeypatch.setattr(names, "mail_exchangers", gone)
    [big] = board.allow("mx:mx40")
    assert (big.problem, big.lanes) == ("mx40: no answer", 0)


def test_the_limit_is_a_setting():
    board = Board(Names(), Settings(max_lanes=34))
    assert board.resolve("mx:mx17") == ()
    assert len(board.lanes["mx:mx17"]) == 34


def test_places_that_the_user_named_do_not_count_towards_the_limit():
    places = tuple(f"place{number}" for number in range(16))
    board = Board(Names(), Settings(vantages=places))
    [big] = board.resolve("h1", "mx:mx17")
    assert len(board.lanes["h1"]) == 17 * 2
    assert "34 lanes (17 addresses) from each place, and more than 32" in big.problem
    assert "--max-lanes 34 allows" in big.problem
