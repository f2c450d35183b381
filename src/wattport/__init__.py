"""
Wattport: an open digital twin of a gigawatt-scale AI campus and its plants.

One file in, one report out:

>>> import wattport
>>> case = wattport.play("small_20mw", draws=1, until="build")
>>> case.programme.first_compute_p50
datetime.date(2028, 10, 7)

Importing the package is free of cost: numpy, pydantic and the stages are
loaded when one of its functions is first touched (PEP 562), so that a shell
completion or ``wattport --help`` answers at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattport.pipeline import play as play
    from wattport.pipeline.export import export_programme as export_programme
    from wattport.pipeline.factory import plan_factory as plan_factory
    from wattport.pipeline.factory import simulate_factory as simulate_factory
    from wattport.pipeline.jobs import JobOptions as JobOptions
    from wattport.pipeline.jobs import run_jobs as run_jobs
    from wattport.pipeline.requests import RequestOptions as RequestOptions
    from wattport.pipeline.requests import serve_requests as serve_requests
    from wattport.records.opening import open_case as open_case
    from wattport.report import render as render
    from wattport.schedule.analysis import analyse_schedule as analyse_schedule
    from wattport.spec import check as check
    from wattport.spec import load as load
    from wattport.spec import load_factory as load_factory

__version__ = "0.1.0"
__all__ = [
    "analyse_schedule",
    "check",
    "export_programme",
    "JobOptions",
    "load",
    "load_factory",
    "open_case",
    "plan_factory",
    "play",
    "render",
    "RequestOptions",
    "run_jobs",
    "serve_requests",
    "simulate_factory",
    "__version__",
]

_HOME = {
    "analyse_schedule": "wattport.schedule.analysis",
    "check": "wattport.spec",
    "export_programme": "wattport.pipeline.export",
    "JobOptions": "wattport.pipeline.jobs",
    "load": "wattport.spec",
    "load_factory": "wattport.spec",
    "open_case": "wattport.records.opening",
    "plan_factory": "wattport.pipeline.factory",
    "play": "wattport.pipeline",
    "render": "wattport.report",
    "RequestOptions": "wattport.pipeline.requests",
    "run_jobs": "wattport.pipeline.jobs",
    "serve_requests": "wattport.pipeline.requests",
    "simulate_factory": "wattport.pipeline.factory",
}


def __getattr__(name: str) -> Any:
    """Fetch a public function from its room when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'wattport' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """List the public names, the ones not yet loaded included."""
    return sorted(__all__)
