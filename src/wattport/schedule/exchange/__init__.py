"""Plans from and to other people's planning tools: Primavera XER and MS Project XML."""

from wattport.schedule.exchange.mspdi import read_mspdi
from wattport.schedule.exchange.mspdi_write import mspdi_bytes
from wattport.schedule.exchange.notes import ReadPlan, StatedDates
from wattport.schedule.exchange.read import read_plan
from wattport.schedule.exchange.xer import read_xer
from wattport.schedule.exchange.xer_write import xer_bytes

__all__ = [
    "ReadPlan",
    "StatedDates",
    "mspdi_bytes",
    "read_mspdi",
    "read_plan",
    "read_xer",
    "xer_bytes",
]
