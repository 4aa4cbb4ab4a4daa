"""What an earlier edition has published: its figures, what they count, and of which areas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from commonweal.model.area import Geography

#: What the figures of an indicator about people count in a period: records of a source that meet `counted`,
#: among those that meet `among` (filters), or different texts of the column `people` among them, in months.
DEFINITIONS: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String, "period": pl.String, "source": pl.String, "counted": pl.String,
    "among": pl.String, "people": pl.String, "months": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class PublishedBefore:
    """The protected observations of an earlier edition, and what is known of them.

    `definitions` has the columns of `DEFINITIONS`, and no rows where the edition does not tell. `geography`
    says what the codes of its areas mean, `place` what they are parts of, `hide_to` up to where its counts
    were hidden (0 where that is not known), `controlled` whether they went to either multiple beside them.
    """

    observations: pl.DataFrame
    definitions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DEFINITIONS))
    geography: Geography = Geography("")
    place: str = ""
    hide_to: int = 0
    controlled: bool = False

    def stands_for(self, figure: float, step: float | None) -> tuple[float, float]:
        """The least and the most count that a figure rounded to `step` stands for.

        >>> nhs = PublishedBefore(pl.DataFrame(), hide_to=7)
        >>> nhs.stands_for(15, 5), nhs.stands_for(10, 5), nhs.stands_for(12, None)
        ((13, 17), (8, 12), (12, 12))
        >>> PublishedBefore(pl.DataFrame(), controlled=True).stands_for(5, 5)
        (1, 9)
        """
        if not step or step == 1:
            return figure, figure
        if self.controlled:
            return max(figure - step + 1, 0), figure + step - 1
        return (
            (0, 0) if figure == 0 else (max(figure - step // 2, self.hide_to + 1), figure + (step - 1) // 2)
        )
