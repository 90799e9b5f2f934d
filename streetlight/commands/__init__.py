"""The judge's side of the command line: each function takes the parsed arguments, prints, and returns the exit status."""
