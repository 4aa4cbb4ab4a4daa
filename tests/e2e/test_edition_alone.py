"""An edition is enough: what scores mean is worked out from OUT, or a frozen edition, without the records."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from polars.testing import assert_frame_equal

import commonweal
from commonweal.insight import overtaking
from commonweal.model.edition import Edition
from commonweal.pipeline.auditing import audit_folder
from commonweal.pipeline.explanation import explain_area
from commonweal.pipeline.folder import make
from commonweal.project.edition import project_in

AREAS = [f"W{number:02}" for number in range(1, 13)]
YEARS = ("2022", "2023", "2024")
FRAMEWORK = """\
id,name,parent,level,direction,unit
index,Index,,index,,
safety,Safety,index,component,,
work,Work,index,component,,
crime,Crime rate,safety,indicator,-1,"per 1,000 people"
fires,Fires,safety,indicator,-1,"per 1,000 homes"
jobs,Employment,work,indicator,1,% of adults
pay,Weekly pay,work,indicator,1,£
"""
YAML = """\
project: {title: Index, place: Town, framework: framework.csv}
periods: {publish: [2022, 2023, 2024]}
areas: {type: ward, table: areas.csv}
values: [{path: values.csv, subject: thing}, {path: counts.csv, subject: person}]
denominators: {population: population.csv}
records:
  crimes: {path: crimes.csv, subject: person, key: id, date: day, link: {by: code, column: ward}}
measures:
  crime: {records: crimes, kind: rate, per: 1000, denominator: population}
recipe:
  normalise: {method: goalposts, rule: pooled}
  weigh: equal
  aggregate: {component: arithmetic, index: geometric}
  floor: 1
peers: {by: [income], count: 4}
progress: {since: 2022}
protect: {preset: nhs}
"""
#: What an edition says, frame by frame.
MEANING = (
    "scores", "peers", "performance", "progress", "unevenness", "trends", "spread", "convergence",
    "overtaking", "statements",
)  # fmt: skip


def write_project(root: Path) -> Path:
    """Twelve wards of three years: crimes as records, people in work as counts, two published figures."""
    root.mkdir()
    random = np.random.default_rng(3)
    (root / "commonweal.yaml").write_text(YAML)
    (root / "framework.csv").write_text(FRAMEWORK, encoding="utf-8")
    tables = {
        "areas": [
            "code,name,population,income",
            *(f"{a},Ward {a},1000,{20 + 3 * k}" for k, a in enumerate(AREAS)),
        ],
        "population": ["area,period,value"],
        "values": ["area,period,indicator,value"],
        "counts": ["area,period,indicator,value,numerator,denominator"],
        "crimes": ["id,day,ward"],
    }
    for year in YEARS:
        for k, area in enumerate(AREAS):
            tables["population"].append(f"{area},{year},1000")
            tables["values"].append(f"{area},{year},fires,{random.uniform(1, 9):.3f}")
            tables["values"].append(f"{area},{year},pay,{random.uniform(400, 700):.2f}")
            working = int(random.integers(300, 500))
            tables["counts"].append(f"{area},{year},jobs,{working / 6},{working},600")
            for n in range(int(random.integers(3, 40 + k))):  # some wards have so few that they are hidden
                tables["crimes"].append(f"{year}{area}{n},{year}-{1 + n % 12:02}-11,{area}")
    for name, rows in tables.items():
        (root / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return root


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_project(tmp_path_factory.mktemp("town") / "town")
    commonweal.build(folder)
    commonweal.freeze(folder, "2024")
    return folder


@pytest.fixture(scope="module", params=["build", "editions/2024"])
def alone(request: pytest.FixtureRequest, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of the build, or the frozen edition, in an empty folder."""
    target = tmp_path_factory.mktemp("empty") / "edition"
    shutil.copytree(project / request.param, target)
    return target


@pytest.fixture(scope="module")
def whole(project: Path) -> Edition:
    """The edition as the project gives it, records and all."""
    return make(project).edition


@pytest.fixture(scope="module")
def held(alone: Path) -> Edition:
    """The edition as it is made of what was published."""
    return make(project_in(alone)).edition


def test_no_record_is_there(alone: Path, whole: Edition) -> None:
    assert not list(alone.rglob("crimes.csv"))
    assert (whole.observations["status"] == "suppressed").any()


@pytest.mark.parametrize("part", MEANING)
def test_it_means_the_same(part: str, whole: Edition, held: Edition) -> None:
    assert_frame_equal(getattr(held, part), getattr(whole, part), check_exact=True)
    assert getattr(held, part).height


def test_it_is_as_sure(whole: Edition, held: Edition) -> None:
    assert held.uncertainty is not None
    assert not held.uncertainty.why_not
    assert held.scores["rank_low"].equals(whole.scores["rank_low"])
    assert held.scores["range_low"].equals(whole.scores["range_low"])


@pytest.mark.parametrize("against", ["Ward W02", "2022", "peers", "all", None])
def test_explanations(project: Path, alone: Path, against: str | None) -> None:
    there, here = (explain_area(root, "W05", against, report=lambda step: None) for root in (project, alone))
    own = [line for line in here.lines if "2024 edition" not in line]
    if against == "2022":  # re-statement needs an older edition, which the project alone keeps
        assert set(own) <= set(there.lines)
    else:
        assert here == there


def test_overtaking_of_any_two(whole: Edition, held: Edition) -> None:
    for other in AREAS[1:]:
        there, here = (overtaking.race(edition, AREAS[0], other) for edition in (whole, held))
        assert overtaking.lines(held, here) == overtaking.lines(whole, there)


def test_the_audit_says_which_choice_moves_ranks(alone: Path) -> None:
    document = audit_folder(alone, report=lambda step: None).document()
    found = [finding for section in document["sections"] for finding in section["findings"]]
    assert any("moves ranks most" in finding["found"] for finding in found)


def test_what_if(whole: Edition, alone: Path) -> None:
    asked = {"jobs": "+2", "pay": "+20"}
    assert commonweal.whatif(alone, "W03", asked).says == commonweal.whatif(whole, "W03", asked).says
    for node in (None, "Work"):
        there, here = (
            commonweal.whatif_reach(of, "W03", "rank=2", within=["all"], node=node) for of in (whole, alone)
        )
        assert here.says == there.says
    for area in ("W03", None):
        there, here = (commonweal.whatif_budget(of, 15.0, area) for of in (whole, alone))
        assert here.says == there.says
