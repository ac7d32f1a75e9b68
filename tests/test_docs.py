"""The documents say what is so: generated pages are fresh, commands in the README exist, every command is documented."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest
import typer

import firstmile
from scripts import docs
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = typer.main.get_command(firstmile.app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(docs.PAGES))
def test_generated_pages_are_fresh(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == docs.PAGES[name](), f"docs/{name} is stale: run `make docs`"


def firstmile_lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("firstmile ")]


@pytest.mark.parametrize("line", firstmile_lines())
def test_commands_in_the_readme_are_real(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command = COMMANDS[words[0]]
    command.make_context(words[0], words[1:], resilient_parsing=False)


def test_every_command_is_documented_with_an_example() -> None:
    for name, command in COMMANDS.items():
        assert f"firstmile {name}" in README, f"README.md does not name `firstmile {name}`"
        assert "Example:" in (command.help or ""), f"`firstmile {name} --help` has no example"


def test_make_targets_that_are_named_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for text in (README, (ROOT / "CONTRIBUTING.md").read_text("utf-8")):
        for target in re.findall(r"`?make ([a-z][a-z-]*)`?", text):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


def test_files_that_are_named_exist() -> None:
    for text in (README, (ROOT / "CONTRIBUTING.md").read_text("utf-8")):
        for path in re.findall(r"`((?:docs|etl|geodata|dashboard|scripts|requirements)/[\w./-]*)`", text):
            assert (ROOT / path).exists(), path


def test_pictures_and_links_in_the_readme_are_there() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).is_file(), path


def test_no_pin_or_lock_names_a_registry() -> None:
    for path in (ROOT / "requirements/runtime.txt", ROOT / "requirements/test.txt", ROOT / "package-lock.json"):
        text = path.read_text("utf-8")
        assert "index-url" not in text
        assert not re.search(r'"resolved"|https?://[^ "]*\.(?:tgz|whl|tar\.gz)', text), path.name


def test_every_pin_has_a_hash() -> None:
    for name in ("runtime.txt", "test.txt"):
        pins = re.split(r"\n(?=\S)", (ROOT / "requirements" / name).read_text("utf-8").strip())
        assert all("--hash=sha256:" in pin for pin in pins), name


def test_shell_scripts_parse() -> None:
    for script in [*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci" / "run"]:
        shell = "bash" if script.name == "run" else "sh"
        assert subprocess.run([shell, "-n", str(script)], check=False).returncode == 0, script.name
