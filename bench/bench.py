#!/usr/bin/python3
"""Measures framewire beside the programs that people use instead, in turn, on this machine.

Prints a table with goals and verdicts. With --write it goes into docs/benchmarks.md, with plots in
docs/benchmarks. Everything stays on 127.0.0.1 and in a temporary folder. `make bench` installs what is missing.
"""
from __future__ import annotations

import argparse
import importlib
import signal
import sys
from pathlib import Path
from typing import Iterator, Sequence

import document
import report
import results
from harness import Experiment, Fault, Lab, Sweep
from harness.machine import machine, versions
from harness.rounds import perform
from results import Outcomes

ROOT = Path(__file__).resolve().parent.parent
ROWS = ("raw", "jpeg", "passthrough", "record", "udp", "latency", "fanout", "footprint", "growth")


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, metavar="N", help="how often each program runs (default 5)")
    parser.add_argument("--rows", default=",".join(ROWS), metavar="A,B", help=f"some of {','.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="one round, fewer frames")
    parser.add_argument("--smoke", action="store_true", help="framewire alone, few frames: does everything work?")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and the plots")
    args = parser.parse_args(argv)
    args.rows = args.rows.split(",")
    if unknown := [row for row in args.rows if row not in ROWS]:
        parser.error(f"no row {unknown[0]!r}: there are {', '.join(ROWS)}")
    if args.rounds is None:
        args.rounds = 1 if args.quick or args.smoke else 5
    if args.rounds < 1:
        parser.error("--rounds must be at least 1")
    return args


def plans(lab: Lab, rows: Sequence[str]) -> Iterator[Experiment | Sweep]:
    """Loads the rows' files one after the other and gives their experiments."""
    for row in rows:
        yield from importlib.import_module(f"rows.{row}").experiments(lab)


def measure(lab: Lab, rows: Sequence[str]) -> tuple[Outcomes, list[Fault]]:
    """Performs the rows' experiments and prints each when it is done. One that fails does not stop the others."""
    outcomes, faults = [], []
    for plan in plans(lab, rows):
        try:
            outcomes.append(perform(lab, plan))
        except Fault as fault:
            faults.append(fault)
            print(f"bench: {fault}", file=sys.stderr)
            continue
        print(report.line(outcomes[-1]) if lab.smoke else report.text(outcomes[-1]), flush=True)
    return outcomes, faults


def write(outcomes: Outcomes) -> None:
    """Adds outcomes to those that docs/benchmarks has, and writes page and plots anew."""
    kept = ROOT / "docs" / "benchmarks" / "results.json"
    results.save(kept, machine(), versions(ROOT), outcomes)
    with Lab(ROOT) as lab:
        document.write(ROOT / "docs", *results.load(kept, plans(lab, ROWS)))


def main(argv: Sequence[str]) -> int:
    args = arguments(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Lab(ROOT, args.rounds, args.quick, args.smoke) as lab:
            outcomes, faults = measure(lab, args.rows)
    except KeyboardInterrupt:
        return 130
    if args.write:
        write(outcomes)
    for fault in faults:
        print(f"bench: no figures: {str(fault).splitlines()[0]}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
