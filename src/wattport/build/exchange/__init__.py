"""Plans from and to other people's planning tools: Primavera XER and MS Project XML."""

from wattport.build.exchange.door import read_plan
from wattport.build.exchange.mspdi import read_mspdi
from wattport.build.exchange.mspdi_write import mspdi_bytes
from wattport.build.exchange.notes import ReadPlan, StatedDates
from wattport.build.exchange.xer import read_xer
from wattport.build.exchange.xer_write import xer_bytes

__all__ = [
    "ReadPlan",
    "StatedDates",
    "mspdi_bytes",
    "read_mspdi",
    "read_plan",
    "read_xer",
    "xer_bytes",
]
