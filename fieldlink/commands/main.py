"""The console command `fieldlink`: one subcommand per file of this package."""


def main() -> None:
    """Run the subcommand that the command line names."""
    raise SystemExit("not written yet")
