"""Streetlight: which printed digits will a reader see, and why."""

__version__ = '0.1.0'
