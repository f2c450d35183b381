"""The activity network of the whole campus, laid out from the templates of the spec."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.equations.precedence import LinkKind, Links
from wattport.spec.campus.programme import Activity, Cause, Each, LinkType, Predecessor, Programme

CAUSES: tuple[str, ...] = tuple(cause.value for cause in Cause)
NO_CREW = -1
NO_WEATHER = -1
NOT_HELD = -np.inf  # lag of a link that does not bind in a draw
_KINDS = {
    LinkType.FINISH_TO_START: LinkKind.FINISH_TO_START,
    LinkType.START_TO_START: LinkKind.START_TO_START,
    LinkType.FINISH_TO_FINISH: LinkKind.FINISH_TO_FINISH,
    LinkType.START_TO_FINISH: LinkKind.START_TO_FINISH,
}


@dataclass(frozen=True)
class Served:
    """Lots of HV transformers and grid tranches, and the one that serves each hall."""

    n_lots: int
    n_tranches: int
    hall_lot: IntArray  # (draw, hall) counted from 0
    hall_tranche: IntArray  # (draw, hall); -1: none

    def members(self, each: Each) -> int:
        """How often an activity is done."""
        return {Each.SITE: 1, Each.TRANSFORMER_LOT: self.n_lots, Each.TRANCHE: self.n_tranches}[
            each
        ]

    def of_hall(self, each: Each) -> IntArray:
        """Member that a hall waits for, shape (draw, hall)."""
        if each is Each.SITE:
            return np.zeros_like(self.hall_lot)
        return self.hall_lot if each is Each.TRANSFORMER_LOT else self.hall_tranche


def served_alike(n_halls: int) -> Served:
    """
    All halls on one lot and one tranche.

    Examples
    --------
    >>> served_alike(2).of_hall(Each.TRANCHE)
    array([[0, 0]])
    """
    together = np.zeros((1, n_halls), dtype=np.int64)
    return Served(1, 1, together, together)


@dataclass(frozen=True)
class Network:
    """
    All activities of the campus as *jobs*: the site's first, then hall after hall.

    A site activity is one job, or one for each lot of transformers or each tranche. Job
    ``n_site + hall * n_template + activity`` is an activity of a hall.
    """

    n_site: int  # jobs of the site
    n_template: int
    n_halls: int
    # Precedence of jobs, then the stagger between halls. Lags are (link,) or (draw, link).
    links: Links
    is_elapsed: BoolArray  # (link,) the lag is calendar days
    is_stagger: BoolArray  # (link,) elapsed, and its lag is given with the problem
    task: IntArray  # (job,) index into the activities: the site's, then the template's
    member: IntArray  # (site job,) lot or tranche it is done for
    crew: IntArray  # (job,) index into the spec's crews, or NO_CREW
    weather: IntArray  # (job,) index into the spec's weather windows, or NO_WEATHER
    is_grid_gated: BoolArray  # (job,)
    is_module_gated: BoolArray  # (job,)
    is_long_lead_gated: BoolArray  # (job,)
    is_rack_gated: BoolArray  # (job,)

    @property
    def n_jobs(self) -> int:
        """Number of jobs."""
        return self.n_site + self.n_halls * self.n_template

    @property
    def n_site_tasks(self) -> int:
        """Number of site activities."""
        return int(self.task[: self.n_site].max()) + 1 if self.n_site else 0

    def job(self, hall: int, activity: int) -> int:
        """Job number of an activity of a hall."""
        return self.n_site + hall * self.n_template + activity

    def first_site_job(self) -> IntArray:
        """First job of each site activity."""
        return np.flatnonzero(self.member == 0)


def lay_out(programme: Programme, n_halls: int, served: Served | None = None) -> Network:
    """
    Lay out the network of a campus: site activities as often as needed, the template per hall.

    Parameters
    ----------
    programme : Programme
        Section of the spec; its precedence has no circle.
    n_halls : int
        Halls on the hall axis.
    served : Served, optional
        Which lot and which tranche serve each hall; left out: one of each serves all.

    Returns
    -------
    Network
        Jobs and their links.

    Notes
    -----
    A hall activity that names no predecessor follows all site activities. What is done for
    each lot or tranche is followed, in a draw, through the one that serves the hall. Successive
    halls are spaced by a start-to-start link between their activities that wait for no other
    of their own hall.
    """
    site, hall = programme.site_activities, programme.hall_activities
    n_template = len(hall)
    served = served or served_alike(n_halls)
    n_members = [served.members(activity.each) for activity in site]
    first_job = [0, *np.cumsum(n_members).tolist()]
    n_site = first_job[-1]
    rows = _Rows()
    _link_site(rows, programme, first_job)
    _link_halls(rows, programme, first_job, n_halls, served)
    n_precedence = len(rows.kind)
    own = {activity.name for activity in hall}
    roots = [j for j, a in enumerate(hall) if own.isdisjoint(p.activity for p in a.after)]
    for number in range(1, n_halls):
        before = n_site + (number - 1) * n_template + roots[0]
        for j in roots:
            rows.add(before, n_site + number * n_template + j, LinkKind.START_TO_START, 0.0, True)
    window_number = {window.name: i for i, window in enumerate(programme.weather)}
    crew_number = {crew.name: i for i, crew in enumerate(programme.crews)}

    def by_job(values: list[int]) -> IntArray:
        parts = (np.repeat(values[: len(site)], n_members), np.tile(values[len(site) :], n_halls))
        return np.concatenate(parts).astype(np.int64)

    def flags(name: str) -> BoolArray:
        return by_job([int(getattr(a, name)) for a in (*site, *hall)]).astype(np.bool_)

    def crew_of(activity: Activity) -> int:
        return NO_CREW if activity.crew is None else crew_number[activity.crew]

    def window_of(activity: Activity) -> int:
        return NO_WEATHER if activity.weather is None else window_number[activity.weather]

    return Network(
        n_site=n_site,
        n_template=n_template,
        n_halls=n_halls,
        links=rows.links(),
        is_elapsed=np.array(rows.is_elapsed, dtype=np.bool_),
        is_stagger=np.arange(len(rows.kind)) >= n_precedence,
        task=by_job(list(range(len(site) + n_template))),
        member=np.concatenate([np.arange(n) for n in (0, *n_members)]).astype(np.int64),
        crew=by_job([crew_of(a) for a in (*site, *hall)]),
        weather=by_job([window_of(a) for a in (*site, *hall)]),
        is_grid_gated=flags("is_grid_gated"),
        is_module_gated=flags("is_module_gated"),
        is_long_lead_gated=flags("is_long_lead_gated"),
        is_rack_gated=flags("is_rack_gated"),
    )


class _Rows:
    """Links as they are collected; a lag is a number or one for each draw."""

    def __init__(self) -> None:
        self.before: list[int] = []
        self.after: list[int] = []
        self.kind: list[int] = []
        self.lag: list[FloatArray | float] = []
        self.is_elapsed: list[bool] = []

    def add(
        self, before: int, after: int, kind: LinkKind, lag: FloatArray | float, is_elapsed: bool
    ) -> None:
        self.before.append(before)
        self.after.append(after)
        self.kind.append(int(kind))
        self.lag.append(lag)
        self.is_elapsed.append(is_elapsed)

    def follow(self, before: int, after: int, how: Predecessor, is_held: BoolArray) -> None:
        """Add what the spec says of a predecessor, in the draws in which it holds."""
        if not is_held.any():
            return
        lag: FloatArray | float = 0.0 if how.lag_days is None else how.lag_days
        if not is_held.all():
            lag = np.where(is_held, lag, NOT_HELD)
        self.add(before, after, _KINDS[how.link], lag, how.is_lag_elapsed)

    def links(self) -> Links:
        lags = np.broadcast_arrays(*self.lag) if self.lag else [np.zeros(0)]
        return Links(
            predecessor=np.array(self.before, dtype=np.int64),
            successor=np.array(self.after, dtype=np.int64),
            kind=np.array(self.kind, dtype=np.int64),
            lag_days=np.stack(lags, axis=-1).astype(np.float64) if self.lag else lags[0],
        )


_ALWAYS = np.ones(1, dtype=np.bool_)


def _link_site(rows: _Rows, programme: Programme, first_job: list[int]) -> None:
    """Links among site jobs: like to like, or all to all where one is done once."""
    number = {activity.name: i for i, activity in enumerate(programme.site_activities)}
    for j, activity in enumerate(programme.site_activities):
        for how in activity.after:
            i = number[how.activity]
            theirs, mine = (range(first_job[a], first_job[a + 1]) for a in (i, j))
            is_like = programme.site_activities[i].each is activity.each
            pairs = (
                zip(theirs, mine, strict=True)
                if is_like
                else ((before, after) for after in mine for before in theirs)
            )
            for before, after in pairs:
                rows.follow(before, after, how, _ALWAYS)


def _link_halls(
    rows: _Rows, programme: Programme, first_job: list[int], n_halls: int, served: Served
) -> None:
    """Links of hall jobs to their own hall and to the site jobs that serve it."""
    site, hall = programme.site_activities, programme.hall_activities
    site_number = {activity.name: i for i, activity in enumerate(site)}
    hall_number = {activity.name: i for i, activity in enumerate(hall)}
    all_site = tuple(Predecessor.model_validate(name) for name in site_number)
    for number in range(n_halls):
        first = first_job[-1] + number * len(hall)
        for j, activity in enumerate(hall):
            for how in activity.after or all_site:
                own = hall_number.get(how.activity)
                if own is not None:
                    rows.follow(first + own, first + j, how, _ALWAYS)
                    continue
                i = site_number[how.activity]
                mine = served.of_hall(site[i].each)[:, number]
                for member in range(first_job[i + 1] - first_job[i]):
                    rows.follow(first_job[i] + member, first + j, how, mine == member)
