"""Imported by a stage before its libraries, whose import takes a second: Ctrl-C meanwhile ends it with a message."""

import sys

from fieldlink.commands.signals import end_at_once

PACKAGE = "stages."
spec = sys.modules["__main__"].__spec__  # of the module that `python -m` runs
if spec is not None and spec.name.startswith(PACKAGE):
    end_at_once(spec.name.removeprefix(PACKAGE))
