"""docs/operations.md has a row for every kind of issue that the code can write, and for every exit code; no row is dead."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import get_args

from crawler_loopback import ROOT

from crawler.booking import _PASSING
from crawler.health import odd
from crawler.spiders.news import _WAITING
from hasila.exits import Exit
from hasila.progress.watch import SiteState
from hasila.reprocessing.reading import TroubleKind
from hasila.status.standing import ILL

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
WRITERS = {"issue": 0, "_issue": 0, "add_issue": 0, "say_once": 0, "note": 0, "left_alone": 2}
"""What writes an issue, and at which of its arguments the kind stands."""
ROOMS = ("crawler", "extract", "hasila", "rules", "store")


def literals(node: ast.AST) -> set[str]:
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.isidentifier()
    }


def yielded(function: str, module: str) -> set[str]:
    """The kinds that a generator yields, the first of each pair."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    (found,) = (
        each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == function
    )
    pairs = (each.value for each in ast.walk(found) if isinstance(each, ast.Yield))
    return {kind for pair in pairs if isinstance(pair, ast.Tuple) for kind in literals(pair.elts[0])}


HANDED_ON = {
    # where a kind is a variable, and what it can be
    ("crawler/ledger.py", "issue"): set[str](),
    ("crawler/ledger.py", "say_once"): set[str](),
    ("crawler/run.py", "left_alone"): set[str](),
    ("crawler/run.py", "close_site"): {"degraded"} | yielded(odd.__name__, "crawler/health.py"),
    ("crawler/booking.py", "lost"): {kind.value for kind in _PASSING},
    ("crawler/booking.py", "write"): {kind.value for kind in _PASSING},
    ("crawler/spiders/news.py", "lost_listing"): set(_WAITING.values()),
    ("crawler/spiders/news.py", "lost_page"): set(_WAITING.values()),
    ("store/writer.py", "add_issue"): set[str](),
    ("hasila/file_run.py", "note"): set[str](),
    ("hasila/reprocessing/passes.py", "_issue"): set[str](),
    ("hasila/reprocessing/passes.py", "_trouble"): set(get_args(TroubleKind)),
}


def calls(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.Call]]:
    for node in ast.iter_child_nodes(tree):
        inside = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS:
            yield function, node
        yield from calls(node, inside)


@cache
def kinds() -> set[str]:
    found: set[str] = set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for function, call in calls(ast.parse(path.read_text(encoding="utf-8"))):
                assert isinstance(call.func, ast.Attribute)
                at = WRITERS[call.func.attr]
                if len(call.args) <= at:
                    continue  # a function of another sort that bears the name
                kind = call.args[at]
                if isinstance(kind, ast.Constant):
                    found.add(kind.value)
                else:
                    found |= HANDED_ON[(str(path.relative_to(ROOT)), function)]
    return found


def rows(heading: str) -> set[str]:
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", OPERATIONS, re.DOTALL | re.MULTILINE)
    firsts = re.findall(r"^\| ([^|]*) \|", section, re.MULTILINE)
    return {name for first in firsts for name in re.findall(r"`?([a-z_0-9]+)`?", first)} - {
        "code",
        "kind",
        "s",
    }


def test_every_kind_of_issue_has_a_row_and_no_row_is_dead():
    found = kinds()
    assert {"degraded", "crash", "silent", "held", "challenge", "future_date", "missing_archive"} <= found
    assert rows("What to do for each kind of issue") == found


def test_what_status_says_of_a_site_is_a_kind_of_issue():
    assert set(ILL) <= kinds()


def test_a_site_that_was_left_alone_is_not_called_well():
    assert set(_WAITING.values()) <= set(ILL)
    assert set(_WAITING.values()) <= set(get_args(SiteState))


def test_every_exit_code_has_a_row():
    assert rows("What to do for each exit code") == {str(code.value) for code in Exit}
