"""Portvakt: provisions, verifies and reconciles the ports of an open-access fibre network."""

__version__ = "0.1.0"
