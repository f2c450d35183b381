"""The campus on paper: halls, one-line, redundancy, cooling plant, bill and checks."""

from wattport.design.size import size

__all__ = ["size"]
