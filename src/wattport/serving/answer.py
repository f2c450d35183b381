"""The answer to a trace of requests: figures for scripts, and what a page draws them from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from wattport.energy.campus_totals import CampusFigures, CampusTotals
from wattport.energy.thinned import Thinned
from wattport.serving.engine import Served


@dataclass(frozen=True)
class Deployment:
    """What serves, and what its power rests on."""

    model: str
    gpu: str
    power_of: str  # the GPU whose power it draws
    power_measured_on: str  # the model whose power by batch it has
    n_replicas: int
    gpus_per_replica: int
    n_gpus: int
    is_autoscaled: bool
    sizing: str  # how the number of replicas came about


@dataclass(frozen=True)
class Service:
    """How many requests, how fast, and how many as promised; percentiles by ``p50``, ``p99``."""

    n_requests: int
    n_completed: int
    served_s: float
    requests_per_s: float
    n_prompt_tokens: int
    n_tokens: int  # generated
    tokens_per_s: float
    most_replicas: int  # on at once
    ttft_slo_s: float
    tpot_slo_s: float
    within_slo_frac: float
    goodput_per_s: float  # requests answered as promised
    ttft_s: dict[str, float]
    tpot_s: dict[str, float]


@dataclass(frozen=True)
class FleetPower:
    """IT power of the fleet at the racks' input; extremes are those of steps."""

    energy_mwh: float
    mean_mw: float
    min_mw: float
    max_mw: float


@dataclass(frozen=True)
class TokenFigures:
    """What a generated token takes."""

    gpu_j_per_token: float
    it_j_per_token: float  # at the racks' input


@dataclass(frozen=True)
class GridTokenFigures:
    """What a generated token takes and costs on a campus."""

    grid_j_per_token: float
    energy_eur_per_million_tokens: float
    gpu_eur_per_million_tokens: float  # at the market's price of a GPU-hour
    slice_it_mw: float  # IT that the slice of the campus is made for


@dataclass(frozen=True)
class RequestsAnswer:
    """
    What came of a trace of requests.

    Parameters
    ----------
    requests_file : Path
        As given.
    design : str or None
        Name of the scenario in whose campus the fleet stands; None for a fleet by itself.
    step_s : float
        Of the power series. [s]
    begin : datetime or None
        UTC moment of the first request; None for a fleet by itself.
    deployment : Deployment
        Model, GPU, replicas.
    service : Service
        Latency, throughput, promises kept.
    power : FleetPower
        At the racks' input.
    token : TokenFigures
        Joules, without what stands around the racks.
    at_grid : GridTokenFigures or None
        Joules and euros on the campus.
    campus : CampusFigures or None
        What the grid saw of the slice.
    """

    kind: ClassVar[str] = "requests"

    requests_file: Path
    design: str | None
    step_s: float
    begin: datetime | None
    deployment: Deployment
    service: Service
    power: FleetPower
    token: TokenFigures
    at_grid: GridTokenFigures | None
    campus: CampusFigures | None


@dataclass(frozen=True)
class RequestsRun:
    """The answer to a trace of requests, and the run behind it."""

    answer: RequestsAnswer
    served: Served
    seen: Thinned  # power over time
    totals: CampusTotals | None  # None for a fleet by itself
