"""The listings, each a function of an arithmetic and a trace; ``../book.toml`` has their order."""
