"""The accounting itself: it must find what it is there for, or a soak proves nothing."""

import random
import unittest

from tests.e2e.soak.accounting import Reading, account, doubled, grid_phase, points_between

PHASE = 0.4


def reading(moment, runs, skipped=0, failed=0):
    return Reading(moment, {"c": runs}, {"c": skipped}, {"c": failed}, 0, {})


def on_time(first, last, without=()):
    """A run shortly after each point of the grid."""
    chance = random.Random(7)
    return [n + PHASE + chance.uniform(0.001, 0.02) for n in range(first, last) if n not in without]


class Accounting(unittest.TestCase):
    def judge(self, arrivals, run, skipped=0, failed=0):
        return account("c", arrivals, [reading(10.0, 100, 5)], [reading(70.0, 100 + run, 5 + skipped, failed)], 1.0)

    def test_the_grid_is_found_also_when_some_runs_are_late(self):
        late = [n + PHASE + 0.55 for n in (3, 9, 20)]
        self.assertAlmostEqual(grid_phase(on_time(0, 40, (3, 9, 20)) + late, 1.0), PHASE, delta=0.02)
        # The grid may lie where an interval ends and the next begins.
        around = [n - 0.001 for n in range(1, 9)] + [n + 0.01 for n in range(8)]
        self.assertAlmostEqual(grid_phase(around, 1.0), 0.999, delta=0.001)
        self.assertEqual(points_between(10.0, 70.0, PHASE, 1.0), 60)
        self.assertEqual(points_between(10.3, 10.5, PHASE, 1.0), 1)

    def test_all_is_well_within_the_edges(self):
        for run in (59, 60, 61):
            found = self.judge(on_time(10, 70), run)
            self.assertEqual((found.lost, found.doubled, list(found.complaints())), (0, 0, []))

    def test_skipped_runs_are_not_lost(self):
        found = self.judge(on_time(10, 70, (20, 21)), 58, skipped=2)
        self.assertEqual((found.due, found.lost, list(found.complaints())), (60, 0, []))

    def test_lost_runs_are_found(self):
        found = self.judge(on_time(10, 70, (20, 21, 22)), 57)
        self.assertEqual(found.lost, 2)
        self.assertRegex(list(found.complaints())[0], "2 due runs are neither")

    def test_runs_beyond_the_grid_are_found(self):
        self.assertEqual(self.judge(on_time(10, 70), 63).lost, -2)

    def test_doubled_runs_are_found(self):
        arrivals = on_time(10, 70)
        self.assertEqual(self.judge([*arrivals, 30 + PHASE + 0.03], 60).doubled, 1)
        self.assertEqual(self.judge([*arrivals, 30 + PHASE + 0.9], 60).doubled, 1)

    def test_a_late_run_is_not_a_doubled_one(self):
        # The run of 20 comes after that of 22, as after a suspension.
        self.assertEqual(doubled([*on_time(10, 70, (20, 21)), 22 + PHASE + 0.1], PHASE, 1.0), 0)

    def test_what_comes_to_the_target_must_be_counted(self):
        found = self.judge(on_time(10, 70), 50, skipped=10)
        self.assertRegex(list(found.complaints())[0], "60 runs came to the target, but only 50")

    def test_what_passed_must_have_come_to_the_target(self):
        found = self.judge(on_time(10, 70, range(30, 40)), 60)
        self.assertRegex(list(found.complaints())[0], "60 runs are said to have passed, but only 50")
        # Runs that failed for want of descriptors never got there.
        self.assertEqual(list(self.judge(on_time(10, 70, range(30, 40)), 60, failed=10).complaints()), [])


if __name__ == "__main__":
    unittest.main()
