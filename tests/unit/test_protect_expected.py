"""Those expected of a standardised ratio are made of protected totals, and the intruder is told those."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_project import NO_DENOMINATORS, made_project

from commonweal.methods.standardise import expected
from commonweal.model.project import STRATA
from commonweal.model.protection import Protection
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import collect, gate
from commonweal.sources.filter import columns_of, parse_filter
from commonweal.sources.measure.grouped import conditions_of
from commonweal.sources.protect.logic import World, vectors

BANDS = ("0-39", "40-74", "75+")
#: People of each band in each ward.
PEOPLE = {"A": (900, 700, 90), "B": (500, 800, 240), "C": (1500, 610, 60), "D": (700, 700, 160)}


def town(
    root: Path, deaths: dict[str, tuple[int, ...]], preset: str = "nhs", *more: Measure, ages: bool = False
) -> pl.DataFrame:
    """What is published of deaths by ward and band."""
    texts = ("25", "41", "90") if ages else BANDS
    rows = [
        f"{ward},2018-0{i % 9 + 1},{text}"
        for ward, counts in deaths.items()
        for text, count in zip(texts, counts, strict=True)
        for i in range(count)
    ]
    path = root / "deaths.csv"
    path.write_text("ward,when,age\n" + "\n".join(rows) + "\n")
    strata = pl.DataFrame(
        [
            {"name": "people", "area": ward, "period": "2018", "group": band, "value": float(value)}
            for ward, values in PEOPLE.items()
            if ward in deaths
            for band, value in zip(BANDS, values, strict=True)
        ],
        schema=STRATA,
    )
    whole = strata.group_by("name", "area", "period").agg(pl.col("value").sum())
    ratio = Measure(
        "smr", "deaths", "standardised_ratio", per=100, denominator="people", by=(("band", "age"),)
    )
    project = made_project(
        root,
        [
            Records(
                "deaths", (path,), path.name, "person", Link("code", "ward"), date="when",
                covers=("2018",), wider=True,
            )
        ],
        [ratio, *more],
        tuple(deaths),
        ["2018"],
        denominators=whole.select(NO_DENOMINATORS.columns),
        protection=Protection(preset),
    )  # fmt: skip
    project = replace(project, strata=strata, groups={"people": ("band",)})
    return gate(project, collect(project)).observations.frame.filter(indicator="smr").sort("area")


DEATHS = {"A": (2, 14, 31), "B": (0, 21, 64), "C": (3, 13, 24), "D": (1, 19, 52)}


@pytest.mark.parametrize("ages", [False, True])
@pytest.mark.parametrize(
    ("preset", "shown"),
    [("nhs", (4.0, 65.0, 170.0)), ("gss", (5.0, 65.0, 170.0)), ("ons", (5.0, 65.0, 170.0))],
)
def test_they_are_made_of_totals_that_went_through_the_rule(
    tmp_path: Path, preset: str, shown: tuple[float, ...], ages: bool
) -> None:
    """Of 6 young, 67 older and 171 old; under nhs and ons the young are hidden, and stand at the middle."""
    frame = town(tmp_path, DEATHS, preset, ages=ages)
    people = np.array([PEOPLE[ward] for ward in DEATHS], dtype=float)
    due = (people / people.sum(axis=0) * np.array(shown)).sum(axis=1)
    np.testing.assert_allclose(frame["denominator"].to_numpy(), due, rtol=1e-11)
    np.testing.assert_allclose(
        frame["value"].to_numpy(), 100 * frame["numerator"].to_numpy() / due, rtol=1e-11
    )


def test_what_protection_moves_them_by_is_small_where_deaths_are_many(tmp_path: Path) -> None:
    people = np.array([PEOPLE[ward] for ward in DEATHS], dtype=float)
    exact = expected(people, np.array(list(DEATHS.values()), dtype=float))
    shown = town(tmp_path, DEATHS)["denominator"].to_numpy()
    assert np.abs(shown / exact - 1).max() < 0.06


def test_a_ratio_has_no_value_where_its_totals_would_narrow_a_hidden_count(tmp_path: Path) -> None:
    """A hidden total of two wards leaves each 6 at most."""
    frame = town(tmp_path, {"A": (0, 0, 2), "B": (0, 0, 3)})
    assert frame["value"].to_list() == [None, None]
    assert frame["denominator"].to_list() == [None, None]
    assert frame["status"].to_list() == ["suppressed", "suppressed"]


def test_a_count_of_the_same_band_is_tried_with_them(tmp_path: Path) -> None:
    """Of 18 to 22 young in all no ward but A, with 8 to 12 of them, and D has any: so D has 6 or 7."""
    deaths = {"A": (12, 14, 31), "B": (0, 21, 64), "C": (0, 13, 24), "D": (6, 19, 52)}
    young = Measure("young", "deaths", "count", where="age < 40")
    assert town(tmp_path, deaths, "nhs", young, ages=True)["value"].null_count() == 4
    deaths = {"A": (4, 14, 31), "B": (0, 21, 64), "C": (5, 13, 24), "D": (6, 19, 52)}
    assert town(tmp_path, deaths, "nhs", young, ages=True)["value"].null_count() == 0


def test_rounded_together_the_totals_are_rounded_by_themselves(tmp_path: Path) -> None:
    frame = town(tmp_path, DEATHS, "controlled")
    people = np.array([PEOPLE[ward] for ward in DEATHS], dtype=float)
    due = (people / people.sum(axis=0) * np.array([5.0, 65.0, 170.0])).sum(axis=1)
    np.testing.assert_allclose(frame["denominator"].to_numpy(), due, rtol=1e-11)
    assert set(frame["status"]) == {"rounded"}


def test_an_age_in_years_is_of_the_band_it_lies_in() -> None:
    young, older, _ = conditions_of(["age"], [[band] for band in BANDS], [["7", "90"]])
    filters = [young, older, parse_filter("age <= 39"), parse_filter("age < 40")]
    assert vectors(filters, {"age": World.CLOSED}) == [
        (False, False, False, False), (False, True, False, False), (True, False, True, True)
    ]  # fmt: skip
    assert (True, False, False, True) in (vectors(filters, {"age": World.FILLED}) or [])  # 39.5


def test_a_column_of_bands_and_of_ages_is_read_as_both() -> None:
    young, *_ = conditions_of(["age"], [[band] for band in BANDS], [["0-39", "90"]])
    assert columns_of(young) == {"age"}
    assert vectors([young, parse_filter("age = '0-39'"), parse_filter("age < 40")]) == [
        (False, False, False), (True, False, True), (True, True, False)
    ]  # fmt: skip
