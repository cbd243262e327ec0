"""Fetches politely and hands pages on: a Scrapy project (`scrapy list` works from the root)."""
