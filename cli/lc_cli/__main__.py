"""`python -m lc_cli`, if the script is not on the path."""

from lc_cli import main

main(prog_name="lc-cli")
