"""Notices: messages about runs that did not go well, by a webhook, by mail, or both; silence otherwise.

`telling` watches a command and decides, with `repeating`, whether there is something to tell; `notice` is what is told, and
`sending` sends it. docs/configuration.md describes the message.
"""
