"""Sobol indices: the recorded run, functions whose indices are known, and points as others make them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

from commonweal.methods import sobol
from commonweal.methods.sobol import MOST_INPUTS, design, indices


def test_the_points_are_those_of_joe_and_kuo() -> None:
    theirs = qmc.Sobol(24, scramble=False, bits=32).random(1024)
    assert np.array_equal(sobol.points(1024, 24), theirs)


def test_scrambled_points_fill_every_box_once() -> None:
    drawn = sobol.points(256, 8, np.random.default_rng(3))
    for column in drawn.T:  # a net in base 2: one point in each 256th of each axis
        assert sorted((column * 256).astype(int)) == list(range(256))
    assert not np.array_equal(drawn, sobol.points(256, 8, np.random.default_rng(4)))


def test_the_recorded_run_gives_its_indices(golden: Path) -> None:
    folder = golden / "asem" / "sensitivity"
    with (folder / "target.csv").open() as file:
        target = np.array([float(row["mean_abs_rank_change"]) for row in csv.DictReader(file)])
    with (folder / "indices.csv").open() as file:
        expected = list(csv.DictReader(file))
    found = indices(target, len(expected))
    assert found.first == pytest.approx([float(row["Si"]) for row in expected], abs=1e-9)
    assert found.total == pytest.approx([float(row["STi"]) for row in expected], abs=1e-9)


def test_ishigami() -> None:
    x = design(2048, 3, np.random.default_rng(1))
    angle = np.pi * (2 * x - 1)
    y = np.sin(angle[:, 0]) + 7 * np.sin(angle[:, 1]) ** 2 + 0.1 * angle[:, 2] ** 4 * np.sin(angle[:, 0])
    found = indices(y, 3)
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    inside = (found.total_between[:, 0] <= found.total) & (found.total <= found.total_between[:, 1])
    assert inside.all()


def test_the_g_function_of_sobol() -> None:
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
    x = design(4096, 8, np.random.default_rng(1))
    y = np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=1)
    part = 1 / 3 / (1 + a) ** 2
    variance = np.prod(1 + part) - 1
    found = indices(y, 8)
    assert found.first == pytest.approx(part / variance, abs=0.01)
    assert found.total == pytest.approx(part * np.prod(1 + part) / (1 + part) / variance, abs=0.01)


def test_a_failed_run_spoils_its_own_rows_alone() -> None:
    x = design(512, 2, np.random.default_rng(1))
    y = x[:, 0] + 0.1 * x[:, 1]
    whole = indices(y, 2)
    y[[3, 700]] = np.nan
    found = indices(y, 2)
    assert np.isfinite(found.total).all()
    assert found.total == pytest.approx(whole.total, abs=0.02)


def test_nothing_that_varies_has_no_indices() -> None:
    assert np.isnan(indices(np.ones(8), 2).total).all()


def test_more_inputs_than_there_are_points_for() -> None:
    with pytest.raises(ValueError, match="at most 12 inputs"):
        design(8, MOST_INPUTS + 1, np.random.default_rng(1))
