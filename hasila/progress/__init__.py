"""How a crawl is going; docs/monitoring.md describes it.

`watch` keeps the counts, `lines` tells them in a log, as lines or JSON, and `screen` draws them on a terminal.
"""
