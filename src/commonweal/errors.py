"""Every error a user can meet: a code, the facts, and the remedy; `commonweal help CODE` tells more.

A *fault* is one thing that is wrong. Work that can find several faults collects them all and raises
one `CommonwealError` that carries every one, so that a user hears all the news in one run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

#: Code -> what it says, in a few words. Each has a page, docs/errors/CODE.md, and at least one test.
CODES: Final[dict[str, str]] = {
    "ANSWER-MISSING": "weights ask people, but there are no answers",
    "ANSWER-VALUE": "an answer can't be used as it stands",
    "AREA-DUPLICATE": "an area code stands twice",
    "AREA-EMPTY": "an area code is empty",
    "AREA-NAME-EMPTY": "an area has no name",
    "AREA-UNKNOWN": "an area code is not in the areas table",
    "BOUNDARIES-CODE": "the codes of the boundaries can't be used",
    "BOUNDARIES-CRS": "boundaries do not say what their coordinates are in",
    "BOUNDARIES-INVALID": "an outline is not a proper polygon",
    "BOUNDARIES-MISSING": "an area has no outline",
    "COLUMN-MISSING": "a table lacks a column",
    "COLUMN-UNKNOWN": "a table has a column that is not known",
    "DENOMINATOR-ZERO": "an indicator is divided by a denominator of zero or less",
    "EDITION-BROKEN": "an edition is not whole, or not as it was published",
    "EDITION-EXISTS": "there is an edition of that name already",
    "EDITION-INTERNAL": "an output that is not for publication can't be frozen",
    "EDITION-LACKS": "an older edition has nothing that a frozen rule could take from it",
    "EDITION-MISSING": "a folder holds no edition",
    "EDITION-NAME": "a name can't be that of an edition",
    "EDITION-WEIGHTS": "an older edition has no weight to hand on",
    "EXPLAIN-AGAINST": "there is nothing of that name to compare with",
    "EXPLAIN-NODE": "a node to explain is not in the framework",
    "EXPLAIN-PERIOD": "a period to explain is not published",
    "EXPLAIN-SCORE": "there is no score to explain",
    "EXTRA-MISSING": "an engine is asked for that is not installed",
    "FILE-EMPTY": "a table has no rows",
    "FILE-FORMAT": "a file can't be read",
    "FILTER-COLUMN": "a filter names a column that is not there",
    "FILTER-EMPTY": "no record meets a filter",
    "FILTER-NOT-ALLOWED": "a filter asks for more than comparing columns with values",
    "FILTER-SYNTAX": "a filter can't be read",
    "FRAMEWORK-CYCLE": "nodes are one another's parents",
    "FRAMEWORK-DIRECTION": "an indicator has no direction",
    "FRAMEWORK-DUPLICATE": "a node id stands twice",
    "FRAMEWORK-EMPTY": "a framework has no indicator",
    "FRAMEWORK-GOALPOSTS": "a goalpost can't be used as it stands",
    "FRAMEWORK-ID": "a node id is not usable as an address",
    "FRAMEWORK-LEVEL": "the levels of a framework do not agree",
    "FRAMEWORK-NAME": "there is no built-in framework of that name",
    "FRAMEWORK-ORPHAN": "a node's parent does not exist",
    "FRAMEWORK-UNKNOWN": "a project names a node that the framework does not have",
    "FRAMEWORK-WEIGHT": "a weight is negative, or all weights under a parent are zero",
    "HELP-CODE": "a code to explain is not known",
    "INDICATOR-CONSTANT": "an indicator has one value for all where a step needs a range",
    "INDICATOR-EMPTY": "an indicator has neither values nor a measure",
    "INDICATOR-UNKNOWN": "an indicator is not in the framework",
    "INTERCHANGE-FORM": "there is nothing here that a project can begin from",
    "INTERCHANGE-LAYOUT": "a table or workbook of another program is not laid out as expected",
    "LINK-CRS": "a coordinate system is not known",
    "LINK-TABLE": "a table of a link leads from one key to two areas",
    "LINK-VINTAGE": "codes are of other areas than the project's, and no lookup leads from there",
    "LOOKUP-AREAS": "a lookup leads to areas that the project does not have",
    "LOOKUP-OUTLINES": "a lookup does not say what it is made from, or lacks what that needs",
    "LOOKUP-SHARES": "the shares of an area do not add up to one",
    "LOOKUP-TARGETS": "an area leads to several, and nothing says how much of it goes where",
    "LOOKUP-WEIGHT": "a weight of a lookup can't be used",
    "MEASURE-DENOMINATOR": "a measure's denominator is missing or not known",
    "MEASURE-FILTER": "a measure lacks a filter, or has one that its kind does not use",
    "MEASURE-GROUPS": "the groups of a standardised measure do not fit together",
    "MEASURE-HELPER": "a measure is made of another that can't serve it",
    "MEASURE-KEY": "a measure has a key that its kind does not take, or lacks one that it needs",
    "MEASURE-RECORDS": "a measure names records that the project does not have",
    "MEASURE-VALUE": "most cells of a column of numbers hold none",
    "NORMALISE-VALUES": "a normalisation can't take an indicator's values",
    "OBSERVATION-DUPLICATE": "a value stands twice for one area, period and indicator",
    "OBSERVATION-NUMBER": "a value is not a finite number",
    "OBSERVATION-STATUS": "an observation has an unknown status",
    "OUT-FOREIGN": "the output folder holds something that no build wrote",
    "OUT-FROZEN": "an output would lie in an edition that was frozen",
    "OUT-LOCKED": "another build is writing the same output",
    "OUT-WRITE": "the output can't be written where it should be",
    "PATH-MISSING": "a file does not exist",
    "PATH-OUTSIDE": "a path leads out of the project folder",
    "PATH-VARIABLE": "a path names an environment variable that can't be used",
    "PEERS-ATTRIBUTE": "peers are chosen by something that is not a number for each area",
    "PEERS-FEW": "too few peers are asked for, or too few areas are there",
    "PEERS-GIVEN": "a peer that is given by hand can't be used",
    "PEERS-IN-INDEX": "peers are chosen by something that is in the index",
    "PERIOD-EMPTY": "a published period has no data",
    "PERIOD-FORM": "a period is not written in a form that is known",
    "PERIOD-UNKNOWN": "a period is needed but not given, or not among those published",
    "PROGRESS-PERIODS": "progress is asked for, but there is one period only",
    "PROGRESS-SCALE": "progress is asked for, but periods have no scale in common",
    "PROGRESS-SINCE": "progress counts since a period that is not published",
    "PROJECT-KEY": "a project has a key that is not known",
    "PROJECT-REQUIRED": "a project lacks a key",
    "PROJECT-VALUE": "a key of a project has a value that is not allowed",
    "PROJECT-YAML": "commonweal.yaml can't be read as YAML",
    "PROTECT-EXPOSED": "a hidden figure could be worked out from the others",
    "PROTECT-REASON": "protection is switched off without a reason",
    "PROTECT-WEAK": "a rule of one's own would give people away",
    "PUBLICATION-OFFICIAL": "an official publication lacks what it must state",
    "RECIPE-COLUMN": "a recipe names a column or a table of denominators that is not there",
    "RECIPE-KEY": "a recipe has a key that is not known",
    "RECIPE-LEVEL": "a recipe names a level that the framework does not have",
    "RECIPE-METHOD": "a recipe names a method that is not known",
    "RECIPE-NODE": "a recipe names a node that the framework does not have",
    "RECIPE-PARAMETER": "a parameter of a method is not allowed",
    "RECIPE-RULE": "a recipe's rule is not allowed or lacks what it needs",
    "RECORDS-COLUMN": "records lack a column, or have it twice",
    "RECORDS-DATABASE": "a database of records fails or lacks the table",
    "RECORDS-EMPTY": "a source of records has no file, or a file holds nothing",
    "RECORDS-KEYS": "keys that say where records are do not go together",
    "RECORDS-LINK": "a link from records to areas lacks what it needs",
    "RECORDS-PART": "a file of records lacks the sheet, table or element that is named",
    "RECORDS-PERSON": "people of two sources can't be compared safely",
    "RECORDS-SPARK": "Spark can't be started or can't count records",
    "RECORDS-UNDATED": "most records of a source have no date that can be read",
    "RECORDS-UNLINKED": "most records of a source find no area",
    "RECORDS-UNREADABLE": "a file can't be read as records",
    "RECORDS-URL": "the address of a database is written out",
    "SCORE-ZERO": "a mean can't take a score of zero or less",
    "SCRATCH-FULL": "the disk is full while records are read",
    "SCREEN-EMPTY": "screening leaves nothing",
    "TABLE-HEADER": "a column stands twice in a header",
    "TARGET-NOT-EMPTY": "the folder for a new project is not empty",
    "THEME-CONTRAST": "a theme's colours can't be read or are too close",
    "TREAT-VALUE": "a treatment can't take a value",
    "VALUES-BASE": "values about people come without what their protection needs",
    "WHATIF-ASKED": "what is asked of a scenario can't be told",
    "WHATIF-BUDGET": "a budget of points is none",
    "WHATIF-METHOD": "no smallest change can be shown for the way an index is formed",
    "WHATIF-TARGET": "a target to reach is none, or can't be read",
    "WHATIF-VALUE": "a value to suppose can't be used",
    "WHATIF-WITHIN": "a bound that keeps a change realistic is not to be had",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: what, where, which value, and what to do next.

    >>> print(Fault("AREA-UNKNOWN", "area 'E05' is not in areas.csv", "Add it, or correct the code.",
    ...             file="data/values.csv", line=7))
    data/values.csv:7: AREA-UNKNOWN area 'E05' is not in areas.csv; Add it, or correct the code.
    """

    code: str
    what: str
    remedy: str
    file: str = ""
    line: int = 0
    #: keys that lead to the place in a mapping (a recipe, a project), for whoever knows its lines
    path: tuple[str | int, ...] = ()

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unregistered error code {self.code!r}")

    def at(self, file: str, line: int = 0) -> Fault:
        """The same fault, placed in a file."""
        return replace(self, file=file, line=line)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        end = "" if self.what.endswith("?") else ";"
        return f"{place}{self.code} {self.what}{end} {self.remedy}"


