"""Figures over the round-trip times a hop keeps."""

from collections.abc import Iterable


def percentile(samples: Iterable[float | None], percent: float) -> float | None:
    """Return the percentile of the samples there are (None: a lost probe), between neighbours linearly.

    `percent` is 0 to 100. None when there is no sample at all.
    """
    present = sorted(sample for sample in samples if sample is not None)
    if not present:
        return None
    place = (len(present) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(present) - 1)
    return present[below] + (present[above] - present[below]) * (place - below)
