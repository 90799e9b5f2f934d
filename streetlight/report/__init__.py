"""The report: what is pinned, as one page that a browser shows without a network."""
