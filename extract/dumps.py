"""Articles out of text without markup: pages saved as text, WET records of Common Crawl.

Each line gets a score (prose is positive, furniture negative); the article is the run of lines with the
greatest sum. Title, date, section and author are read from the lines just before that run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.characters import key
from extract.dates import parse_published
from extract.explain import Trace
from extract.lines import MIN_TICKER_SEGMENTS, Line, read_lines
from extract.phrases import AUTHOR_CUE, MODIFIED_CUE, PUBLISHED_CUE, SECTION_CUE, Furniture
from extract.records import Article, Extraction, Method, NotArticle, PageKind
from extract.urls import canonical_url, site_of

MIN_BODY_WORDS = 25
"""Fewer words of prose are a teaser, a caption or a cookie notice."""
_HEAD_REACH = (
    20  # lines above the body among which title and date are looked for; share buttons stand there too
)
_TAIL_REACH = 3  # lines below it where some layouts put the date
_HEADLINE_WORDS = 25  # longer lines without a full stop are paragraphs of careless writers
_CARELESS_WORDS = 17  # the same where most of the long lines have no full stop
_ENDS_COST = -25.0  # a comment form or an imprint: only a very long text would go on behind it
_NEIGHBOURS_COST = -6.0  # some themes put `مقالات ذات صلة` between two paragraphs
_SHORT = frozenset(("headline", "menu item", "date"))
_LONGEST_STREAK = 4
_ANNOUNCED_COST = -0.3  # a headline under `إقرأ أيضا` says nothing about where the article ends
_ASKING = ("؟", "?", "!")
_DROPPED = frozenset(("ticker", "repeated", "menu item", "announced headline"))
_RUNS = 4  # runs that are compared
_TAKEN = -1000.0  # keeps a later run from going over an earlier one
_TITLED = 3.0
_TEASER = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|اقرأ المزيد ?»?|أكمل القراءة ?»?|read more ?»?)\s*$", re.IGNORECASE
)
_SIGNATURE = re.compile(r"[-–—*/\s]*\([\w\s./-]{1,30}\)[\s.]*|[-–—*/]{1,2}\s?[\w\s.]{1,30}[-–—*/]{0,2}")
_REPRINT = re.compile(r"نشر في\s+(?P<name>.+?)\s+(?:يوم|بتاريخ)\s")
_SITE_TAIL = re.compile(r"\s+[-–—|:•»]\s+|\s*\|\s*")
_COUNT = re.compile(r"\d{1,6}")
_STRONG_ENDS = re.compile(r"تعليق|رد\b|حقوق|copyright|rights|droits|reply|comment")


def _headline_words(lines: Sequence[Line]) -> int:
    """Return how many words a line without a full stop needs in this dump to be a paragraph."""
    long = [line for line in lines if line.words >= _HEADLINE_WORDS and line.segments < MIN_TICKER_SEGMENTS]
    careless = sum(not line.ends for line in long) > len(long) / 2
    return _CARELESS_WORDS if careless else _HEADLINE_WORDS


def _score(line: Line, headline_words: int) -> tuple[float, str]:
    """Score a line for being a paragraph of an article: about 8 for a long one, negative for furniture."""
    if line.furniture is Furniture.ENDS:
        return (_ENDS_COST if _STRONG_ENDS.search(line.key) else _NEIGHBOURS_COST), "ends an article"
    if line.furniture is not None:
        return -1.0, line.furniture.value
    if line.segments >= MIN_TICKER_SEGMENTS and line.words / line.segments < 20:
        return -8.0, "ticker"
    if line.date_only:
        return -2.0, "date"
    if line.copies > 2:
        return -2.0 * line.copies, "repeated"
    if line.bullet and line.words < 8:
        return -2.0, "menu item"
    if _TEASER.search(line.text) and line.words < 60:
        return -1.0, "teaser"
    if not line.ends and line.words < headline_words:
        return (-1.0 if line.words > 2 else -1.5), "headline"
    score = min(line.words, 60) / 10 + min(line.grammar, 0.3) * 8
    if line.ends:
        score += 1.5
    if line.copies > 1:
        score -= 4.0
    if line.words < 6:
        score -= 2.5
    return score, "prose"


def _judge(lines: Sequence[Line], headline_words: int) -> list[tuple[float, str]]:
    """Score all lines; short lines in a row count more and more against an article, since subheads stand alone."""
    judged: list[tuple[float, str]] = []
    streak = 0
    before = ""
    announced = listed = False
    for line in lines:
        score, reason = _score(line, headline_words)
        if reason in _SHORT and (listed or (judged and judged[-1][1] == "prose" and before.endswith(":"))):
            listed, before = True, line.text
            judged.append((_ANNOUNCED_COST, reason))
            continue
        listed, before = False, line.text
        if line.furniture is not None:
            announces = line.furniture is Furniture.INLINE or score == _NEIGHBOURS_COST
            announced = announces and line.words <= 4  # `إقرأ أيضا: headline` holds its headline itself
        elif announced and (
            reason in _SHORT or (line.words < _CARELESS_WORDS and line.text.endswith(_ASKING))
        ):
            judged.append((_ANNOUNCED_COST, "announced headline"))
            continue
        else:
            announced = False
        streak = streak + 1 if reason in _SHORT else 0
        judged.append((score * min(streak, _LONGEST_STREAK), reason) if streak > 1 else (score, reason))
    return judged


def _best_run(scores: Sequence[float]) -> tuple[float, int, int]:
    """Return the greatest sum over a half-open range and that range; zeros when no score is positive."""
    best, best_range = 0.0, (0, 0)
    total, start = 0.0, 0
    for index, score in enumerate(scores):
        if total <= 0:
            total, start = 0.0, index
        total += score
        if total > best:
            best, best_range = total, (start, index + 1)
    return best, *best_range


def _choose_run(lines: Sequence[Line], judged: Sequence[tuple[float, str]]) -> tuple[int, int]:
    """Return the best run; one that follows the page's title weighs more than rules, notices and comments do."""
    scores = [score for score, _ in judged]
    best, best_range = 0.0, (0, 0)
    for _ in range(_RUNS):
        total, start, end = _best_run(scores)
        if total <= 0:
            break
        scores[start:end] = [_TAKEN] * (end - start)
        title = _title_above(lines, start, end)
        if title is not None:
            total *= _TITLED
            start = max(start, title + 1)
        if total > best:
            best, best_range = total, (start, end)
    return best_range


