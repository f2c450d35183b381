"""What the design knows of the campus before it is written into a record."""

from __future__ import annotations

from dataclasses import dataclass

from wattport.arrays import FloatArray
from wattport.catalog import Rack
from wattport.design.capacity import Halls
from wattport.design.chain import Equipment
from wattport.design.cooling import PlantSize
from wattport.design.redundancy import ModuleSet
from wattport.design.substation import Substation
from wattport.records.design import CoolingPlant, LossStage
from wattport.spec.campus.spec import Spec


@dataclass(frozen=True)
class Sizing:
    """Everything the design knows, before it is written into a record."""

    spec: Spec
    racks: tuple[Rack, ...]
    kit: Equipment
    halls: Halls
    modules: ModuleSet  # of one hall
    substation: Substation
    plant_size: PlantSize  # of one hall
    plant: CoolingPlant
    n_feeders: FloatArray  # (draw,) MV feeders of one hall
    chain: tuple[LossStage, ...]
    pue: FloatArray  # (draw,)
