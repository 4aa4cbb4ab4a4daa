"""Variables of the environment, as a project names them: `${NAME}`."""

from __future__ import annotations

import os
import re
from typing import Final

from commonweal.errors import refusal

WRITTEN: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def name_of(text: str) -> str:
    """The name in a text that is a variable and nothing else; of any other text, none.

    >>> name_of("${PERSON_KEY}"), name_of("${PERSON_KEY}/more")
    ('PERSON_KEY', '')
    """
    found = WRITTEN.fullmatch(text)
    return found[1] if found else ""


def value_of(name: str, meant: str, path: tuple[str, ...] = ()) -> str:
    """What the environment holds under `name`, which is `meant`.

    Raises PATH-VARIABLE where the variable is not set; what one holds is never told.
    """
    held = os.environ.get(name, "")
    if not held:
        what = f"the environment variable {name} is not set"
        raise refusal("PATH-VARIABLE", what, f"Set {name} to {meant}.", path=path)
    return held
