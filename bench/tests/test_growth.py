"""Straight lines and knees."""
import unittest

from rows.growth import line, straight


def medians(*points: tuple[float, float]) -> dict[float, dict[str, float]]:
    return {x: {"y": y} for x, y in points}


class Lines(unittest.TestCase):
    def test_line_goes_on_as_its_points_do(self):
        self.assertAlmostEqual(line([(1, 5), (2, 7), (4, 11)], 10), 23)

    def test_line_does_not_fall(self):
        self.assertEqual(line([(1, 8), (2, 7), (4, 6)], 10), 6)

    def test_straight_growth_is_reached(self):
        verdict = straight(medians((1, 5), (2, 7), (4, 11), (8, 19), (16, 36)), "y", "cost", "things")
        self.assertTrue(verdict.reached)
        self.assertLess(verdict.value.median, 1.05)

    def test_a_knee_is_found_where_it_is(self):
        verdict = straight(medians((1, 5), (2, 7), (4, 11), (8, 38), (16, 70)), "y", "cost", "things")
        self.assertFalse(verdict.reached)
        self.assertAlmostEqual(verdict.value.median, 2)
        self.assertEqual(verdict.of, "cost above its line, most at 8 things")

    def test_a_smoke_run_has_too_few_points_to_judge(self):
        self.assertTrue(straight(medians((1, 5)), "y", "cost", "things").reached)
