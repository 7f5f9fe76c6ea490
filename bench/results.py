"""The figures that docs/benchmarks.md is written from, as docs/benchmarks/results.json keeps them between runs.

So one row can be measured anew without the others, and a plot drawn again without measuring.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import Iterable, Sequence

from harness import Experiment, Sweep
from harness.outcome import Outcome, SweepOutcome

Outcomes = Sequence[Outcome | SweepOutcome]


def save(path: Path, machine: str, versions: dict[str, str], outcomes: Outcomes) -> None:
    """Adds outcomes to those of the file, in place of older ones of the same names. What another machine has
    measured is thrown away: figures of two machines do not belong in one table."""
    kept = _read(path)
    if kept["machine"] != machine:
        kept = {"experiments": {}}
    kept |= {"machine": machine, "versions": versions}
    for outcome in outcomes:
        rounds = [[[key, dict(values)] for key, values in one.items()] for one in outcome.rounds]
        kept["experiments"][outcome.plan.name] = {"load": outcome.load, "commands": outcome.commands, "rounds": rounds}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(kept, indent=1) + "\n")


def load(path: Path, plans: Iterable[Experiment | Sweep]) -> tuple[str, dict[str, str], Outcomes]:
    """Gives machine, versions and the outcomes of those plans that the file has figures of."""
    kept = _read(path)
    outcomes = []
    for plan in plans:
        if figures := kept["experiments"].get(plan.name):
            kind = SweepOutcome if isinstance(plan, Sweep) else Outcome
            rounds = [dict(map(tuple, one)) for one in figures["rounds"]]
            outcomes.append(kind(plan, rounds, figures["commands"], tuple(figures["load"])))
    return kept["machine"], kept["versions"], outcomes


def _read(path: Path) -> dict:
    if not path.exists():
        return {"machine": "", "versions": {}, "experiments": {}}
    return json.loads(path.read_text())
