"""Money, carbon, water, jobs, and which guess matters."""

from wattport.ledger.settle import settle

__all__ = ["settle"]
