"""One DVC experiment per study seed.

A world runs in a clone of the repository below the scratch folder, which shares DVC's cache. The clone of a killed or
failed world stays, so that the same command goes on from there. The clone of a finished world is removed.
"""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fieldlink.commands import world_clones
from fieldlink.commands.world_paths import absolute_paths
from fieldlink.core.errors import InputError
from fieldlink.core.git import git_output
from fieldlink.core.scratch import scratch_folder
from fieldlink.report.world_names import experiment_name, experiment_reference

LAST_LINES = 15  # of the log of a failed world


@dataclass(frozen=True)
class WorldRun:
    """One world to run, and where."""

    repository: Path  # top folder
    commit: str
    seed: int
    overrides: tuple[str, ...]  # other parameters, KEY=VALUE
    folder: Path  # of clones, locks and logs of the commit's worlds

    @property
    def name(self) -> str:
        return experiment_name(self.overrides, self.seed)

    @property
    def clone(self) -> Path:
        return self.folder / self.name

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def finish(self) -> str:
        """Run the world unless it is there. Returns the reason of a failure, or ''."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{self.name}.lock").open("w") as lock:
            self._wait_for(lock.fileno())
            if self._is_in(self.repository):
                print(f"{self.name}: finished", flush=True)
                return ""
            print(f"{self.name}: runs, its log is {self.log}", flush=True)
            reason = self._run(lock.fileno())
        print(f"{self.name}: {'failed' if reason else 'finished'}", flush=True)
        return reason

    def _wait_for(self, lock: int) -> None:
        """Wait for the lock. DVC holds it as well, because it may outlive the command that starts it."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{self.name}: another process runs it, waiting for its end", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)

    def _is_in(self, repository: Path) -> bool:
        """Whether a repository has the finished experiment."""
        return bool(git_output(repository, "for-each-ref", experiment_reference(self.commit, self.name)))

    def _run(self, lock: int) -> str:
        """Run DVC in the clone and fetch the experiment from there, where an earlier DVC may have left it."""
        world_clones.make(self.clone, self.repository, self.commit)
        if not self._is_in(self.clone):
            self._run_dvc(lock)
        if not self._is_in(self.clone):
            return "".join(self.log.read_text("utf-8").splitlines(keepends=True)[-LAST_LINES:])
        reference = experiment_reference(self.commit, self.name)
        git_output(self.repository, "fetch", "--quiet", str(self.clone.resolve()), f"{reference}:{reference}")
        shutil.rmtree(self.clone, ignore_errors=True)  # DVC's daemon may be writing into it
        return ""

    def _run_dvc(self, lock: int) -> None:
        git_output(self.clone, "update-ref", "--no-deref", "HEAD", self.commit)
        (self.clone / ".dvc" / "tmp" / "rwlock").unlink(missing_ok=True)  # of a killed run: this one holds the lock
        sets = [f"study.seed={self.seed}", *self.overrides, *absolute_paths(self.repository, self.overrides)]
        command = ["exp", "run", "--name", self.name, *(word for value in sets for word in ("-S", value))]
        with self.log.open("w", encoding="utf-8") as log:
            subprocess.run(
                world_clones.dvc(command),
                cwd=self.clone,
                env=world_clones.environment(self.clone),
                stdout=log,
                stderr=log,
                pass_fds=[lock],
                check=False,
            )


def run(repository: Path, seeds: Sequence[int], families: Sequence[tuple[str, ...]], jobs: int) -> None:
    """Run the worlds that are lacking on the current commit, `jobs` at a time.

    `families`: overrides KEY=VALUE of each; () changes nothing but the study seed.

    Raises `InputError` where the working tree differs from the commit, and after the last world if one failed.
    """
    top = Path(git_output(repository, "rev-parse", "--show-toplevel").strip())
    _require_runnable(top, [override for overrides in families for override in overrides], jobs)
    commit = git_output(top, "rev-parse", "HEAD").strip()
    folder = (top / scratch_folder("worlds")).resolve() / commit[:10]
    runs = [WorldRun(top, commit, seed, overrides, folder) for overrides in families for seed in seeds]
    with ThreadPoolExecutor(jobs) as pool:
        try:
            reasons = dict(zip(runs, pool.map(WorldRun.finish, runs), strict=True))
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    failures = {world: reason for world, reason in reasons.items() if reason}
    for world, reason in failures.items():
        print(f"\n{world.name}, end of {world.log}:\n{reason}", file=sys.stderr)
    if failures:
        names = ", ".join(world.name for world in failures)
        raise InputError(f"{len(failures)} of {len(runs)} worlds failed ({names}); the same command runs them again")


def _require_runnable(top: Path, overrides: Sequence[str], jobs: int) -> None:
    if jobs < 1:
        raise InputError(f"--jobs {jobs}: expected at least 1")
    if not (top / ".dvc").is_dir():
        raise InputError(f"{top}: no DVC repository")
    for override in overrides:
        key, equals, _ = override.partition("=")
        if not equals or key.strip() == "study.seed":
            raise InputError(f"-S {override}: expected KEY=VALUE, and --seeds for study.seed")
    changes = git_output(top, "status", "--porcelain", "--", ".", ":(exclude)reports/worlds").splitlines()
    if changes:
        raise InputError(
            f"{len(changes)} files differ from the commit that worlds would run on, such as {changes[0][3:]}: commit "
            "or restore them (git status)"
        )
