"""Ranges of ranks and probabilities of classes, on a few boroughs whose truth is known.

`benchmarks/calibration.py` has more of them, and larger ones.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def calibration(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import calibration

    yield calibration
    for name in ("calibration", "borough", "made"):
        sys.modules.pop(name, None)


@pytest.mark.slow
def test_ranges_hold_the_truth_and_classes_come_true_as_often_as_said(calibration: ModuleType) -> None:
    seen = [calibration.look(calibration.borough(17, number, replications=200)) for number in range(6)]
    held = np.concatenate([one["held"] for one in seen])
    width, known = (np.concatenate([one[name] for one in seen]).mean() for name in ("width", "known"))
    assert held.mean() >= 0.88
    assert width <= 1.15 * known
    for name in ("marks", "moves"):
        rows = np.concatenate([one[name] for one in seen])
        assert rows[:, 0].mean() == pytest.approx(rows[:, 1].mean(), abs=0.05)


@pytest.mark.slow
def test_marks_under_pure_noise_are_as_many_as_stated(calibration: ModuleType) -> None:
    stated, there = calibration.noise(17, 3)
    assert stated == pytest.approx(there, rel=0.1)
