"""The whole of what a user writes."""

from __future__ import annotations

from pydantic import Field

from wattport.spec.campus import Campus
from wattport.spec.finance import Announced, Finance
from wattport.spec.grid import Grid
from wattport.spec.plants import Plants
from wattport.spec.programme import Programme
from wattport.spec.section import Section
from wattport.spec.site import Site
from wattport.spec.uncertainty import Uncertainty
from wattport.spec.workload import Workload


class Spec(Section):
    """One campus, its plants and its programme."""

    name: str
    title: str = ""
    warnings: tuple[str, ...] = Field((), description="Caveats printed with every result.")
    uncertainty: Uncertainty = Uncertainty()
    site: Site
    grid: Grid
    campus: Campus
    plants: Plants
    programme: Programme
    workload: Workload
    finance: Finance
    announced: Announced = Announced()
