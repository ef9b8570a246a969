"""Estimates how many hops a reply took to come back, from the TTL it arrived with, and says so in words."""

from typing import Final

INITIAL_TTLS: Final = (32, 64, 128, 255)
"""What systems send packets with: 64 (Linux, BSD, macOS; RFC 1700 recommends it), 128 (Windows), 255 (most
routers' ICMP), 32 (some old hosts)."""

_MAX_APART: Final = 2
"""The difference in hops from which the paths are said to differ: some routers count one more or less."""

RETURN_PATH_LIMITS: Final = "estimated from the nearest of 32, 64, 128, 255; tunnels hide hops"


def initial_ttl(reply_ttl: int) -> int:
    """Return the TTL that a reply was probably sent with: the next of 32, 64, 128 and 255 (255 at most)."""
    return next((initial for initial in INITIAL_TTLS if initial >= reply_ttl), INITIAL_TTLS[-1])


def hops_back(reply_ttl: int) -> int:
    """Return the estimated length of the way back, counted as TTLs are: 1 for the next router.

    Each router on the way takes one off, and the sender none: what came from TTL 5 by the same way arrives
    with four less than it was sent with. An estimate: senders may choose another TTL, tunnels (MPLS) may take
    none off, and a reply to a probe that expired in a tunnel may travel to the tunnel's end first.
    """
    return max(1, initial_ttl(reply_ttl) - reply_ttl + 1)


def return_path_words(reply_ttl: tuple[int, int], ttl: int) -> str:
    """Return `reply TTL 247: about 9 hops back, 5 out: the paths may differ`.

    `reply_ttl` is the lowest and the highest that replies arrived with, `ttl` the hop's own. Whether the way
    back differs cannot be known from it; `RETURN_PATH_LIMITS` says why.
    """
    low, high = reply_ttl
    nearest, farthest = sorted((hops_back(high), hops_back(low)))
    arrived = f"reply TTL {low}" if low == high else f"reply TTL {low}–{high}"
    back = f"about {nearest} hop{'s' if nearest > 1 else ''} back"
    if nearest != farthest:
        back = f"about {nearest}–{farthest} hops back"
    if nearest <= ttl <= farthest:
        return f"{arrived}: {back}, {'as many out' if nearest == farthest else f'{ttl} out'}"
    distance = nearest - ttl if nearest > ttl else ttl - farthest
    return f"{arrived}: {back}, {ttl} out" + (": the paths may differ" if distance >= _MAX_APART else "")
