"""A program in: its source and cells, the pass over its text, the run, and the numbers that it prints."""
