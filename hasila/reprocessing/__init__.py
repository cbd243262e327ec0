"""Reading anew what older rules have read; docs/reprocessing.md describes it.

`passes` goes over the store and writes what `reading` finds, in the processes of `worker_pool`; `report` counts what changes,
`tables` shows it, and `progress` how far it is.
"""
