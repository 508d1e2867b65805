"""Run a study in many worlds, one per study seed, and judge the claims by all of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import OmitArgPrefixes, UseAppendAction, arg, subcommand

from fieldlink.commands.flag_style import COUNT, FILE, FOLDER
from fieldlink.core.errors import InputError


@dataclass(frozen=True, kw_only=True)
class RunWorlds:
    """Run the study once per seed as DVC experiments on the current commit; run it again to go on after a stop."""

    seeds: Annotated[str, arg(metavar="SEEDS"), Doc("Study seeds, such as 1-10 or 1,4,7-9.")]
    set_param: Annotated[
        UseAppendAction[tuple[str, ...]],
        arg(aliases=["-S"], metavar="KEY=VALUE"),
        Doc("Parameter to change in every world, as in dvc exp run; such worlds are a family of their own."),
    ] = ()
    sweep: Annotated[
        UseAppendAction[tuple[str, ...]],
        arg(metavar="KEY=V1,V2,…"),
        Doc("Parameter with a value per family; of several, first values go together, then second ones, and so on."),
    ] = ()
    jobs: Annotated[int, COUNT, Doc("Worlds that run at the same time.")] = 1
    repository: Annotated[Path, FOLDER, Doc("Folder of the git repository.")] = Path()

    def __call__(self) -> None:
        """Raises `InputError` if a world failed."""
        from fieldlink.commands import world_runs

        families = [(*self.set_param, *overrides) for overrides in overrides_of(self.sweep)]
        world_runs.run(self.repository, seeds_of(self.seeds), families, self.jobs)


@dataclass(frozen=True, kw_only=True)
class ReportWorlds:
    """Judge the claims by all worlds of a commit: tables, forest plot and page."""

    commit: Annotated[
        str,
        arg(metavar="COMMIT"),
        Doc("Commit that the worlds ran on; by default the latest with worlds, from HEAD back."),
    ] = ""
    out: Annotated[Path, FOLDER, Doc("Folder to write.")] = Path("reports/worlds")
    readme: Annotated[
        Path | None, FILE, Doc("Markdown file whose block of verdicts is to be filled, such as README.md.")
    ] = None
    repository: Annotated[Path, FOLDER, Doc("Folder of the git repository.")] = Path()

    def __call__(self) -> None:
        """Write the folder, and print where its page is."""
        from fieldlink.report import worlds_report
        from fieldlink.report.readme_verdicts import fill_readme

        print(worlds_report.write(self.repository, self.commit, self.out))
        if self.readme:
            fill_readme(self.readme, self.out)


def worlds(
    action: Annotated[
        Annotated[RunWorlds, subcommand("run", prefix_name=False)]
        | Annotated[ReportWorlds, subcommand("report", prefix_name=False)],
        OmitArgPrefixes,
    ],
) -> None:
    """Run a study in many worlds, one per study seed, and judge the claims by all of them."""
    action()


def overrides_of(sweep: Sequence[str]) -> list[tuple[str, ...]]:
    """The overrides of each family: `a=1,2` and `b=3,4` are a=1 with b=3, and a=2 with b=4.

    Without a sweep there is one family, which overrides nothing. Raises `InputError` for values of differing number.
    """
    for text in sweep:
        if not re.fullmatch(r"[^=,]+=[^,]+(,[^,]+)*", text):
            raise InputError(f"--sweep {text}: expected KEY=V1,V2,…")
    pairs = [text.partition("=")[::2] for text in sweep]
    overrides = [[f"{key}={value}" for value in values.split(",")] for key, values in pairs]
    if len({len(of_key) for of_key in overrides}) > 1:
        counts = ", ".join(f"{len(of_key)} in {text}" for of_key, text in zip(overrides, sweep, strict=True))
        raise InputError(f"--sweep: expected as many values of each parameter, got {counts}")
    return list(zip(*overrides, strict=True)) or [()]


def seeds_of(text: str) -> list[int]:
    """The seeds that `1-3,7` names: 1, 2, 3 and 7, each once. Raises `InputError` for what is no number or range."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()) or int(last or first) < int(first):
            raise InputError(f"--seeds {text}: expected seeds and ranges such as 1-10 or 1,4,7-9, got {part!r}")
        seeds += range(int(first), int(last or first) + 1)
    return list(dict.fromkeys(seeds))
