"""The one error of the benchmarks."""


class Fault(Exception):
    """A program did not do its work. The whole run fails and its text says which program and what it said."""
