"""The campus in operation, hour by hour."""

from wattport.run.operate import operate

__all__ = ["operate"]
