"""Command lines: the console command's subcommands, one file each, and the runner of stages."""
