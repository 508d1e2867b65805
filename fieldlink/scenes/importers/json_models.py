"""JSON files of other programs, checked against a model."""

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.scenes import picture_formats

MOST_FAULTS = 5  # said of one file
Model = TypeVar("Model", bound=BaseModel)


def read_model(path: Path, model: type[Model]) -> Model:
    """The contents of a JSON file, of UTF-8, 16 or 32. An `InputError` names file and field, or what the file is."""
    data = read_foreign(path)
    if kind := picture_formats.other_kind(data):
        raise InputError(f"{path}: {kind}, expected JSON")
    encoding = json.detect_encoding(data)
    try:
        return model.model_validate_json(data.decode(encoding))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not {encoding.upper()} at byte {error.start}, expected JSON in UTF-8") from error
    except ValidationError as error:
        words = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise InputError("\n".join(f"{path}: {word.removeprefix(': ')}" for word in words[:MOST_FAULTS])) from error