def _title_above(lines: Sequence[Line], start: int, end: int) -> int | None:
    """Return where the words of the first line, in saved pages their title, stand again just before or in a run."""
    tag = lines[0].key
    for index in range(min(end, start + _HEAD_REACH) - 1, max(0, start - _HEAD_REACH) - 1, -1):
        line = lines[index]
        if index < start and line.furniture is Furniture.ENDS:
            return None
        if index and line.words >= 3 and line.key in tag and not line.furniture:
            return index
    return None


@dataclass(frozen=True, slots=True)
class _Head:
    title: str = ""
    date_line: Line | None = None
    section: str | None = None
    author: str | None = None
    source_name: str | None = None


def _is_byline_date(line: Line) -> bool:
    return line.date is not None and (
        line.date_only
        or PUBLISHED_CUE.match(line.key) is not None
        or MODIFIED_CUE.match(line.key) is not None
    )


def _cut_at_date(lines: Sequence[Line], start: int, end: int) -> int:
    """Move the start behind a date line that stands near it: what is above is title and teaser."""
    total = sum(line.words for line in lines[start:end])
    above = 0
    for index in range(start, end):
        if _is_byline_date(lines[index]) and above < 0.3 * total:
            return index + 1
        above += lines[index].words
    return start


def _title_score(lines: Sequence[Line], index: int, body: int, date_index: int | None, tag: str) -> float:
    line = lines[index]
    if line.date_only or line.furniture or not 2 <= line.words <= 40 or line.segments >= MIN_TICKER_SEGMENTS:
        return float("-inf")
    if _is_byline_date(line):
        return float("-inf")
    score = -0.15 * (body - index)
    if tag and index and line.key in tag:
        score += 5.0
    if line.copies > 1:
        score += 2.0
    if line.bullet:
        score -= 3.0
    if line.text.endswith("."):
        score -= 1.5
    score += min(line.words, 6) / 3
    if date_index is not None:
        between = [
            other for other in lines[index + 1 : date_index] if other.words > 3 and not _is_byline_date(other)
        ]
        if index < date_index and not between:
            score += 2.0
    return score


