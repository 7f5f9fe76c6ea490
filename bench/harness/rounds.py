"""Runs experiments in turn: A B C, B C A, C A B, so that nobody always has the same neighbour."""
from __future__ import annotations

import os
import sys
from typing import Callable, Iterator, Sequence, TypeVar

from .experiment import Experiment, Sweep
from .fault import Fault
from .lab import FRAMEWIRE, Lab
from .outcome import Outcome, SweepOutcome

T = TypeVar("T")
SWEEP_ROUNDS = 3  # at most; a sweep has many points


def turns(names: Sequence[T], rounds: int) -> Iterator[list[T]]:
    """Gives the order of each round; another name begins each time."""
    for i in range(rounds):
        first = i % len(names) if names else 0
        yield [*names[first:], *names[:first]]


def perform(lab: Lab, plan: Experiment | Sweep) -> Outcome | SweepOutcome:
    """Does what a plan says, lab.rounds times, and notes the machine's load."""
    before = os.getloadavg()[0]
    outcome = _sweep(lab, plan) if isinstance(plan, Sweep) else _compare(lab, plan)
    outcome.load = before, os.getloadavg()[0]
    return outcome


def _compare(lab: Lab, plan: Experiment) -> Outcome:
    """Makes the checks once, then runs every program in each round. In a smoke run only our own."""
    outcome = Outcome(plan)
    names = [name for name in plan.runs if not lab.smoke or name.startswith(FRAMEWIRE)]
    for name in names:
        if check := plan.checks.get(name):
            attempt(lab, f"{plan.name}, check of {name}", check)
    for i, order in enumerate(turns(names, lab.rounds)):
        outcome.rounds.append({})
        for name in order:
            outcome.rounds[i][name], commands = attempt(lab, f"{plan.name}, {name}, round {i + 1} of {lab.rounds}", plan.runs[name])
            outcome.commands[name] = plan.commands.get(name, commands)
    return outcome


def _sweep(lab: Lab, plan: Sweep) -> SweepOutcome:
    """Runs every point of a sweep, at most SWEEP_ROUNDS times; the first point alone in a smoke run."""
    outcome = SweepOutcome(plan)
    rounds = min(lab.rounds, SWEEP_ROUNDS)
    for i in range(rounds):
        outcome.rounds.append({})
        for point in plan.points[:1] if lab.smoke else plan.points:
            outcome.rounds[i][point], commands = attempt(lab, f"{plan.name}, {point:g}, round {i + 1} of {rounds}", lambda lab: plan.run(lab, point))
            outcome.commands[FRAMEWIRE] = plan.commands or commands
    return outcome


def attempt(lab: Lab, what: str, work: Callable[[Lab], T]) -> tuple[T, str]:
    """Does one piece of work. Gives its result and the commands it started. What it left running is ended, and its
    faults say where they come from."""
    lab.commands.clear()
    progress(what)
    try:
        return work(lab), "\n".join(lab.commands)
    except Fault as fault:
        raise Fault(f"{what}: {fault}") from fault
    finally:
        lab.stop_all()
        progress("")


def progress(text: str) -> None:
    """Shows what is under way, on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
