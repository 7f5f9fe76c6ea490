"""Medians, ratios and verdicts."""
from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Iterable, Sequence


@dataclass(frozen=True)
class Spread:
    """The median of some figures, with the smallest and the largest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """values must not be empty."""
        values = list(values)
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Verdict:
    """How one goal came out: what was to be reached, what was, and by how much it was missed."""

    goal: str  # as in "at least 0.9"
    value: Spread
    reached: bool
    missed_by: float = 0.0  # a share of the bound; 0 when it was reached
    of: str = ""  # what was judged, for a sweep's verdicts

    def __str__(self) -> str:
        return "reached" if self.reached else f"missed by {self.missed_by:.0%}"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Divides figures of the same rounds."""
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} and {len(theirs)} rounds")
    return [a / b if b else float("inf") for a, b in zip(ours, theirs)]


def verdict(goal: str, value: Spread, at_least: float | None, at_most: float | None) -> Verdict:
    """Judges a median by its bound."""
    if at_least is not None:
        return Verdict(goal, value, value.median >= at_least, max(0.0, 1 - value.median / at_least))
    return Verdict(goal, value, value.median <= at_most, max(0.0, value.median / at_most - 1))