def _without_site(title: str, lines: Sequence[Line], own: int) -> str:
    """Cut `- name of the site` off a title when the name stands alone somewhere on the page."""
    parts = list(_SITE_TAIL.finditer(title))
    if not parts:
        return title
    others = {line.key for index, line in enumerate(lines) if index != own}
    tail = parts[-1]
    if key(title[tail.end() :]) in others or key(title[: tail.start()]) in others:
        return title[: tail.start()].strip()
    return title


def _read_head(lines: Sequence[Line], start: int, end: int) -> _Head:
    top = max(0, start - _HEAD_REACH)
    dated = [index for index in range(start - 1, top - 1, -1) if _is_byline_date(lines[index])]
    published = [index for index in dated if MODIFIED_CUE.match(lines[index].key) is None]
    date_index = next(iter(published or dated), None)
    tag = lines[0].key if lines else ""
    candidates = [*range(top, start)]
    if tag and 0 not in candidates and start:
        candidates.append(0)
    scored = [(_title_score(lines, index, start, date_index, tag), index) for index in candidates]
    score, title_index = max(scored, default=(float("-inf"), -1))
    title = ""
    if score > float("-inf"):
        title = _without_site(lines[title_index].text, lines, title_index)
    date_line = lines[date_index] if date_index is not None else None
    if date_line is not None and title and date_index is not None and date_index < title_index - 4:
        date_line = None  # the header's "today" stands far above the title
    if date_line is None:
        below = lines[end : end + _TAIL_REACH]
        date_line = next((line for line in below if line.date and PUBLISHED_CUE.match(line.key)), None)
    meta = lines[max(top, title_index - 3) : start] if title_index >= 0 else lines[top:start]
    menu = {line.key for line in lines if line.bullet and line.words <= 4}
    menu |= {line.key for line in lines if line.copies > 1 and line.words <= 3 and not line.furniture}
    return _Head(
        title=title,
        date_line=date_line,
        section=_section(meta, menu, key(title)),
        author=_author(meta, key(title), key(_SITE_TAIL.split(lines[0].text)[-1]) if lines else ""),
        source_name=_source_name(date_line),
    )


def _section(meta: Sequence[Line], menu: set[str], title_key: str) -> str | None:
    for line in reversed(meta):
        if line.date_only or line.words > 6 or line.key == title_key:
            continue
        crumbs = [piece.strip() for piece in re.split(r"\s*[»›>/|]\s*", line.text) if piece.strip()]
        if len(crumbs) > 1:
            named = [piece for piece in crumbs if key(piece) in menu and key(piece) != key("الرئيسية")]
            if named:
                return named[-1]
        if line.bullet:
            continue
        cue = SECTION_CUE.match(line.key)
        rest = line.key[cue.end() :] if cue else line.key
        if rest and rest in menu and rest != title_key:
            words = line.text.split()
            return " ".join(words[-len(rest.split()) :]).strip(" :") if cue else line.text
    return None


def _author(meta: Sequence[Line], title_key: str, site_key: str) -> str | None:
    for line in meta:
        paper, dash, name = line.text.partition(" - ")
        if dash and line.words <= 8 and line.key != title_key and key(paper) == site_key:
            return name.strip()
        cue = AUTHOR_CUE.match(line.key)
        if cue is None or not cue.end() or line.words > 7 or line.key == title_key or line.date is not None:
            continue
        rest = line.text.split(maxsplit=1)
        name = (
            rest[1].strip(" :-–")
            if len(rest) > 1 and ":" not in rest[0]
            else line.text.partition(":")[2].strip()
        )
        if name:
            return name
    return None


