"""Article to claims: Arabic numeric claims by rules, with the language as data in `rules/lexicon/`.

Everything here is a pure function of what it is given.
"""

from rules.catalogue import Indicator, catalogue
from rules.engine import RULESET_VERSION, extract_claims, sentences
from rules.explain import SentenceView, TokenView, explain
from rules.lexicon import LexiconError
from rules.numeral_phrases import parse_numeral
from rules.records import Claim
from rules.relevance import Relevance, relevance, search_queries

__all__ = [
    "RULESET_VERSION",
    "Claim",
    "Indicator",
    "LexiconError",
    "Relevance",
    "SentenceView",
    "TokenView",
    "catalogue",
    "explain",
    "extract_claims",
    "parse_numeral",
    "relevance",
    "search_queries",
    "sentences",
]
