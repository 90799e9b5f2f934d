"""Streetlight: which printed digits of the streetlight listings will a reader see, and why."""

__version__ = "0.1.0"
