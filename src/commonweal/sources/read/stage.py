"""Makes the files of a source ready for an engine.

Engines read CSV in UTF-8 and Parquet where they lie. Every other form is streamed, a batch at a time, to a
Parquet file of text columns in a folder of the project's own; CSV in other letters, in an archive, or under
a name that engines would take for a pattern, is copied there in UTF-8, line for line. So are records whose
person keys are compared, in any form, with digests for keys. Afterwards it is gone.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from commonweal.errors import CommonwealError, Fault
from commonweal.sources.backends.sql import distinct_names
from commonweal.sources.query import PLACES, File, Totals, Unreadable
from commonweal.sources.read import parquet, separated
from commonweal.sources.read.batches import batches
from commonweal.sources.read.keyed import Keyed
from commonweal.sources.read.packed import FULL, opened
from commonweal.sources.read.text_parquet import widen, write_parts
from commonweal.sources.read.written import Batches, Written, no_room, unreadable

#: Signs in a path that engines take for a pattern.
_PATTERN: Final = frozenset("*?[]{}")


@dataclass(frozen=True, slots=True)
class Ready:
    """The files of a source as an engine reads them, and what was found on the way.

    `written` are the files as they lie, all with their columns now. `origins` has the file that stands
    behind one in the scratch folder; `broken` places of rows that could not be taken apart, of which there
    are `unreadable`.
    """

    files: tuple[File, ...]
    written: tuple[Written, ...]
    origins: Mapping[Path, Path]
    unreadable: int = 0
    broken: tuple[Unreadable, ...] = ()

    def told(self, totals: Totals) -> Totals:
        """An engine's totals with the rows that were lost before it saw them, naming files as they lie."""
        where = [replace(place, file=self.origins.get(place.file, place.file)) for place in totals.where]
        places = sorted([*where, *self.broken], key=lambda place: (str(place.file), place.line))
        return replace(totals, unreadable=totals.unreadable + self.unreadable, where=tuple(places[:PLACES]))


@contextmanager
def ready(files: tuple[Written, ...], scratch: Path, keyed: Keyed | None = None) -> Iterator[Ready]:
    """The files of a source, ready for an engine while the context lasts.

    Where its records are `keyed`, each file is written again, with digests in the place of person keys.

    What an engine says of a file in the scratch folder is said of the file it was made from. Raises
    RECORDS-UNREADABLE, RECORDS-EMPTY and RECORDS-PART as reading does, and SCRATCH-FULL.
    """
    staging = _Staging(scratch, keyed)
    with _no_room(scratch):
        for number, written in enumerate(files):
            staging.take(number, written)
        prepared = staging.ready()
    with _renamed(prepared.origins):
        yield prepared


@contextmanager
def _no_room(scratch: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise CommonwealError(no_room(scratch)) from error


@contextmanager
def _renamed(origins: Mapping[Path, Path]) -> Iterator[None]:
    try:
        yield
    except CommonwealError as error:
        names = {str(made): str(origin) for made, origin in origins.items()}
        faults = [replace(fault, file=names.get(fault.file, fault.file)) for fault in error.faults]
        raise CommonwealError(faults) from error


@dataclass(slots=True)
class _Staging:
    """Work in progress: what is ready so far."""

    folder: Path
    keyed: Keyed | None = None
    files: list[File] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    origins: dict[Path, Path] = field(default_factory=dict)
    unreadable: int = 0
    broken: list[Unreadable] = field(default_factory=list)

    def take(self, number: int, written: Written) -> None:
        """Make one more file ready."""
        self.written.append(written)
        if written.form == "parquet":
            self._take_parquet(number, written)
        elif written.form == "csv" and self.keyed is None:
            self._take_csv(number, written)
        else:
            self._take_other(number, written)

    def _take_csv(self, number: int, written: Written) -> None:
        encoded = separated.encoding(written.path)
        path = written.path
        packed = path.name.lower().endswith(".zip")
        if encoded != "utf-8" or packed or _PATTERN & set(str(path)):
            path = self.folder / f"{number}.csv.gz"
            self.origins[path] = written.path
            with (
                opened(written.path) as stream,
                separated.text(stream, encoded) as letters,
                gzip.open(path, "wt", compresslevel=1, encoding="utf-8", newline="") as copy,
            ):
                shutil.copyfileobj(letters, copy, 1 << 20)
        self.files.append(File(path, "csv", written.columns or (), written.delimiter))

    def _take_parquet(self, number: int, written: Written) -> None:
        path = written.path
        if self.keyed is not None or _PATTERN & set(str(path)):
            path = self.folder / f"{number}.parquet"
            self.origins[path] = written.path
            if self.keyed is None:
                shutil.copyfile(written.path, path)
            else:
                parquet.copy(written.path, path, self.keyed.column, self.keyed.frame)
        columns = (*(written.columns or ()), *self._added)
        self.files.append(File(path, "parquet", columns, folders=written.folders))

    @property
    def _added(self) -> tuple[str, ...]:
        """The columns that records have beside their own."""
        return () if self.keyed is None else tuple(self.keyed.others)

    def _take_other(self, number: int, written: Written) -> None:
        lost = self.unreadable
        known = None if written.columns is None else (*written.columns, *self._added)
        parts = write_parts(self._heard(written), self.folder, str(number), known)
        if not parts:
            raise CommonwealError(_without_records(written, self.unreadable - lost))
        for path, columns in parts:
            self.files.append(File(path, "parquet", columns))
            self.origins[path] = written.path

    def _heard(self, written: Written) -> Batches:
        """The batches of a file; the rows that can't be taken apart are noted as they pass."""
        for batch in batches(written):
            self.unreadable += len(batch.broken)
            room = max(0, PLACES - len(self.broken))
            self.broken += [Unreadable(written.path, place) for place in batch.broken[:room]]
            yield batch if self.keyed is None else replace(batch, frame=self.keyed.frame(batch.frame))

    def ready(self) -> Ready:
        """All files; those whose records name their own columns have those of all of them."""
        files, written = tuple(self.files), tuple(self.written)
        of_their_own = {w.path for w in written if w.columns is None}
        mine = [f for f in files if self.origins.get(f.path) in of_their_own]
        together = tuple(dict.fromkeys(name for file in mine for name in file.columns))
        if together:
            names = distinct_names(together)
            for file in mine:
                widen(file.path, file.columns, together)
            files = tuple(replace(f, columns=names) if f in mine else f for f in files)
            own = tuple(name for name in together if name not in self._added)
            written = tuple(w if w.columns is not None else replace(w, columns=own) for w in written)
        return Ready(files, written, self.origins, self.unreadable, tuple(self.broken))


def _without_records(written: Written, lost: int) -> Fault:
    if lost:
        what = "no line is one JSON object"
        return unreadable(written.path, what, "Write one record a line: {…}, without a list around them.")
    return Fault("RECORDS-EMPTY", "the file holds nothing", "Give it records.", file=str(written.path))
