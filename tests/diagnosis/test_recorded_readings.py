"""How pairs of errors are read, for shares and for variances, as it is recorded."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from steepest.diagnosis.bias_variance import errors_read
from tests.recorded import compare

RECORD = Path(__file__).with_name("recorded_readings.txt")
TRAIN = (0.0, 0.01, 0.02, 0.15, 0.5)
VALIDATION = (0.01, 0.03, 0.04, 0.16, 0.3, 0.9)
BEST = (0.0, 0.14)


def test_readings_are_as_recorded() -> None:
    for rows, is_share in product((20, 1000), (True, False)):
        lines = []
        for train, validation, best in product(TRAIN, VALIDATION, BEST):
            found = errors_read(train, validation, best, rows, is_share=is_share)
            lines.append(f"{train}, {validation}, {best}: {found}")
            lines.append(f"  {found.avoidable_bias:.3g}, {found.variance:.3g}")
        compare(RECORD, f"{rows} rows, {'share' if is_share else 'variance'}", "\n".join(lines))
