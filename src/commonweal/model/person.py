"""The key of a person that several sources share, which is compared as a keyed hash and never as it is.

HMAC (RFC 2104, FIPS 198-1) with SHA-256: without the secret nobody can work out a digest, so a list of all
pupil or NHS numbers does not lead back from digests to people.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from typing import Final

from commonweal.errors import refusal
from commonweal.model.variable import name_of, value_of

#: A secret of fewer characters could be guessed.
LEAST: Final = 16


@dataclass(frozen=True, slots=True)
class Person:
    """Who a record is about: the column of the key, and `${NAME}`, the environment variable with the secret.

    The secret itself is in no noun of a project; `secret_of` reads it where it is used.
    """

    column: str
    secret: str

    @property
    def variable(self) -> str:
        """The name of the environment variable.

        >>> Person("pupil_id", "${PERSON_KEY}").variable
        'PERSON_KEY'
        """
        return name_of(self.secret)


def secret_of(person: Person) -> bytes:
    """The secret, from the environment.

    Raises PATH-VARIABLE where the variable is not set, RECORDS-PERSON where it holds too little. Neither
    tells what it holds.
    """
    name = person.variable
    held = value_of(name, f"the secret, {_HOW}", path=("secret",))
    if len(held.strip()) < LEAST:
        what = f"the secret in {name} has fewer than {LEAST} characters, so it could be guessed"
        raise refusal("RECORDS-PERSON", what, f"Draw a long one, {_HOW}.", path=("secret",))
    return os.fsencode(held)


_HOW: Final = "such as `openssl rand -hex 32` gives"


def digest(secret: bytes, key: str) -> bytes:
    """The keyed hash of a key, HMAC-SHA-256: 32 bytes.

    >>> digest(b"key", "The quick brown fox jumps over the lazy dog").hex()[:16]
    'f7bc83f430538424'
    """
    return hmac.digest(secret, key.encode(), "sha256")