def _source_name(date_line: Line | None) -> str | None:
    match = _REPRINT.search(date_line.text) if date_line else None
    return match["name"] if match else None


def _body(
    lines: Sequence[Line],
    judged: Sequence[tuple[float, str]],
    title_key: str,
    trace: Trace | None,
) -> list[str]:
    """Keep the paragraphs of a run; drop the furniture inside it and the headlines that furniture announces."""
    kept: list[str] = []
    listed = False
    for line, (score, reason), loose in zip(lines, judged, _grouped(judged), strict=True):
        # A list that a paragraph announces with a colon is text, other short lines in a row are links.
        listed = loose and (listed or (bool(kept) and kept[-1].endswith(":")))
        keep = not (
            reason in _DROPPED or line.furniture is not None or line.key == title_key or line.date_only
        ) and not (reason == "headline" and loose and not listed)
        if keep:
            kept.append(line.text)
        if trace is not None:
            trace.block(line.text, keep, score, reason)
    return kept


def _grouped(judged: Sequence[tuple[float, str]]) -> list[bool]:
    """Tell for each line of a run whether it is one of several short lines in a row, or stands before any prose."""
    short = [reason in _SHORT for _, reason in judged]
    flags = []
    begun = False
    for index, each in enumerate(short):
        begun = begun or judged[index][1] == "prose"
        beside = (index > 0 and short[index - 1]) or (index + 1 < len(short) and short[index + 1])
        flags.append(each and (beside or not begun))
    return flags


def _with_signature(lines: Sequence[Line], start: int, end: int) -> int:
    """Take in an agency's signature, `(و م ع)`, on the line after the last paragraph."""
    if start < end < len(lines):
        line = lines[end]
        near = line.gap <= max(other.gap for other in lines[start:end])
        if near and line.words <= 4 and not line.furniture and _SIGNATURE.fullmatch(line.text):
            return end + 1
    return end


def extract_text_dump(text: str, *, url: str = "", trace: Trace | None = None) -> Extraction:
    """Read an article from a page's text without markup, one paragraph a line.

    Menus, tickers, related headlines, comment forms and footers around it are left out. `published_at`
    comes from the date line beside the title, never from a header's "today". Returns a `NotArticle` where
    no run of prose is found.
    """
    lines = read_lines(text)
    if not lines:
        return NotArticle(url=url, kind=PageKind.EMPTY, reason="the text is empty")
    headline_words = _headline_words(lines)
    judged = _judge(lines, headline_words)
    start, end = _choose_run(lines, judged)
    start = _cut_at_date(lines, start, end)
    end = _with_signature(lines, start, end)
    head = _read_head(lines, start, end)
    if trace is not None:
        for line, (score, reason) in zip(lines[:start], judged[:start], strict=True):
            trace.block(line.text, False, score, reason)
    paragraphs = _body(lines[start:end], judged[start:end], key(head.title), trace)
    if trace is not None:
        for line, (score, reason) in zip(lines[end:], judged[end:], strict=True):
            trace.block(line.text, False, score, reason)
    words = sum(len(paragraph.split()) for paragraph in paragraphs)
    if words < MIN_BODY_WORDS:
        reason = f"{words} words of running text in {len(lines)} lines"
        if trace is not None:
            trace.attempt(Method.TEXT_DUMP, False, reason)
        return NotArticle(
            url=url, kind=PageKind.LISTING if len(lines) > 10 else PageKind.EMPTY, reason=reason
        )
    if trace is not None:
        trace.attempt(Method.TEXT_DUMP, True, f"{words} words in {len(paragraphs)} paragraphs")
    raw = head.date_line.text if head.date_line else None
    return Article(
        url=url,
        canonical=canonical_url(url) if url else "",
        site=site_of(url),
        title=head.title,
        body="\n".join(paragraphs),
        method=Method.TEXT_DUMP,
        author=head.author,
        section=head.section,
        published_at=parse_published(raw) if raw else None,
        published_raw=raw,
        source_name=head.source_name,
    )
