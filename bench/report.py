"""Tables of what was measured, in Markdown that also reads well in a terminal."""
from __future__ import annotations

import math
from typing import Iterator, Sequence

from harness import FRAMEWIRE, Metric, Spread, Verdict
from harness.experiment import BEST
from harness.outcome import Outcome, SweepOutcome

SUMMARY = ("", "", "median", "spread", "goal", "verdict")  # the head of what summary gives


def text(outcome: Outcome | SweepOutcome) -> str:
    """Gives the heading, the figures and the verdicts of one experiment or sweep."""
    parts = [f"### {outcome.plan.title}", _figures(outcome)]
    if compared := [*_goals(outcome), *_others(outcome)]:
        parts.append(table(SUMMARY[1:], compared))
    if outcome.plan.notes:
        parts.append(outcome.plan.notes)
    rounds = len(outcome.rounds)
    parts.append(f"{rounds} {'round' if rounds == 1 else 'rounds'}; load of the machine {outcome.load[0]:.1f} before, {outcome.load[1]:.1f} after.")
    return "\n\n".join(parts) + "\n"


def line(outcome: Outcome | SweepOutcome) -> str:
    """Gives our own figures in one line, for a smoke run."""
    figures = (f"{number(s.median)} {heading(m)}" for m in outcome.plan.metrics for key in outcome.keys if (s := outcome.spread(key, m)))
    return f"{outcome.plan.name}: works, {'; '.join(figures)}"


def summary(outcome: Outcome | SweepOutcome) -> list[Sequence[str]]:
    """Gives a line for each goal, with the experiment's name before it."""
    return [(outcome.plan.name, *line) for line in _goals(outcome)]


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Lays a Markdown table out in columns of even width."""
    widths = [max(3, *(len(line[i]) for line in [head, *lines])) for i in range(len(head))]
    rule = ["-" * w for w in widths]
    return "\n".join("| " + " | ".join(cell.ljust(w) for cell, w in zip(line, widths)) + " |" for line in [head, rule, *lines])


def number(value: float) -> str:
    """Writes a figure with three significant digits, or more before the point, with thousands apart."""
    before = math.floor(math.log10(abs(value))) + 1 if value else 1
    return f"{value:,.{min(max(0, 3 - before), 4)}f}"


def spread(s: Spread | None) -> str:
    """Writes a median with the smallest and the largest figure behind it, if they differ."""
    if s is None:
        return ""
    low, mid, high = map(number, (s.low, s.median, s.high))
    return mid if low == high else f"{mid} ({low} to {high})"


def _figures(outcome: Outcome | SweepOutcome) -> str:
    """A line for each program, or for each point of a sweep, and a column for each metric."""
    plan, first, names = outcome.plan, "", outcome.keys
    if isinstance(outcome, SweepOutcome):
        first, names = plan.xlabel, plan.labels or [f"{x:g}" for x in plan.points]
    lines = [(name, *(spread(outcome.spread(key, m)) for m in plan.metrics)) for name, key in zip(names, outcome.keys)]
    return table((first, *map(heading, plan.metrics)), [cells for cells in lines if any(cells[1:])])


def heading(metric: Metric) -> str:
    """Says what a metric is and its unit."""
    return f"{metric.title}, {metric.unit}" if metric.title else metric.unit


def _goals(outcome: Outcome | SweepOutcome) -> Iterator[Sequence[str]]:
    """Gives a line for each goal that could be judged."""
    if isinstance(outcome, SweepOutcome):
        yield from (_line(v.of, v) for v in outcome.verdicts())
        return
    for metric in outcome.plan.metrics:
        for goal in metric.goals:
            if v := outcome.judge(goal, metric):
                beside = f"the best, {outcome.best(metric)}" if goal.beside == BEST else goal.beside
                yield _line(f"{heading(metric)}: {goal.of}" + (f" / {beside}" if beside else ""), v)


def _others(outcome: Outcome | SweepOutcome) -> Iterator[Sequence[str]]:
    """Gives a line for each program that a metric with goals has none for."""
    if isinstance(outcome, SweepOutcome):
        return
    for metric in outcome.plan.metrics:
        if not metric.goals:
            continue
        named = {goal.beside for goal in metric.goals}
        for peer in outcome.peers(metric):
            ratio = outcome.ratio(FRAMEWIRE, peer, metric)
            if peer not in named and ratio and math.isfinite(ratio.high):
                yield f"{heading(metric)}: {FRAMEWIRE} / {peer}", number(ratio.median), _range(ratio), "", ""


def _line(what: str, v: Verdict) -> Sequence[str]:
    return what, number(v.value.median), _range(v.value), v.goal, str(v)


def _range(s: Spread) -> str:
    return f"{number(s.low)} to {number(s.high)}" if s.low != s.high else ""
