"""Money, carbon, water, jobs, and which guess matters."""

from wattport.account.settle import settle

__all__ = ["settle"]
