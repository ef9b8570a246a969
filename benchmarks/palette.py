"""How far apart the AS colours are, for eyes with and without colour-vision deficiency; chooses their order.

    python benchmarks/palette.py

Prints `docs/colours.md`'s table and what `AS_COLOURS` should be; nothing is random, nothing is timed.
A colour is measured as it is drawn: `as_colour_on` the backgrounds of the two themes. Deficiencies are
simulated as in Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
Deficiency" (2009), severity 1.0, in linear RGB. Distances are CIEDE2000 (Sharma, Wu and Dalal 2005); about 2
is the least that eyes see side by side, and colours of text need much more.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import combinations, permutations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import Final, TypeVar

from rich.color import Color as RichColor
from textual.color import Color

from tracetui.model.attribution import AS_COLOURS
from tracetui.tui.paint.as_palette import SIXTEEN_ON_DARK, SIXTEEN_ON_LIGHT, as_colour_on
from tracetui.tui.paint.themes import DARK, LIGHT

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]
T = TypeVar("T")
Apart = Callable[[T, T], float]

GIVEN: Final = (39, 208, 78, 205, 220, 141, 44, 112, 75, 179, 213)
"""Entries that the design asks for; one more is free."""

BEFORE: Final = (39, 208, 78, 205, 220, 141, 44, 112, 75, 179, 213, 173)
"""The order before anything was measured."""

THEMES: Final = {"dark": Color.parse(DARK.background or ""), "light": Color.parse(LIGHT.background or "")}
_LOSS: Final = (203, 196, 160, 167)
"""Reds, kept for loss: the free entry keeps away from them."""

_FROM_LOSS: Final = 15.0
_LEAST_LIGHTNESS: Final = 60.0
"""To be read on the dark theme; on the light one `as_colour_on` sees to it."""

_LEAST_CHROMA: Final = 25.0
"""Less is grey, which stands for what no AS holds."""

VISIONS: Final[dict[str, Matrix]] = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

_RGB_TO_XYZ: Final[Matrix] = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
"""Of linear sRGB (IEC 61966-2-1), white point D65."""

_WHITE: Final[Triple] = (0.95047, 1.0, 1.08883)


def _times(matrix: Matrix, vector: Triple) -> Triple:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def seen(colour: Color, vision: str) -> Triple:
    """Return CIELAB of `colour` as eyes of that vision see it."""
    linear = tuple(
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    simulated = _times(VISIONS[vision], (linear[0], linear[1], linear[2]))
    red, green, blue = (min(1.0, max(0.0, part)) for part in simulated)
    x, y, z = (
        _cube_root(part / white)
        for part, white in zip(_times(_RGB_TO_XYZ, (red, green, blue)), _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cube_root(ratio: float) -> float:
    return ratio ** (1 / 3) if ratio > (6 / 29) ** 3 else ratio / (3 * (6 / 29) ** 2) + 4 / 29


def ciede2000(one: Triple, other: Triple) -> float:
    """Return the CIEDE2000 distance of two CIELAB colours, all weights 1."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_chroma = (hypot(a1, b1) + hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - sqrt(mean_chroma**7 / (mean_chroma**7 + 25**7)))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = _hue(a1, b1), _hue(a2, b2)
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    if turn == -180 and h2 > h1:
        turn = 180.0
    delta_hue = 2 * sqrt(c1 * c2) * sin(radians(turn) / 2)
    if c1 * c2 == 0:
        mean_hue = h1 + h2
    elif abs(h1 - h2) <= 180:
        mean_hue = (h1 + h2) / 2
    else:
        mean_hue = (h1 + h2 + (360 if h1 + h2 < 360 else -360)) / 2
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * cos(radians(mean_hue - 30))
        + 0.24 * cos(radians(2 * mean_hue))
        + 0.32 * cos(radians(3 * mean_hue + 6))
        - 0.20 * cos(radians(4 * mean_hue - 63))
    )
    rotation = (
        -2 * sqrt(mean_c**7 / (mean_c**7 + 25**7)) * sin(radians(60 * exp(-(((mean_hue - 275) / 25) ** 2))))
    )
    in_l = (l2 - l1) / (1 + 0.015 * (mean_l - 50) ** 2 / sqrt(20 + (mean_l - 50) ** 2))
    in_c = (c2 - c1) / (1 + 0.045 * mean_c)
    in_h = delta_hue / (1 + 0.015 * mean_c * t)
    return sqrt(in_l**2 + in_c**2 + in_h**2 + rotation * in_c * in_h)


def _hue(a: float, b: float) -> float:
    return degrees(atan2(b, a)) % 360 if a or b else 0.0


