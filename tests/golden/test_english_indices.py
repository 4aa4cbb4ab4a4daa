"""The English indices of 2015 and 2025, every neighbourhood, from project folders as analysts write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from commonweal import engine, sources
from commonweal.project import load

WEIGHTS = {
    "income": 0.225, "employment": 0.225, "education": 0.135, "health": 0.135,
    "crime": 0.093, "barriers": 0.093, "environment": 0.093,
}  # fmt: skip
#: The published weights sum to 0.999, and the published score is the sum, not the mean.
PUBLISHED_SUM = 0.999

#: 2015: published to three decimals after the exponential transformation; 2025: from the domain ranks,
#: where rank 1 is the most deprived, so a low rank is a high score.
EDITIONS = {
    "2015": {
        "file": "iod2015_lsoa11_england_transformed_domains.csv.gz",
        "code": "lsoa11_code",
        "name": "lsoa11_name",
        "score": "IMD_score",
        "areas": 32_844,
        "direction": 1,
        "normalise": "none",
        "columns": ["income_t", "employment_t", "education_t", "health_t", "crime_t", "barriers_t",
                    "living_environment_t"],
    },
    "2025": {
        "file": "iod2025_lsoa21_england.csv.gz",
        "code": "lsoa21_code",
        "name": "lsoa21_name",
        "score": "IMD_score",
        "areas": 33_755,
        "direction": -1,
        "normalise": "{method: exponential, rate: 23}",
        "columns": ["Income_rank", "Employment_rank", "Education_rank", "Health_rank", "Crime_rank",
                    "Housing_and_Services_rank", "Environment_rank"],
    },
}  # fmt: skip


@pytest.mark.parametrize("year", EDITIONS)
def test_every_neighbourhood(
    year: str, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = EDITIONS[year]
    monkeypatch.setenv("COMMONWEAL_DATA", str(shared_data))
    path = f"${{COMMONWEAL_DATA}}/english_indices_of_deprivation/{edition['file']}"
    rows = ["id,name,parent,level,direction,weight", "imd,Index of Multiple Deprivation,,index,,"]
    rows += [f"{id},{id},imd,indicator,{edition['direction']},{weight}" for id, weight in WEIGHTS.items()]
    (tmp_path / "framework.csv").write_text("\n".join(rows) + "\n")
    columns = ", ".join(f"{column}: {id}" for column, id in zip(edition["columns"], WEIGHTS, strict=True))
    (tmp_path / "commonweal.yaml").write_text(f"""
project: {{title: Index of Multiple Deprivation, place: England, framework: framework.csv}}
areas:
  type: LSOA
  table: {path}
  columns: {{{edition["code"]}: code, {edition["name"]}: name}}
values:
  - path: {path}
    layout: wide
    code: {edition["code"]}
    period: "{year}"
    columns: {{{columns}}}
    subject: thing
recipe:
  normalise: {edition["normalise"]}
  weigh: given
  aggregate: arithmetic
""")

    project = load(tmp_path)
    safe = sources.gate(project, sources.collect(project)).observations
    scoring = engine.score(safe, project.framework, project.areas, project.periods, project.recipe)

    published = pl.read_csv(
        shared_data / "english_indices_of_deprivation" / str(edition["file"]),
        columns=[str(edition["code"]), str(edition["score"])],
    ).sort(str(edition["code"]))
    assert scoring.areas == tuple(published[str(edition["code"])])
    assert len(scoring.areas) == edition["areas"]
    found = scoring.scores[0, :, scoring.node_index["imd"]] * PUBLISHED_SUM
    np.testing.assert_allclose(found, published[str(edition["score"])].to_numpy(), rtol=0, atol=0.001)
