"""From what is written in commonweal.yaml to checked settings: every fault, with its line."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from commonweal.errors import CommonwealError, Fault
from commonweal.project.positions import Document, Keys
from commonweal.project.schema import ProjectFile

#: Sections without which the rest can still be checked.
_APART = ("peers", "progress", "protect", "publication")
_PATTERNS = {
    "date": "a date such as 2018-10-01",
    "url": "an address that begins with https://",
    "theme": "a colour such as #00513f",
}
#: pydantic's kind of fault -> what the value should have been.
_EXPECTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def read_settings(document: Document) -> tuple[ProjectFile, list[Fault]]:
    """Check the document against the schema: the settings, and the faults that reading can go on with.

    Faults PROJECT-KEY, PROJECT-REQUIRED, PROJECT-VALUE; raised where they leave too little to go on.
    """
    if not isinstance(document.data, dict):
        what = "the file is not a mapping" if document.data is not None else "the file is empty"
        raise CommonwealError(
            Fault("PROJECT-YAML", what, "Start with `project:`; `commonweal new` writes one.", document.file)
        )
    data = deepcopy(document.data)
    faults: list[Fault] = []
    try:
        settings = ProjectFile.model_validate(data)
    except ValidationError as error:
        faults = [_fault(document, item) for item in error.errors()]
        try:
            settings = ProjectFile.model_validate(_sound_part(data, error.errors()))
        except ValidationError:
            raise CommonwealError(faults) from None
    if not settings.values and not settings.records:
        what = "the project has neither values nor records"
        remedy = "Add a table under `values:`, or a source under `records:`."
        raise CommonwealError([*faults, document.fault("PROJECT-REQUIRED", what, remedy, ())])
    return settings, faults


def _sound_part(data: dict[str, Any], errors: list[Any]) -> dict[str, Any]:
    """The settings less unknown keys and less faulty sections that nothing else depends on."""
    for error in errors:
        keys = _written(error["loc"])
        if error["type"] == "extra_forbidden":
            at: Any = data
            for key in keys[:-1]:
                at = at[key]
            at.pop(keys[-1], None)
        elif keys and keys[0] in _APART:
            data.pop(str(keys[0]), None)
    return data


def suggestion(word: str, known: Iterable[str]) -> str:
    """The likely slip, as the end of a sentence.

    >>> suggestion("wieght", ["weight", "worst"])
    ", did you mean 'weight'?"
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f", did you mean {near[0]!r}?" if near else ""


def _fault(document: Document, error: Any) -> Fault:
    keys = _written(error["loc"])
    name, above = _spoken(keys[-1]) if keys else "the file", ", ".join(map(_spoken, keys[:-1]))
    inside = f" under {above}" if above else ""
    if error["type"] == "extra_forbidden":
        known = _keys_at(keys[:-1])
        what = f"the key {name!r}{inside} is not known{suggestion(name, known)}"
        return document.fault("PROJECT-KEY", what, f"Use: {', '.join(known)}.", keys)
    if error["type"] == "missing":
        what = f"the key {name!r}{inside} is missing"
        return document.fault("PROJECT-REQUIRED", what, "Add it.", keys)
    what = f"{name}{inside} is {_short(error['input'])}"
    return document.fault("PROJECT-VALUE", what, f"Write {_expected(error)}.", keys)


def _written(loc: Keys) -> Keys:
    """pydantic's path to a value, less the names of the shapes it tried."""
    return tuple(key for key in loc if not str(key).startswith("<") and key != "[key]")


def _spoken(key: str | int) -> str:
    return f"item {key + 1}" if isinstance(key, int) else key


def _expected(error: Any) -> str:
    context = error.get("ctx", {})
    if error["type"] == "literal_error":
        return f"one of: {context['expected'].replace(' or ', ', ')}"
    if error["type"] in _EXPECTED:
        return _EXPECTED[error["type"]]
    if error["type"] == "string_pattern_mismatch":
        return next(form for key, form in _PATTERNS.items() if key in error["loc"])
    bounds = {"ge": "of at least", "gt": "above", "le": "of at most", "lt": "below"}
    for bound, words in bounds.items():
        if bound in context:
            return f"a number {words} {context[bound]:g}"
    if error["type"] == "string_too_short":
        return "some text"
    if error["type"] in ("too_short", "too_long"):
        return f"a list of {context.get('min_length', context.get('max_length'))}"
    return str(error["msg"])


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "empty" if value is None else repr(value)


def _keys_at(above: Keys) -> list[str]:
    """The keys that are known below `above`."""
    at: Any = ProjectFile
    for key in above:
        if isinstance(at, type) and issubclass(at, BaseModel) and key in at.model_fields:
            at = at.model_fields[str(key)].annotation
        at = _model_in(at) or at
    found = _model_in(at)
    return sorted(found.model_fields) if found else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation such as ``dict[str, MeasureKeys] | None`` holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if found := _model_in(part):
            return found
    return None
