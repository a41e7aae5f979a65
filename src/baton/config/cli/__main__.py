"""`python -m baton.config.cli` is the command `baton`."""

from baton.config.cli import main

main()
