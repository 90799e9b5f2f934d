"""The listings, each a plain program; ``../book.toml`` has their order."""
