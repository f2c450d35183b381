"""The whole of what a user writes about a campus."""

from __future__ import annotations

from wattport.spec.campus.campus import Campus
from wattport.spec.campus.finance import Announced, Finance
from wattport.spec.campus.grid import Grid
from wattport.spec.campus.plants import Plants
from wattport.spec.campus.programme import Programme
from wattport.spec.campus.site import Site
from wattport.spec.campus.workload import Workload
from wattport.spec.reading.root import Root


class Spec(Root):
    """
    One campus, its plants and its programme.

    As loaded, its numbers are floats or `Uncertain`; as drawn, arrays of
    shape ``(draw,)``. Engineering code sees drawn specs only.
    """

    site: Site
    grid: Grid
    campus: Campus
    plants: Plants
    programme: Programme
    workload: Workload
    finance: Finance
    announced: Announced = Announced()
