"""The made-up study, as a fixture."""

from evaluation.made_up import made_up  # noqa: F401
