"""From what is written in commonweal.yaml to checked settings: every fault, with its line."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from commonweal.errors import CommonwealError, Fault, near, refusal
from commonweal.project.positions import Document, Keys
from commonweal.project.schema import ProjectFile

#: What stands in for a section that can't be used, so that the others are checked; nobody reads it.
_STAND_INS: dict[str, Any] = {
    "project": {"title": "?", "framework": "?"},
    "areas": {"table": "?"},
    "recipe": {},
}
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


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings less what is wrong with them, and the faults.

    `short` are the sections that something was left out of, `tables` the places that the items of `values`
    have in the file.
    """

    keys: ProjectFile
    faults: tuple[Fault, ...] = ()
    short: frozenset[str] = frozenset()
    tables: tuple[int, ...] = ()


def read_settings(document: Document) -> Settings:
    """Check the document against the schema; what is wrong is left out, so that the rest can be checked too.

    Faults PROJECT-KEY, PROJECT-REQUIRED, PROJECT-VALUE; raised where they leave nothing to go on with.
    """
    if not isinstance(document.data, dict):
        what = "the file is not a mapping" if document.data is not None else "the file is empty"
        raise refusal(
            "PROJECT-YAML", what, "Start with `project:`; `commonweal new` writes one.", document.file
        )
    data = deepcopy(document.data)
    found = _valid(document, data)
    if not data.get("values") and not data.get("records") and not {"values", "records"} & found.short:
        what = "the project has neither values nor records"
        remedy = "Add a table under `values:`, or a source under `records:`."
        raise CommonwealError([*found.faults, document.fault("PROJECT-REQUIRED", what, remedy, ())])
    return found


def _valid(document: Document, data: dict[str, Any]) -> Settings:
    try:
        keys = ProjectFile.model_validate(data)
        return Settings(keys, tables=tuple(range(len(keys.values))))
    except ValidationError as error:
        faults = tuple(_fault(document, item) for item in error.errors())
        short = _leave_out(data, error.errors())
    items = data.get("values") or []
    tables = tuple(i for i, item in enumerate(items) if item is not _GONE)
    try:
        data["values"] = [items[i] for i in tables]
        return Settings(ProjectFile.model_validate(data), faults, short, tables)
    except ValidationError:
        raise CommonwealError(faults) from None


def _leave_out(data: dict[str, Any], errors: list[Any]) -> frozenset[str]:
    """Take what is faulty out of the settings: an unknown key, one item of several, else the section.

    Returns the sections that something other than an unknown key was taken out of.
    """
    short = set()
    unknown = [_written(error["loc"]) for error in errors if error["type"] == "extra_forbidden"]
    for keys in unknown:
        _drop(data, keys)
    for error in errors:
        section, *rest = (*_written(error["loc"]), "")
        if error["type"] == "extra_forbidden":
            continue
        short.add(str(section))
        items = data.get(str(section))
        if section in _STAND_INS:
            data[str(section)] = _STAND_INS[str(section)]
        elif section in ("values", *_BY_NAME) and isinstance(items, dict | list) and rest[0] != "":
            _drop(data, (section, rest[0]), blank=True)
        else:
            data.pop(str(section), None)
    return frozenset(short)


#: Sections of several items under names of the user's choice.
_BY_NAME = ("records", "measures", "denominators", "benchmarks")
#: Holds the place of an item taken out of a list, so that the others keep theirs for a while.
_GONE = object()


def _drop(data: dict[str, Any], keys: Keys, blank: bool = False) -> None:
    at: Any = data
    for key in keys[:-1]:
        at = at[key]
    if blank and isinstance(at, list):
        at[int(keys[-1])] = _GONE
    else:
        at.pop(keys[-1], None)


def _fault(document: Document, error: Any) -> Fault:
    keys = _written(error["loc"])
    name, above = _spoken(keys[-1]) if keys else "the file", ", ".join(map(_spoken, keys[:-1]))
    inside = f" under {above}" if above else ""
    if error["type"] == "extra_forbidden":
        known = _keys_at(keys[:-1])
        what = f"the key {name!r}{inside} is not known{near(name, known)}"
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
        if isinstance(at, type) and issubclass(at, BaseModel) and key in _fields(at):
            at = _fields(at)[str(key)]
        at = _model_in(at) or at
    found = _model_in(at)
    return sorted(_fields(found)) if found else []


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """Key, as it is written -> what it holds."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation such as ``dict[str, MeasureKeys] | None`` holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if found := _model_in(part):
            return found
    return None