class CommonwealError(Exception):
    """Something the user can put right; carries every fault found. Commands exit with 2."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        if not self.faults:
            raise ValueError("an error needs at least one fault")
        super().__init__("\n".join(str(fault) for fault in self.faults))


def near(word: object, known: Iterable[str], cutoff: float = 0.6) -> str:
    """What may have been meant, to follow a word that is not known; `cutoff` is how like it has to be, of 1.

    >>> near("geometrc", ["arithmetic", "geometric"])
    ", did you mean 'geometric'?"
    """
    from difflib import get_close_matches

    found = get_close_matches(str(word), list(known), n=1, cutoff=cutoff)
    return f", did you mean {found[0]!r}?" if found else ""


def raise_any(faults: Iterable[Fault]) -> None:
    """Raise `CommonwealError` with all `faults`, or return if there are none."""
    found = tuple(faults)
    if found:
        raise CommonwealError(found)


def refusal(
    code: str, what: str, remedy: str, file: str = "", line: int = 0, path: tuple[str | int, ...] = ()
) -> CommonwealError:
    """The error of one fault alone, to be raised.

    >>> raise refusal("FILE-EMPTY", "the table has no rows", "Fill it in.", "data/values.csv")
    Traceback (most recent call last):
    commonweal.errors.CommonwealError: data/values.csv: FILE-EMPTY the table has no rows; Fill it in.
    """
    return CommonwealError(Fault(code, what, remedy, file, line, path))
