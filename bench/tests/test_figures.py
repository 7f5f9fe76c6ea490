"""Medians, ratios, goals and the order of rounds."""
import unittest

from harness import Experiment, Goal, Metric, Spread
from harness.figures import ratios, verdict
from harness.outcome import Outcome
from harness.rounds import turns


def outcome(metric: Metric, *rounds: dict[str, float]) -> Outcome:
    """Makes an outcome from each round's figures by program."""
    plan = Experiment("e", "E", {run: lambda lab: {} for run in rounds[0]}, [metric])
    return Outcome(plan, [{run: {metric.name: value} for run, value in one.items()} for one in rounds])


class Figures(unittest.TestCase):
    def test_spread_has_median_and_ends(self):
        self.assertEqual(Spread.of([3, 1, 2]), Spread(2, 1, 3))
        self.assertEqual(Spread.of([4, 1]), Spread(2.5, 1, 4))

    def test_ratios_are_of_the_same_round(self):
        self.assertEqual(ratios([10, 9], [5, 3]), [2, 3])

    def test_ratios_want_as_many_rounds(self):
        with self.assertRaises(ValueError):
            ratios([1], [1, 2])

    def test_verdict_at_least(self):
        missed = verdict("", Spread(0.72, 0.7, 0.8), at_least=0.9, at_most=None)
        self.assertEqual(str(missed), "missed by 20%")
        self.assertEqual(str(verdict("", Spread(0.9, 0.1, 2), at_least=0.9, at_most=None)), "reached")

    def test_verdict_at_most(self):
        missed = verdict("", Spread(0.75, 0.7, 0.8), at_least=None, at_most=0.5)
        self.assertEqual(str(missed), "missed by 50%")
        self.assertEqual(str(verdict("", Spread(0.5, 0.1, 2), at_least=None, at_most=0.5)), "reached")

    def test_each_round_begins_with_another(self):
        self.assertEqual(list(turns("ABC", 4)), [list("ABC"), list("BCA"), list("CAB"), list("ABC")])


class Goals(unittest.TestCase):
    def test_ratio_is_the_median_of_the_rounds_ratios(self):
        metric = Metric("fps", "frames/s", goals=[Goal("other", at_least=2)])
        got = outcome(metric, {"framewire": 10, "other": 10}, {"framewire": 90, "other": 30}, {"framewire": 50, "other": 25})
        judged = got.judge(metric.goals[0], metric)
        self.assertEqual((judged.value, judged.reached, judged.goal), (Spread(2, 1, 3), True, "at least 2"))

    def test_best_is_the_smallest_where_less_is_better(self):
        metric = Metric("ms", "ms", better="less", goals=[Goal("best", at_most=0.5)])
        got = outcome(metric, {"framewire": 6, "slow": 30, "quick": 10})
        self.assertEqual(got.best(metric), "quick")
        self.assertEqual(str(got.judge(metric.goals[0], metric)), "missed by 20%")

    def test_our_other_runs_are_no_peers(self):
        metric = Metric("fps", "frames/s")
        self.assertEqual(outcome(metric, {"framewire": 1, "framewire with secret": 9, "other": 2}).best(metric), "other")

    def test_absolute_goal_needs_nobody(self):
        metric = Metric("start", "s", better="less", goals=[Goal(None, at_most=0.3)])
        judged = outcome(metric, {"framewire": 0.2}).judge(metric.goals[0], metric)
        self.assertEqual((judged.goal, judged.reached), ("at most 0.3 s", True))

    def test_goal_beside_a_program_that_was_not_run(self):
        metric = Metric("fps", "frames/s", goals=[Goal("other", at_least=1), Goal("best", at_least=1)])
        got = outcome(metric, {"framewire": 1})
        self.assertEqual([got.judge(goal, metric) for goal in metric.goals], [None, None])

    def test_a_goal_has_one_bound(self):
        for bounds in ({}, {"at_least": 1, "at_most": 2}):
            with self.assertRaises(ValueError):
                Goal("other", **bounds)


if __name__ == "__main__":
    unittest.main()
