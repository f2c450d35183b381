"""The plants that make the modules: stations, staff, suppliers, and when each module leaves."""

from wattport.production.manufacture import manufacture

__all__ = ["manufacture"]
