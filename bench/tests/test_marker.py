"""What marker says of pictures, and what is a fault."""
import json
import unittest
from pathlib import Path

from harness import Fault, Lab
from harness.marker import latencies
from rows import fanout


def said(**other: float) -> str:
    return json.dumps({"frames": 100, "lost": 0, "doubled": 0, "damaged": 0, "rate": 30, "min": 1, "p50": 2, "p95": 3, "p99": 4, "max": 5} | other)


class Latencies(unittest.TestCase):
    def latencies(self, text: str, smoke: bool = False):
        with Lab(Path("."), smoke=smoke) as lab:
            return latencies(lab, text)

    def test_figures_are_handed_on(self):
        self.assertEqual(self.latencies(said(psnr=40)), {"rate": 30, "p50": 2, "p99": 4, "max": 5, "frames": 100, "lost": 0, "psnr": 40})

    def test_a_live_stream_may_lose_some(self):
        self.assertEqual(self.latencies(said(frames=80, lost=20))["lost"], 20)
        with self.assertRaisesRegex(Fault, "79 pictures arrived, 21 did not"):
            self.latencies(said(frames=79, lost=21))

    def test_a_smoke_run_needs_one(self):
        self.latencies(said(frames=1, lost=20), smoke=True)
        with self.assertRaises(Fault):
            self.latencies(said(frames=0, lost=0), smoke=True)

    def test_damaged_pictures_are_a_fault(self):
        with self.assertRaisesRegex(Fault, "2 cannot be read"):
            self.latencies(said(damaged=2))


class Fanout(unittest.TestCase):
    def test_cpu_is_that_of_further_viewers(self):
        few = {"frames": 45, "delivered": 45, "lost": 0, "cpu": 0.09, "seconds": 1.5, "p99": 3}
        many = {"frames": 50, "delivered": 50 * 75, "lost": 50 * 25, "cpu": 0.47, "seconds": 1.5, "p99": 9, "encoded": 1}
        figures = fanout.figures({1: few, 100: many})
        self.assertAlmostEqual(figures["each"], 100)  # 7.4 ms more a picture, for 74 viewers that got it
        self.assertAlmostEqual(figures["lost"], 25)
        self.assertAlmostEqual(figures["cpu1"], 6)
        self.assertEqual(figures["p99-100"], 9)
        self.assertEqual(figures["encoded"], 1)
