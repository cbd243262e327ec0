"""What the rules saw in a sentence, for a terminal: tokens from right to left, one a line, and the claims they made."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from hasila.claim_formats import claim_record
from hasila.problems import printable
from rules import SentenceView

_SHOWN_APART = frozenset({"start", "end", "text", "rules"})


def explanation(view: SentenceView) -> Group:
    """A sentence, its tokens aligned right with the entries of the lexicon seen in each, and its claims.

    Tokens that no entry and no claim touches are left out; Arabic stands alone in its cells, so that a terminal
    that orders each line by itself shows it in its own direction.
    """
    tokens = Table(show_edge=False, pad_edge=False, box=None, header_style="bold")
    tokens.add_column("claim", justify="right")
    tokens.add_column("token", justify="right")
    tokens.add_column("entries")
    for token in view.tokens:
        if token.entries or token.claims:
            tokens.add_row(
                " ".join(map(str, token.claims)),
                printable(token.text),
                Text("  ".join(token.entries), overflow="fold"),
            )
    lines: list[Text | Table] = [Text(printable(view.text), style="bold", justify="right"), tokens]
    for number, claim in enumerate(view.claims, 1):
        fields = [
            f"{name} {value}"
            for name, value in claim_record(claim).items()
            if value is not None and name not in _SHOWN_APART
        ]
        lines.append(Text(f"{number}  {printable(claim.text)}"))
        lines.append(Text(f"   {', '.join(fields)}"))
        lines.append(Text(f"   by {' '.join(claim.rules)}", style="dim"))
    lines.append(Text())
    return Group(*lines)
