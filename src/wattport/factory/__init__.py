"""A factory file of its own: from plants, products and orders to rates, waits and what limits."""

from wattport.factory.answer import Answer, simulate_factory

__all__ = ["Answer", "simulate_factory"]
