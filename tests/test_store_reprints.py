"""Reprints: pairs written for it, what a cluster is, and that the order in which articles come does not matter."""

from __future__ import annotations

import itertools
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from store_samples import INDICATORS, article, later, save

from store import Store
from store.reprints import LEAST_BANDS, Text

FOLDER = Path(__file__).parent / "fixtures" / "near_duplicates"
DATA = tomllib.loads((FOLDER / "communiques.toml").read_text(encoding="utf-8"))
FURTHER = tomllib.loads((FOLDER / "pairs.toml").read_text(encoding="utf-8"))


def respelled(text: str) -> str:
    """As another newsroom types it: no hamza, Arabic-Indic digits, other quotation marks and line ends."""
    table = str.maketrans("أإآ0123456789", "ااا٠١٢٣٤٥٦٧٨٩")
    return text.translate(table).replace(",", "،").replace("، ", " ، ").replace("\n", "\n\n")


def prints(entry: dict[str, object]) -> dict[str, str]:
    """What newsrooms make of a communiqué, by name."""
    texts = entry["paragraphs"]
    assert isinstance(texts, list)
    other, reworded = str(entry["other_lead"]), str(entry["reworded_lead"])
    return {
        "same": respelled("\n".join(texts)),
        "first half": "\n".join(texts[:2]),
        "second half": "\n".join(texts[2:]),
        "another lead": "\n".join([other, *texts]),
        "reworded lead": "\n".join([reworded, *texts[1:]]),
        "another lead, shortened": "\n".join([other, *texts[:2]]),
        "reworded lead, shortened": "\n".join([reworded, *texts[1:3]]),
    }


POSITIVE = [
    (name, "\n".join(entry["paragraphs"]), text)
    for entry in DATA["communique"]
    for name, text in prints(entry).items()
]
NEGATIVE = [
    *(("same topic", "\n".join(entry["paragraphs"]), entry["another"]) for entry in DATA["communique"]),
    *(("same bulletin", entry["earlier"], entry["later"]) for entry in DATA["bulletin"]),
    *(
        ("another communiqué", "\n".join(one["paragraphs"]), "\n".join(other["paragraphs"]))
        for one, other in itertools.pairwise(DATA["communique"])
    ),
]


def written(*, same: bool) -> list[tuple[str, str, str]]:
    """The pairs that are written out one by one."""
    return [
        (
            each["what"],
            "\n".join(entry["paragraphs"]),
            "\n".join(entry["paragraphs"][part] if isinstance(part, int) else part for part in each["other"]),
        )
        for entry in FURTHER["text"]
        for each in entry["print"]
        if each["same"] is same
    ]


SETS = {"communiqués": (POSITIVE, NEGATIVE), "further pairs": (written(same=True), written(same=False))}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "hasila.db") as opened:
        opened.load_indicators(INDICATORS)
        yield opened


def put(store: Store, number: int, body: str, *, hours: float = 0) -> int:
    return int(save(store, article(body, f"https://a.example/{number}"), read_at=later(hours)).article_id)


def clusters(store: Store) -> set[frozenset[int]]:
    found: dict[int, set[int]] = {}
    for row in store.rows("SELECT article, cluster FROM clusters"):
        found.setdefault(row["cluster"], set()).add(row["article"])
    assert all(min(members) == number for number, members in found.items())
    return {frozenset(members) for members in found.values()}


def found_together(one: str, other: str) -> bool:
    """Whether the index would find the one for the other, and the comparison takes it."""
    texts = Text(one), Text(other)
    return len({*texts[0].bands()} & {*texts[1].bands()}) >= LEAST_BANDS and texts[0].is_reprint_of(texts[1])


def test_there_are_pairs_enough() -> None:
    assert sum(len(pairs) for pairs in SETS["communiqués"]) >= 60
    assert sum(len(pairs) for pairs in SETS["further pairs"]) >= 40


@pytest.mark.parametrize("name", SETS)
def test_precision_and_recall_on_pairs(name: str) -> None:
    same, other = SETS[name]
    missed = [what for what, one, another in same if not found_together(one, another)]
    wrong = [what for what, one, another in other if found_together(one, another)]
    right = len(same) - len(missed)
    assert right / (right + len(wrong)) >= 0.98, wrong
    assert right / len(same) >= 0.95, missed


def test_all_texts_together_make_one_cluster_a_communique(store: Store) -> None:
    texts = [
        (number, text)
        for number, entry in enumerate(DATA["communique"])
        for text in ("\n".join(entry["paragraphs"]), *prints(entry).values())
    ]
    texts += [
        (100 + number, text)
        for number, text in enumerate(
            [entry["another"] for entry in DATA["communique"]]
            + [entry[when] for entry in DATA["bulletin"] for when in ("earlier", "later")]
        )
    ]
    random.Random(6).shuffle(texts)
    expected: dict[int, set[int]] = {}
    for at, (number, text) in enumerate(texts):
        expected.setdefault(number, set()).add(put(store, at, text))
    assert clusters(store) == {frozenset(members) for members in expected.values()}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_order_does_not_matter(store: Store, order: tuple[int, ...]) -> None:
    """Two halves have nothing in common but the whole."""
    paragraphs = DATA["communique"][0]["paragraphs"]
    texts = ["\n".join(paragraphs[:2]), "\n".join(paragraphs), "\n".join(paragraphs[2:])]
    assert not Text(texts[0]).is_reprint_of(Text(texts[2]))
    for number in order:
        put(store, number, texts[number])
    assert len(clusters(store)) == 1


def test_an_edited_text_leaves_its_cluster_and_the_others_stay(store: Store) -> None:
    one, other = DATA["communique"][:2]
    text = "\n".join(one["paragraphs"])
    for number in range(3):
        put(store, number, text)
    assert clusters(store) == {frozenset({1, 2, 3})}
    put(store, 0, "\n".join(other["paragraphs"]), hours=1)
    assert clusters(store) == {frozenset({1}), frozenset({2, 3})}
    put(store, 0, f"{text}\nتحيين: أضيفت فقرة.", hours=2)
    assert clusters(store) == {frozenset({1, 2, 3})}


def test_a_survey_that_quotes_several_is_no_reprint_of_any(store: Store) -> None:
    texts = ["\n".join(entry["paragraphs"]) for entry in DATA["communique"][:6]]
    for number, text in enumerate(texts):
        put(store, number, text)
    put(store, 99, "\n".join(texts))
    assert len(clusters(store)) == 7


@pytest.mark.parametrize("body", ["", "…", "خبر", "خبر عاجل اليوم"])
def test_short_texts(store: Store, body: str) -> None:
    put(store, 1, "بلغ عدد الأسر خمسة ملايين أسرة")
    put(store, 2, body)
    put(store, 3, body)
    expected = {frozenset({1}), frozenset({2, 3})} if "خبر" in body else {frozenset({n}) for n in (1, 2, 3)}
    assert clusters(store) == expected


def test_the_keys_in_the_index_are_those_that_databases_hold() -> None:
    """Where this fails rensa hashes otherwise: add a migration without a statement, so that all is made anew."""
    assert Text("بلغ عدد الأسر المستفيدة خمسة ملايين").bands()[:2] == [
        2124784568,
        4618829709,
    ]


def test_reading_again_writes_nothing(store: Store) -> None:
    text = "\n".join(DATA["communique"][0]["paragraphs"])
    put(store, 1, text)
    before = store.db.conn.total_changes
    put(store, 1, text, hours=1)
    assert store.db.conn.total_changes == before
