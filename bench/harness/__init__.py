"""What every row of the benchmarks is made of: programs that are started, counted and ended, and experiments.

A row imports its names from here. What a row compares, and with whom, stands in bench/rows; how the figures
are printed stands in bench/report.py.
"""
from .experiment import Experiment, Goal, Metric, Sweep
from .fault import Fault
from .figures import Spread, Verdict
from .lab import FRAMEWIRE, Lab, Pair
from .program import Program, Result

__all__ = [
    "FRAMEWIRE", "Experiment", "Fault", "Goal", "Lab", "Metric", "Pair", "Program", "Result", "Spread", "Sweep", "Verdict",
]
