"""Packages of extras, which `make develop` installs."""

import importlib
import os
from types import ModuleType

import pytest


def needed(name: str) -> ModuleType:
    """A module for a test that is skipped where it is absent, but fails there with CI=true."""
    return importlib.import_module(name) if os.environ.get("CI") == "true" else pytest.importorskip(name)
