"""Plots of what was measured, as small PNG files. matplotlib is imported here and nowhere else."""
from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot, ticker  # noqa: E402

from harness import FRAMEWIRE, Metric, Spread
from harness.outcome import Outcome, SweepOutcome
from report import heading, number

WIDTH = 8.5  # inches
DPI = 90
OURS, THEIRS, EDGE = "#1f6f8b", "#b8bfc6", "#333333"


def draw(outcome: Outcome | SweepOutcome, path: Path) -> None:
    """Draws one experiment or sweep: a panel for each metric."""
    metrics = [m for m in outcome.plan.metrics if any(outcome.spread(key, m) for key in outcome.keys)]
    sweep = isinstance(outcome, SweepOutcome)
    height = 2.6 if sweep else 1.0 + 0.34 * len(outcome.plan.runs)
    columns = min(len(metrics), 3)
    rows = -(-len(metrics) // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(WIDTH, height * rows), squeeze=False, sharey=not sweep)
    for metric, axis in zip(metrics, axes.flat):
        (_lines if sweep else _bars)(outcome, metric, axis)
    for axis in axes.flat[len(metrics):]:
        axis.set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
    pyplot.close(figure)


def _bars(outcome: Outcome, metric: Metric, axis: pyplot.Axes) -> None:
    """A bar for each program, with the smallest and the largest figure as whiskers and the median beside it."""
    runs = list(outcome.plan.runs)
    measured = [outcome.spread(run, metric) for run in runs]
    spreads = [s or Spread(0, 0, 0) for s in measured]
    places = range(len(runs))
    axis.barh(places, [s.median for s in spreads], xerr=_whiskers(spreads), height=0.62, ecolor=EDGE, capsize=2,
              color=[OURS if run.startswith(FRAMEWIRE) else THEIRS for run in runs], error_kw={"linewidth": 0.9})
    widest = max(s.high for s in spreads) or 1
    for place, s in enumerate(measured):
        axis.text((s.high if s else 0) + 0.02 * widest, place, number(s.median) if s else "not measured", va="center", fontsize=8)
    axis.set_yticks(places, runs, fontsize=9)
    axis.set_xlim(0, 1.22 * widest)
    axis.set_title(f"{heading(metric)}\n({metric.better} is better)", fontsize=9)
    axis.xaxis.set_major_locator(ticker.MaxNLocator(4))
    axis.tick_params(axis="x", labelsize=8)
    axis.spines[["top", "right"]].set_visible(False)
    if not axis.yaxis_inverted():
        axis.invert_yaxis()


def _lines(outcome: SweepOutcome, metric: Metric, axis: pyplot.Axes) -> None:
    """The medians over the points, joined, with their spreads."""
    plan = outcome.plan
    measured = [(x, s) for x in plan.points if (s := outcome.spread(x, metric))]
    xs, spreads = [x for x, _ in measured], [s for _, s in measured]
    axis.errorbar(xs, [s.median for s in spreads], yerr=_whiskers(spreads), color=OURS, ecolor=EDGE, marker="o", markersize=4, capsize=2, linewidth=1.4)
    if plan.log:
        axis.set_xscale("log")
        axis.set_yscale("log")
    else:
        axis.set_xlim(left=0)
        axis.set_ylim(bottom=0)
    if plan.labels:
        axis.set_xticks(plan.points, plan.labels, rotation=35, ha="right")
        axis.minorticks_off()
    axis.set_xlabel(plan.xlabel, fontsize=9)
    axis.set_title(heading(metric), fontsize=9)
    axis.tick_params(labelsize=8)
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)


def _whiskers(spreads: list[Spread]) -> list[list[float]]:
    """Gives what matplotlib wants: distances from the median down and up."""
    return [[s.median - s.low for s in spreads], [s.high - s.median for s in spreads]]
