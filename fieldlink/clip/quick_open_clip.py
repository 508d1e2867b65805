"""open_clip, imported without torch's compiler, whose import takes a second.

torchvision and timm, which open_clip imports, ask the compiler for two functions.
"""

import sys
from collections.abc import Callable
from types import ModuleType

import torch  # noqa: F401 – before there is a stand-in for a part of it


def _is_compile_supported(device_type: str) -> bool:
    from torch._dynamo.utils import is_compile_supported

    return is_compile_supported(device_type)


def _disable(function: Callable, recursive: bool = True, *, reason: str | None = None) -> Callable:
    """What is never compiled needs no mark that keeps it from being compiled."""
    return function


def _stand_ins() -> dict[str, ModuleType]:
    compiler, utils = ModuleType("torch._dynamo"), ModuleType("torch._dynamo.utils")
    vars(compiler)["disable"], vars(utils)["is_compile_supported"] = _disable, _is_compile_supported
    return {module.__name__: module for module in (compiler, utils)}


STAND_INS = {} if {"torch._dynamo", "open_clip"} & sys.modules.keys() else _stand_ins()
sys.modules.update(STAND_INS)
import open_clip  # noqa: E402

for name in STAND_INS:  # who imports the compiler later gets the whole of it
    del sys.modules[name]

__all__ = ["open_clip"]
