"""Every worked example of the method has a test under its ID."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

EXAMPLES = (
    *("E1.1", "E1.2", "E1.3", "E1.4", "E1.5", "E1.6", "E1.7", "E1.8", "E1.9"),
    *("E2.1", "E2.2", "E2.3", "E2.4", "E2.4b", "E2.5", "E2.6", "E2.6b", "E2.7", "E2.8"),
    *("E3.1", "E3.2", "E3.3", "E3.4", "E3.5", "E3.6", "E3.7", "E3.8"),
    *("E4.1", "E4.2", "E4.3", "E4.4"),
    *("E5.1", "E5.2", "E5.2b", "E5.3", "E5.4", "E5.5", "E5.6"),
    *("E6.1", "E6.2", "E6.3", "E6.4", "E6.4b", "E6.4c", "E6.4d", "E6.5", "E6.6", "E6.7"),
    *("E7.1", "E7.2", "E7.3", "E7.3b", "E7.4"),
    *("E8.1", "E8.1b", "E8.2", "E8.3", "E8.4", "E8.5"),
    *("E9.1", "E9.2", "E9.3", "E9.3b", "E10.1"),
)


def names() -> str:
    """Names, docstrings and parameter ids of the test functions: what a run of the tests says of itself."""
    said: list[str] = []
    for path in Path(__file__).parent.glob("test_*.py"):
        if path == Path(__file__):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said += [node.name, ast.get_docstring(node) or ""]
                said += [text.value for d in node.decorator_list for text in ast.walk(d) if isinstance(text, ast.Constant) and isinstance(text.value, str)]  # fmt: skip
    return "\n".join(said)


@pytest.fixture(scope="module")
def told() -> str:
    return names()


def pattern(example: str) -> str:
    return r"(?i)(?<![a-z0-9])" + example.replace(".", "[._]") + r"(?![0-9a-z])"


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_test_bears_the_id_of_the_example(told: str, example: str) -> None:
    assert re.search(pattern(example), told), example
