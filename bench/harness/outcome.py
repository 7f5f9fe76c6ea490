"""What an experiment gave, round by round, and how its goals came out."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Sequence

from .experiment import BEST, Experiment, Goal, Metric, Sweep, Values
from .figures import Spread, Verdict, ratios, verdict
from .lab import FRAMEWIRE


@dataclass
class Outcome:
    """The figures of every round of an experiment, by the run's name, with the machine's load before and after and
    the commands of the last round."""

    plan: Experiment
    rounds: list[dict[str, Values]] = field(default_factory=list)
    commands: dict[str, str] = field(default_factory=dict)
    load: tuple[float, float] = (0.0, 0.0)

    def values(self, run: str, metric: Metric) -> list[float]:
        """Gives a run's figures of a metric, or nothing where that run does not have it."""
        return [r[run][metric.name] for r in self.rounds if run in r and metric.name in r[run]]

    def spread(self, run: str, metric: Metric) -> Spread | None:
        """Gives a run's median of a metric, or None where it does not have it."""
        values = self.values(run, metric)
        return Spread.of(values) if values else None

    def peers(self, metric: Metric) -> list[str]:
        """Names the other programs that have a metric."""
        return [run for run in self.plan.runs if not run.startswith(FRAMEWIRE) and self.values(run, metric)]

    def best(self, metric: Metric) -> str | None:
        """Names the other program whose median of a metric is best."""
        pick = max if metric.better == "more" else min
        return pick(self.peers(metric), key=lambda run: self.spread(run, metric).median, default=None)

    def ratio(self, of: str, beside: str | None, metric: Metric) -> Spread | None:
        """Divides the figures of two runs, round by round. None means that one of them does not have them."""
        ours, theirs = self.values(of, metric), self.values(beside, metric)
        return Spread.of(ratios(ours, theirs)) if ours and theirs else None

    def judge(self, goal: Goal, metric: Metric) -> Verdict | None:
        """Judges one goal. None means that the other program was not run."""
        if goal.beside is None:
            value, unit = self.spread(goal.of, metric), f" {metric.unit}"
        else:
            beside = self.best(metric) if goal.beside == BEST else goal.beside
            value, unit = self.ratio(goal.of, beside, metric), ""
        return verdict(f"{goal.words}{unit}", value, goal.at_least, goal.at_most) if value else None


    @property
    def keys(self) -> Sequence[str]:
        """What spread takes: the programs."""
        return list(self.plan.runs)


@dataclass
class SweepOutcome:
    """The figures of every round of a sweep, by its points, with the machine's load before and after and the commands
    of the last point."""

    plan: Sweep
    rounds: list[dict[float, Values]] = field(default_factory=list)
    commands: dict[str, str] = field(default_factory=dict)
    load: tuple[float, float] = (0.0, 0.0)

    def spread(self, point: float, metric: Metric) -> Spread | None:
        """Gives the figures of one point over all rounds, or None where it does not have them."""
        values = [r[point][metric.name] for r in self.rounds if metric.name in r.get(point, {})]
        return Spread.of(values) if values else None

    @property
    def keys(self) -> Sequence[float]:
        """What spread takes: the points."""
        return self.plan.points

    def verdicts(self) -> Sequence[Verdict]:
        """Gives what the sweep says of itself."""
        if self.plan.judge is None:
            return ()
        medians = {p: {m.name: s.median for m in self.plan.metrics if (s := self.spread(p, m))} for p in self.plan.points}
        return self.plan.judge(medians)
