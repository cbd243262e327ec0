"""Why an extraction came out as it did: the methods tried, the blocks kept and dropped."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.records import Extraction, Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One method that was tried on a page."""

    method: Method
    accepted: bool
    reason: str
    """One line: why it was taken, or why not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph or a line that was judged."""

    text: str
    kept: bool
    score: float
    """In the units of the method that judged it; greater is more like an article's text."""
    reason: str


@dataclass(slots=True)
class Trace:
    """Collects what happened while a page is read. The extraction writes to it, nobody reads it there."""

    attempts: list[Attempt] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    encoding: str = ""

    def attempt(self, method: Method, accepted: bool, reason: str) -> None:
        """Note that a method was tried."""
        self.attempts.append(Attempt(method=method, accepted=accepted, reason=reason))

    def block(self, text: str, kept: bool, score: float, reason: str) -> None:
        """Note what became of a block."""
        self.blocks.append(Block(text=text, kept=kept, score=round(score, 2), reason=reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An extraction with its reasons."""

    result: Extraction
    encoding: str
    """The encoding the bytes were read in, "" for text."""
    attempts: tuple[Attempt, ...]
    """In the order in which they were tried."""
    blocks: tuple[Block, ...]
    """In document order, as the method judged them that was taken or that was tried last."""
