"""Writes the generated part of docs/benchmarks.md, between two comments, and the plots that it shows."""
from __future__ import annotations

from pathlib import Path

from harness.outcome import Outcome, SweepOutcome
from report import SUMMARY, summary, table, text
from results import Outcomes

BEGIN, END = "<!-- begin of what make bench writes -->", "<!-- end of what make bench writes -->"


def write(docs: Path, machine: str, versions: dict[str, str], outcomes: Outcomes) -> None:
    """Replaces the generated part of docs/benchmarks.md and draws docs/benchmarks/NAME.png for each outcome."""
    from plots import draw  # needs matplotlib, which nothing else does

    path = docs / "benchmarks.md"
    path.write_text(between(path.read_text(), generated(machine, versions, outcomes)))
    (docs / "benchmarks").mkdir(exist_ok=True)
    for outcome in outcomes:
        draw(outcome, docs / "benchmarks" / f"{outcome.plan.name}.png")


def between(page: str, part: str) -> str:
    """Puts a part between the page's two comments."""
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"the page has no line {BEGIN!r} with {END!r} after it")
    return f"{before}{BEGIN}\n\n{part}\n{END}{after}"


def generated(machine: str, versions: dict[str, str], outcomes: Outcomes) -> str:
    """Gives the generated part as Markdown."""
    names = ", ".join(f"{name} {version}" for name, version in versions.items())
    lines = [line for outcome in outcomes for line in summary(outcome)]
    head = f"Measured on {machine}; {names}.\n\nAll goals:\n\n{table(SUMMARY, lines)}\n"
    return "\n".join([head, *map(section, outcomes)])


def section(outcome: Outcome | SweepOutcome) -> str:
    """Gives one experiment with its plot and its commands."""
    heading, _, body = text(outcome).partition("\n\n")
    shown = [f"{heading}\n\n![{outcome.plan.title}](benchmarks/{outcome.plan.name}.png)\n\n{body}"]
    if outcome.commands:
        commands = "\n\n".join(f"# {name}\n{lines}" for name, lines in outcome.commands.items())
        shown.append(f"<details><summary>The commands</summary>\n\n```text\n{commands}\n```\n\n</details>\n")
    return "\n".join(shown)
