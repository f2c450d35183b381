"""What stages hand each other: frozen values, no algorithms."""

from wattport.records.case import Case, Manifest
from wattport.records.design import (
    MODULE_PRICE,
    BillItem,
    CoolingPlant,
    Design,
    LossStage,
    RackSupply,
    Trade,
)
from wattport.records.findings import Check, Evidence, Reason, Validated
from wattport.records.ledger import Driver, Headline, Ledger
from wattport.records.operation import Operation
from wattport.records.production import Production
from wattport.records.programme import Programme
from wattport.records.record import quantile

__all__ = [
    "MODULE_PRICE",
    "BillItem",
    "Case",
    "Check",
    "CoolingPlant",
    "Design",
    "Driver",
    "Evidence",
    "Headline",
    "Ledger",
    "LossStage",
    "RackSupply",
    "Manifest",
    "Operation",
    "Production",
    "Programme",
    "Reason",
    "Trade",
    "Validated",
    "quantile",
]
