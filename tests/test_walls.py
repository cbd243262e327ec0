"""Who may import whom (the house's walls), read from the syntax tree of every module."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ("crawler", "extract", "rules", "store", "hasila")
ALLOWED = {
    "rules": {"rules"},
    "extract": {"extract"},
    "store": {"store", "extract.records", "rules.records"},
    "crawler": {"crawler", "store", "extract", "rules"},
    "hasila": {"hasila", "crawler", "store", "extract", "rules"},
}


def imported(source: str) -> set[str]:
    """Full names of the modules that a source imports; `from a import b` may mean the module a.b, so both count as a."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "absolute imports only"
            assert node.module
            names.update(
                f"{node.module}.{alias.name}" if node.module in HOUSE else node.module for alias in node.names
            )
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name | ast.Attribute)
            and (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) == "import_module"
        ):
            names.update(
                part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and str(part.value)
            )
    return {str(name) for name in names}


def trespasses(package: str, source: str) -> set[str]:
    """Imports of ours that the wall round `package` forbids."""
    return {
        name
        for name in imported(source)
        if name.partition(".")[0] in HOUSE
        and not any(name == door or name.startswith(f"{door}.") for door in ALLOWED[package])
    }


@pytest.mark.parametrize("package", HOUSE)
def test_every_module_keeps_to_its_walls(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    found = {
        str(module.relative_to(ROOT)): forbidden
        for module in modules
        if (forbidden := trespasses(package, module.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("rules", "import extract"),
        ("rules", "from extract.records import Article"),
        ("extract", "def f():\n    from rules import extract_claims"),
        ("extract", "import importlib\nimportlib.import_module('store.store')"),
        ("store", "from rules import extract_claims"),
        ("store", "from extract import records as r, canonical_url"),
        ("store", "import crawler.process"),
        ("crawler", "from hasila.exits import Exit"),
    ],
)
def test_a_breach_is_seen(package: str, source: str) -> None:
    assert trespasses(package, source)


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("store", "from rules.records import Claim\nfrom extract.records import Article"),
        ("store", "from extract import records"),
        ("crawler", "from store import Store\nimport rules"),
        ("rules", "import camel_tools.utils.dediac"),
    ],
)
def test_what_is_allowed_passes(package: str, source: str) -> None:
    assert not trespasses(package, source)
