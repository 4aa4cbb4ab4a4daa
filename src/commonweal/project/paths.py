"""Finds the files a project names, and keeps it from reaching outside its folder."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath, PureWindowsPath

from commonweal.errors import CommonwealError, refusal
from commonweal.formats.tables import Table, read_table
from commonweal.model.variable import WRITTEN

#: So many cells are named.
_SHOWN = 5


@dataclass(slots=True)
class Files:
    """The files of a project; `found` remembers each that was used, under the name the project gives it.

    `private` has the names of those that may tell about people; `tables` those read so far, since a
    project may take its areas, values and denominators from one large file.
    """

    root: Path
    found: dict[str, Path] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)
    tables: dict[tuple[Path, str | None], Table] = field(default_factory=dict)

    def file(self, written: str) -> Path:
        """The one file at `written`. Raises PATH-MISSING, PATH-OUTSIDE, PATH-VARIABLE."""
        path = self._inside(written)
        if not path.is_file():
            near = _near(path)
            hint = f" (there is {near!r})" if near else ""
            raise refusal("PATH-MISSING", f"the file '{written}' does not exist{hint}", "Correct the path.")
        self.found[written] = path
        return path

    def table(self, written: str, sheet: str | None = None) -> Table:
        """The table at `written`. Raises as `file` and `read_table` do."""
        path = self.file(written)
        if (path, sheet) not in self.tables:
            try:
                self.tables[path, sheet] = read_table(path, sheet=sheet)
            except CommonwealError as error:
                raise CommonwealError(
                    fault.at(written, fault.line) if fault.file else fault for fault in error.faults
                ) from None
        return self.tables[path, sheet]

    @property
    def notes(self) -> list[str]:
        """What is worth knowing about the tables read: cells of sheets that hold an error."""
        said = []
        for (path, sheet), table in sorted(self.tables.items(), key=str):
            if count := len(table.errors):
                shown = ", ".join(table.errors[:_SHOWN]) + ", …" * (count > _SHOWN)
                cells = "1 cell holds" if count == 1 else f"{count} cells hold"
                where = f"{path.name}{f', sheet {sheet}' if sheet else ''}"
                said.append(f"{where}: {cells} an Excel error such as #N/A, read as empty: {shown}")
        return said

    def files(self, written: str) -> dict[str, Path]:
        """The files a pattern with * or ** stands for, sorted, by name. Raises as `file` does."""
        if not any(sign in written for sign in "*?["):
            return {written: self.file(written)}
        base, pattern = self._base(written)
        paths = tuple(sorted(path for path in base.glob(pattern) if path.is_file()))
        if not paths:
            raise refusal("PATH-MISSING", f"no file is called '{written}'", "Correct the path.")
        if not written.startswith("${"):
            for path in paths:
                self._check_links(path, written)
        named = {f"{_head(written)}{path.relative_to(base).as_posix()}": path for path in paths}
        self.found |= named
        return named

    def records(self, written: str) -> dict[str, Path]:
        """The files of records at `written`: as `files`, or the Parquet files of a folder, at any depth.

        What writers leave beside them (`_SUCCESS`, hidden files) is passed over. Raises as `file` does.
        """
        if any(sign in written for sign in "*?[") or not self._inside(written).is_dir():
            return self.files(written)
        try:
            held = self.files(f"{written.rstrip('/')}/**/*")
        except CommonwealError:
            held = {}
        wanted = {
            name: path
            for name, path in held.items()
            if path.suffix.lower() in (".parquet", ".pq") and not path.name.startswith((".", "_"))
        }
        for name in held.keys() - wanted.keys():
            self.found.pop(name, None)
        if not wanted:
            what = f"the folder '{written}' has no Parquet file"
            raise refusal(
                "PATH-MISSING", what, "Name files of another kind with a pattern, such as data/*.csv."
            )
        return wanted

    def inputs(self, private: bool) -> dict[str, Path]:
        """The files that were read, by their names as written: those about people, or all others."""
        return {name: self.found[name] for name in sorted(self.found) if (name in self.private) == private}

    def _inside(self, written: str) -> Path:
        base, rest = self._base(written)
        path = base / rest
        if not written.startswith("${"):
            self._check_links(path, written)
        return path

    def _base(self, written: str) -> tuple[Path, str]:
        """The folder a path starts from, and the rest of it."""
        variable = WRITTEN.match(written)
        rest = written[variable.end() :] if variable else written
        rest = rest.replace("\\", "/")
        if "${" in rest:
            raise refusal(
                "PATH-VARIABLE",
                f"'{written}' has a variable inside",
                "A variable may only stand at the start of a path.",
            )
        if ".." in PurePosixPath(rest).parts:
            raise _outside(written)
        if variable:
            return _from_environment(variable[1], written), rest.lstrip("/")
        outside = PurePosixPath(rest).is_absolute() or PureWindowsPath(written).drive
        if outside:
            raise _outside(written)
        return self.root, rest

    def _check_links(self, path: Path, written: str) -> None:
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise _outside(written)


def _head(written: str) -> str:
    variable = WRITTEN.match(written)
    return f"{variable[0]}/" if variable else ""


def _from_environment(name: str, written: str) -> Path:
    value = os.environ.get(name, "")
    if not value:
        raise refusal(
            "PATH-VARIABLE",
            f"the environment variable {name} of '{written}' is not set",
            f"Set {name} to a folder.",
        )
    return Path(value)


def _near(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    near = get_close_matches(path.name, sorted(p.name for p in path.parent.iterdir()), n=1)
    return near[0] if near else ""


def _outside(written: str) -> CommonwealError:
    return refusal(
        "PATH-OUTSIDE",
        f"the path '{written}' leads out of the project folder",
        "Move the file into the folder, or begin the path with ${NAME}, an environment variable.",
    )
