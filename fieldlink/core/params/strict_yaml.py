"""YAML files read as strict, frozen models: a wrong key is an error that names it, what came and what was expected."""

import difflib
import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML, YAMLError

from fieldlink.core.errors import InputError

MOST_SHOWN = 200  # characters of a wrong value


class StrictModel(BaseModel):
    """No unknown keys, no conversions between types, no infinite numbers, no changes."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


ModelClass = TypeVar("ModelClass", bound=StrictModel)


def read_yaml(path: Path, model: type[ModelClass]) -> ModelClass:
    """A YAML file as an instance of `model`. Raises `InputError` with every wrong key."""
    try:
        values = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return model.model_validate_json(json.dumps(values))  # strict, yet lists may fill tuples
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except (YAMLError, UnicodeDecodeError, TypeError) as error:  # TypeError: a date, which JSON does not have
        raise InputError(f"{path}: not valid YAML: {error}") from error
    except ValidationError as error:
        raise InputError("\n".join(f"{path}: {_message(detail, model)}" for detail in error.errors())) from error


def _message(error: ErrorDetails, model: type[BaseModel]) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{key}: unknown key{_suggestion(error['loc'], model)}"
    if error["type"] == "missing":
        return f"{key}: missing"
    expected = error["msg"].removeprefix("Value error, ")
    return f"{key}: {_shown(error['input'])} given; {expected}" if key else expected  # without: of the whole file


def _shown(value: object) -> str:
    """A wrong value, or the beginning of a long one."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _suggestion(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """The valid key that is closest to the unknown one, if any is close."""
    for part in location[:-1]:
        section = model.model_fields[str(part)].annotation if str(part) in model.model_fields else None
        if not (isinstance(section, type) and issubclass(section, BaseModel)):
            return ""
        model = section
    matches = difflib.get_close_matches(str(location[-1]), model.model_fields, n=1)
    return f" (did you mean '{matches[0]}'?)" if matches else ""
