"""Article to claims: Arabic numeric claims by rules, with the language as data in `rules/lexicon/`."""
