"""Why an extraction came out as it did: the methods tried, the blocks kept and dropped."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.records import Extraction, Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One method, tried on a page or not."""

    method: Method
    accepted: bool
    reason: str
    """One line: why it was taken, or why not."""
    tried: bool = True


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

    def skip(self, method: Method, reason: str) -> None:
        """Note why a method was not tried."""
        self.attempts.append(Attempt(method=method, accepted=False, reason=reason, tried=False))

    def account(self) -> tuple[Attempt, ...]:
        """Return every method in the order of `Method`, also those that nobody came to."""
        noted = {attempt.method: attempt for attempt in self.attempts}
        taken = next((attempt.method for attempt in self.attempts if attempt.accepted), None)
        reason = f"not needed: {taken.value.replace('_', ' ')} has found the body" if taken else "not reached"
        if taken is Method.TEXT_DUMP or (Method.TEXT_DUMP in noted and taken is None):
            reason = "the page has no markup"
        elif taken is not None and Method.TEXT_DUMP not in noted:
            noted[Method.TEXT_DUMP] = Attempt(
                method=Method.TEXT_DUMP, accepted=False, reason="the page has markup", tried=False
            )
        return tuple(
            noted.get(method) or Attempt(method=method, accepted=False, reason=reason, tried=False)
            for method in Method
        )

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
    """All methods in the order in which they are tried."""
    blocks: tuple[Block, ...]
    """In document order, as the method judged them that was taken or that was tried last."""
