"""Begin a project from what another program keeps: find out what it is, read it, write the project."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from commonweal.errors import CommonwealError, refusal
from commonweal.formats.cells import read_workbook
from commonweal.project.interchange import coin_tool, pair, template
from commonweal.project.interchange.draft import Draft, write_draft

_BOOKS: Final = (".xlsx", ".xlsm")


def begin_from(target: Path | str, source: Path | str, meta: Path | str | None = None) -> tuple[str, ...]:
    """Write a project to `target`, a new or empty folder, from `source`; return what the user should know.

    `source` is a folder with COINr's iData.csv and iMeta.csv, the data table of such a pair (`meta` is the
    other one; left out, iMeta.csv beside it), a workbook of the COIN Tool, or our own workbook filled in.
    Nothing is written where there is a fault; each names the file or sheet, the row and the value. Raises
    INTERCHANGE-FORM, INTERCHANGE-LAYOUT, and what reading a project raises.
    """
    draft = _draft(Path(source), None if meta is None else Path(meta))
    write_draft(draft, Path(target))
    return draft.says


def _draft(source: Path, meta: Path | None) -> Draft:
    if source.is_dir():
        return pair.read_pair(_inside(source, "iData.csv"), meta or _inside(source, "iMeta.csv"))
    if not source.is_file():
        raise refusal("PATH-MISSING", f"there is nothing at {str(source)!r}", "Correct the path.")
    if source.suffix.lower() == ".csv":
        return pair.read_pair(source, meta or _inside(source.parent, "iMeta.csv"))
    if source.suffix.lower() not in _BOOKS:
        raise _unknown(source)
    book = read_workbook(source)
    if set(template.SHEETS) <= set(book):
        return template.read_filled_in(book)
    if coin_tool.SHEET in book:
        return coin_tool.read_coin_tool(book)
    raise _unknown(source)


def _inside(folder: Path, name: str) -> Path:
    """A file by its name, capitals or not."""
    for path in sorted(folder.iterdir()):
        if path.name.lower() == name.lower():
            return path
    raise refusal(
        "INTERCHANGE-FORM",
        f"there is no {name} in {str(folder)!r}",
        "Name the data table with --from, and the table that describes it with --meta.",
    )


def _unknown(source: Path) -> CommonwealError:
    return refusal(
        "INTERCHANGE-FORM",
        f"{str(source)!r} is nothing that a project can begin from",
        "Name a folder with iData.csv and iMeta.csv, a COIN Tool workbook (with a sheet Database), or the"
        " workbook of `commonweal new DIR --template` filled in.",
    )