@cache
def drawn(entry: int, theme: str, vision: str) -> Triple:
    """Return CIELAB of palette entry `entry` as it is drawn in a theme and seen."""
    return seen(as_colour_on(entry, THEMES[theme], sixteen=False), vision)


@cache
def distance(one: int, other: int, theme: str, vision: str) -> float:
    """Return how far apart two entries are."""
    return ciede2000(drawn(one, theme, vision), drawn(other, theme, vision))


@cache
def least_distance(one: int, other: int) -> float:
    """Return the same for the theme and the eyes that have it worst."""
    return min(distance(one, other, theme, vision) for theme in THEMES for vision in VISIONS)


def worst(entries: Iterable[int], theme: str, vision: str) -> tuple[float, int, int]:
    """Return the distance of the pair that is nearest, and the pair."""
    return min((distance(a, b, theme, vision), a, b) for a, b in combinations(entries, 2))


def worst_of_all(entries: Iterable[T], apart: Apart[T]) -> float:
    """Return the distance of the nearest pair."""
    return min(apart(a, b) for a, b in combinations(entries, 2))


def ordered(entries: Sequence[T], apart: Apart[T]) -> tuple[T, ...]:
    """Return `entries` so that the first of them are as far apart as can be, however many they are.

    From a first pair on, always the entry whose nearest neighbour among those before is farthest. Of all
    first pairs the one whose worst distances, each beside the best that any pair leads to, are best at their
    worst.
    """
    orders = dict.fromkeys(_grown(pair, entries, apart) for pair in permutations(entries, 2))
    curves = {order: [worst_of_all(order[:k], apart) for k in range(2, len(order) + 1)] for order in orders}
    tops = [max(curve[k] for curve in curves.values()) for k in range(len(entries) - 1)]
    return max(
        orders,
        key=lambda order: (
            min(reached / top for reached, top in zip(curves[order], tops, strict=True)),
            curves[order],
        ),
    )


def _grown(pair: tuple[T, T], entries: Sequence[T], apart: Apart[T]) -> tuple[T, ...]:
    order = list(pair)
    while len(order) < len(entries):
        left = [entry for entry in entries if entry not in order]
        order.append(max(left, key=lambda entry: min(apart(entry, other) for other in order)))
    return tuple(order)


def free_entry() -> int:
    """Return the entry beside those of the design that is farthest from them all, and from red and grey."""
    fitting = [
        entry
        for entry in range(16, 256)
        if entry not in GIVEN
        and min(least_distance(entry, red) for red in _LOSS) >= _FROM_LOSS
        and all(hypot(*drawn(entry, theme, "full")[1:]) >= _LEAST_CHROMA for theme in THEMES)
        and drawn(entry, "dark", "full")[0] >= _LEAST_LIGHTNESS
    ]
    return max(fitting, key=lambda entry: min(least_distance(entry, other) for other in GIVEN))


def chosen() -> tuple[int, ...]:
    """Return what `AS_COLOURS` should be."""
    return ordered((*GIVEN, free_entry()), least_distance)


def chosen_hues(hues: Sequence[tuple[int, int, int]]) -> tuple[tuple[int, int, int], ...]:
    """Return in which order hues of the sixteen should be given out."""

    def apart(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
        return min(ciede2000(seen(Color(*one), eyes), seen(Color(*other), eyes)) for eyes in VISIONS)

    return ordered(hues, apart)


def table(first: int) -> str:
    """Return the nearest pair of the first entries, before and now, as a Markdown table."""
    rows = [f"| first {first}: theme, eyes | before | now |", "|---|---|---|"]
    for theme in THEMES:
        for vision in VISIONS:
            cells = []
            for palette in (BEFORE, AS_COLOURS):
                apart, one, other = worst(palette[:first], theme, vision)
                cells.append(f"{apart:.1f} ({one}, {other})")
            rows.append(f"| {theme}, {vision} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    print(table(6), table(12), sep="\n\n")
    print("\nworst of the first k:", "before", "now", sep="  ")
    for k in range(2, 13):
        before, now = (worst_of_all(palette[:k], least_distance) for palette in (BEFORE, AS_COLOURS))
        print(f"{k:>20}  {before:6.1f}  {now:4.1f}")
    best = chosen()
    names = " ".join(RichColor.from_ansi(entry).get_truecolor().hex for entry in best)
    print(f"\nAS_COLOURS should be {best}\n{names}")
    print("and is" if best == AS_COLOURS else f"but is {AS_COLOURS}")
    for hues in (SIXTEEN_ON_DARK, SIXTEEN_ON_LIGHT):
        print(f"of sixteen: {chosen_hues(hues)}, and is {hues}")


if __name__ == "__main__":
    main()
