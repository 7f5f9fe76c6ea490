"""What is compared: experiments with their runs, metrics and goals. Nothing here starts anything."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Mapping, Sequence

from .figures import Verdict
from .lab import FRAMEWIRE, Lab

Values = Mapping[str, float]  # a metric's name and what was measured
BEST = "best"  # as a goal's beside: the best of all other programs


@dataclass(frozen=True)
class Goal:
    """A bound of our figure divided by that of another program, or of our figure itself where beside is None.

    beside names a run of the experiment, or is BEST; of is the run of ours that is judged.
    """

    beside: str | None
    at_least: float | None = None
    at_most: float | None = None
    of: str = FRAMEWIRE

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a goal has either at_least or at_most")

    @property
    def bound(self) -> float:
        return self.at_least if self.at_least is not None else self.at_most

    @property
    def words(self) -> str:
        return f"at {'least' if self.at_least is not None else 'most'} {self.bound:g}"


@dataclass(frozen=True)
class Metric:
    """A figure that each run gives. better is "more" or "less"."""

    name: str
    unit: str
    better: str = "more"
    goals: Sequence[Goal] = ()
    title: str = ""  # what it is, where its unit does not say so


@dataclass(frozen=True)
class Experiment:
    """Programs that do the same work in turn.

    runs maps a program's name to a function that does the work once, checks that it was done and gives every metric
    (a program that cannot give one leaves it out). checks maps it to a function that is called once before the
    rounds, for what would disturb a measurement: that the pictures are the right ones. A run whose name starts with
    FRAMEWIRE is ours. commands replaces, by a program's name, the commands that are shown to the reader; where it has
    none they are those that the lab has started.
    """

    name: str
    title: str
    runs: Mapping[str, Callable[[Lab], Values]]
    metrics: Sequence[Metric]
    commands: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, Callable[[Lab], None]] = field(default_factory=dict)
    notes: str = ""  # Markdown that stands below the table


@dataclass(frozen=True)
class Sweep:
    """One program of ours over growing work. run does the work for one of points and gives every metric; judge says,
    from the medians at every point, what came out."""

    name: str
    title: str
    xlabel: str
    points: Sequence[float]
    run: Callable[[Lab, float], Values]
    metrics: Sequence[Metric]
    judge: Callable[[Mapping[float, Values]], Sequence[Verdict]] | None = None
    commands: str = ""  # shown instead of those of the last point
    labels: Sequence[str] = ()  # of points, where the numbers alone do not speak
    log: bool = False  # logarithmic axes in the plot
    notes: str = ""
