"""How everything stands; docs/monitoring.md describes it.

`standing` asks the database, `tables` show it to people, `prometheus` to those who scrape.
"""
