"""The commands that restore to a moment are read from the documentation: they must stay readable."""

from __future__ import annotations

import subprocess

from tools import pitr


def test_every_documented_block_is_one_that_bash_understands() -> None:
    for block in pitr.blocks():
        done = subprocess.run(
            ["bash", "-n", "-c", block], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_each_place_of_an_installed_server_that_the_trial_exchanges_is_in_the_documentation() -> (
    None
):
    written = "".join(pitr.blocks())
    assert [place for place in pitr.INSTALLED if place not in written] == []
