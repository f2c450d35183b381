"""The whole of what a user writes about a campus."""

from __future__ import annotations

from wattport.spec.campus import Campus
from wattport.spec.finance import Announced, Finance
from wattport.spec.grid import Grid
from wattport.spec.plants import Plants
from wattport.spec.programme import Programme
from wattport.spec.root import Root
from wattport.spec.site import Site
from wattport.spec.workload import Workload


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
