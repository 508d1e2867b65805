"""Names of the experiments that are worlds: a family, from the parameters that all its worlds change, and a seed."""

import re
from collections.abc import Sequence

from fieldlink.core.digests import bytes_digest

WORLD = re.compile(r"(?:(?P<family>.+)-)?world-(?P<seed>\d+)")
PLAIN = re.compile(r"[\w.]*\w=\w[\w.]*", re.ASCII)  # an override whose name is its own
DEVELOPMENT_SEED = 0  # of the world in which parameters are chosen: it judges nothing
BASE = ""  # the family that changes nothing but the study seed


def family_name(overrides: Sequence[str]) -> str:
    """Overrides KEY=VALUE in letters that a name of DVC may have, in one order; '' for none.

    Where letters are replaced, a digest of the overrides tells them from others.
    """
    overrides = sorted(override.replace(" ", "") for override in overrides)
    name = "-".join(re.sub(r"[^\w.]+", "-", override, flags=re.ASCII).strip("-.") for override in overrides)
    if all(PLAIN.fullmatch(override) for override in overrides):
        return name
    return f"{name}-{bytes_digest(' '.join(overrides).encode())[:6]}"


def experiment_name(overrides: Sequence[str], seed: int) -> str:
    """The name of the experiment that is a world."""
    return "-".join(filter(None, (family_name(overrides), f"world-{seed}")))


def experiment_reference(commit: str, name: str) -> str:
    """Where git keeps a DVC experiment that started from a commit."""
    return f"refs/exps/{commit[:2]}/{commit[2:]}/{name}"


def parsed_name(name: str) -> tuple[str, int] | None:
    """Family and seed of a world. Another experiment has none."""
    match = WORLD.fullmatch(name)
    return (match["family"] or BASE, int(match["seed"])) if match else None
