"""The campus in operation, hour by hour."""

from wattport.operation.operate import operate

__all__ = ["operate"]
