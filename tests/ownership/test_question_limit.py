"""Questions to the DNS: no more in any second, and no more at a time, from any number of event loops."""

import asyncio
import threading
from bisect import bisect_left

from hypothesis import given, settings
from hypothesis import strategies as st

from ownership.dns_server import DnsServer, records
from tracetui.ownership.question_limit import QuestionLimit
from tracetui.ownership.system_names import SystemNames


@given(st.integers(1, 1000), st.lists(st.floats(0, 0.05), min_size=1, max_size=300))
@settings(deadline=None)
def test_no_second_has_more_than_the_limit(per_s, steps):
    now = [0.0]
    limit = QuestionLimit(8, per_s, lambda: now[0])
    asked = []
    for step in steps:
        now[0] += step
        asked.append(now[0] + limit._book())
    assert asked == sorted(asked)
    assert all(bisect_left(asked, at + 1.0 - 1e-9) - place <= per_s for place, at in enumerate(asked))


def test_names_of_two_event_loops_share_the_slots():
    zone = lambda name, kind: records("A 192.0.2.9")  # noqa: E731
    with DnsServer(zone, delay_s=0.05) as server:
        names = SystemNames(f"127.0.0.1:{server.port}", at_once=6)

        async def ask(first: int) -> None:
            await asyncio.gather(*(names.addresses(f"h{first + n}.example", 4) for n in range(12)))

        threads = [threading.Thread(target=lambda first=first: asyncio.run(ask(first))) for first in (0, 50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.asked) == 24
        assert server.most_at_once <= 6
