"""`python -m tinhso.web …` is `tinhso …`."""

from tinhso.web.cli import main

main(prog_name="tinhso")
