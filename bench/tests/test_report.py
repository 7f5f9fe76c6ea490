"""Tables, numbers, the page and the file of results."""
import tempfile
import unittest
from pathlib import Path

import document
import report
import results
from harness import Experiment, Goal, Metric, Sweep, Verdict
from harness.figures import Spread
from harness.outcome import Outcome, SweepOutcome

METRIC = Metric("fps", "frames/s", goals=[Goal("other", at_least=3)])
PLAN = Experiment("e", "An experiment", {"framewire": lambda lab: {}, "other": lambda lab: {}}, [METRIC])
SWEEP = Sweep("s", "A sweep", "viewers", [1, 10], lambda lab, x: {}, [METRIC],
              judge=lambda at: [Verdict("straight", Spread.of([at[10]["fps"] / at[1]["fps"]]), True, of="growth")])


def compared() -> Outcome:
    rounds = [{"framewire": {"fps": 100.0}, "other": {"fps": 50.0}}, {"framewire": {"fps": 110.0}, "other": {"fps": 50.0}}]
    return Outcome(PLAN, rounds, {"framewire": "framewire run a.yaml"}, (0.5, 1.5))


def swept() -> SweepOutcome:
    return SweepOutcome(SWEEP, [{1: {"fps": 4.0}, 10: {"fps": 2.0}}], {"framewire": "framewire run b.yaml"})


class Text(unittest.TestCase):
    def test_numbers_have_three_digits(self):
        for value, want in ((0, "0.00"), (0.0289, "0.0289"), (3.14159, "3.14"), (64.25, "64.2"), (2218.65, "2,219"), (0.00001, "0.0000")):
            self.assertEqual(report.number(value), want)

    def test_table_is_even(self):
        got = report.table(("", "long head"), [("a", "1"), ("bcde", "2")])
        self.assertEqual(got, "|      | long head |\n| ---- | --------- |\n| a    | 1         |\n| bcde | 2         |")

    def test_experiment(self):
        text = report.text(compared())
        self.assertIn("### An experiment", text)
        self.assertIn("| framewire | 105 (100 to 110) |", text)
        self.assertIn("| frames/s: framewire / other | 2.10   | 2.00 to 2.20 | at least 3 | missed by 30% |", text)
        self.assertIn("2 rounds; load of the machine 0.5 before, 1.5 after.", text)

    def test_program_without_figures_is_left_out(self):
        self.assertNotIn("other", report.text(Outcome(PLAN, [{"framewire": {"fps": 1.0}}])))

    def test_sweep_has_a_line_for_each_point(self):
        text = report.text(swept())
        self.assertIn("| 10      | 2.00     |", text)
        self.assertIn("| growth | 0.500  |        | straight | reached |", text)

    def test_smoke_line(self):
        self.assertEqual(report.line(Outcome(PLAN, [{"framewire": {"fps": 7.0}}])), "e: works, 7.00 frames/s")


class Page(unittest.TestCase):
    def test_only_the_generated_part_changes(self):
        page = f"# Head\n\n{document.BEGIN}\nold\n{document.END}\n\ntail\n"
        self.assertEqual(document.between(page, "new\n"), f"# Head\n\n{document.BEGIN}\n\nnew\n\n{document.END}\n\ntail\n")

    def test_page_without_its_comments(self):
        with self.assertRaises(ValueError):
            document.between("# Head\n", "new")

    def test_generated_part_has_goals_and_commands(self):
        part = document.generated("a machine", {"framewire": "1.2"}, [compared(), swept()])
        for want in ("Measured on a machine; framewire 1.2.", "| e   | frames/s: framewire / other", "(benchmarks/s.png)", "# framewire\nframewire run a.yaml\n"):
            self.assertIn(want, part)


class Results(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "results.json"

    def test_what_is_saved_is_loaded(self):
        results.save(self.path, "m", {"a": "1"}, [compared(), swept()])
        self.assertEqual(results.load(self.path, [PLAN, SWEEP]), ("m", {"a": "1"}, [compared(), swept()]))

    def test_one_row_anew_keeps_the_others(self):
        results.save(self.path, "m", {}, [compared(), swept()])
        results.save(self.path, "m", {}, [SweepOutcome(SWEEP, [{1: {"fps": 9.0}}])])
        _, _, (first, second) = results.load(self.path, [PLAN, SWEEP])
        self.assertEqual((first, second.rounds), (compared(), [{1: {"fps": 9.0}}]))

    def test_figures_of_another_machine_go(self):
        results.save(self.path, "m", {}, [compared()])
        results.save(self.path, "n", {}, [swept()])
        self.assertEqual(results.load(self.path, [PLAN, SWEEP])[2], [swept()])


if __name__ == "__main__":
    unittest.main()
