"""No change to the extraction makes a fixture page worse in silence: `bench/extract_baseline.json` holds the floors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import extract as bench

FLOORS: dict[str, dict[str, float]] = json.loads(bench.BASELINE.read_text("utf-8"))


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, float]]:
    return bench.fixture_scores()


def test_every_article_page_has_its_floors(scores: dict[str, dict[str, float]]) -> None:
    assert scores.keys() == FLOORS.keys(), "run `python -m bench.extract --update-baseline`"


@pytest.mark.parametrize("page", FLOORS)
def test_no_page_falls_below_its_floor(page: str, scores: dict[str, dict[str, float]]) -> None:
    assert all(scores[page][name] >= floor for name, floor in FLOORS[page].items()), scores[page]


def test_an_update_raises_and_adds_but_never_lowers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    baseline = tmp_path / "baseline.json"
    baseline.write_text(
        '{"a/better": {"all": 0.5}, "a/worse": {"all": 0.9}, "a/gone": {"all": 1.0}}', "utf-8"
    )
    monkeypatch.setattr(bench, "BASELINE", baseline)
    measured = {"a/better": {"all": 0.7}, "a/worse": {"all": 0.8}, "a/new": {"all": 0.6}}
    monkeypatch.setattr(bench, "fixture_scores", lambda: measured)
    assert bench.update_baseline() == ["a/worse"]
    assert json.loads(baseline.read_text("utf-8")) == {
        "a/better": {"all": 0.7},
        "a/worse": {"all": 0.9},
        "a/new": {"all": 0.6},
    }


@pytest.mark.parametrize(
    ("found", "true", "f1"),
    [
        ("أ ب ج", "أ ب ج", 1.0),
        ("أ ب", "أ ب ج د", 2 * 2 / 6),
        ("أ أ", "أ ب", 0.5),
        ("", "أ", 0.0),
        ("ب", "أ", 0.0),
    ],
)
def test_f1_is_of_bags_of_words(found: str, true: str, f1: float) -> None:
    assert bench.token_f1(found, true) == pytest.approx(f1)
