"""The activity network of the whole campus, laid out from the templates of the spec."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.equations.network import LinkKind, Links, link
from wattport.records.record import BoolArray, IntArray
from wattport.spec.programme import Activity, Cause, Programme

CAUSES: tuple[str, ...] = tuple(cause.value for cause in Cause)
NO_CREW = -1


@dataclass(frozen=True)
class Network:
    """
    All activities of the campus as *jobs*: the site's first, then hall after hall.

    Job ``n_site + hall * n_template + activity`` is an activity of a hall.
    """

    n_site: int
    n_template: int
    n_halls: int
    links: Links  # precedence of jobs, then the stagger between halls
    is_stagger: BoolArray  # (link,) start-to-start in calendar days, lag given per draw
    crew: IntArray  # (job,) index into the spec's crews, or NO_CREW
    is_grid_gated: BoolArray  # (job,)
    is_module_gated: BoolArray  # (job,)
    is_long_lead_gated: BoolArray  # (job,)
    is_rack_gated: BoolArray  # (job,)

    @property
    def n_jobs(self) -> int:
        """Number of jobs."""
        return self.n_site + self.n_halls * self.n_template

    def job(self, hall: int, activity: int) -> int:
        """Job number of an activity of a hall."""
        return self.n_site + hall * self.n_template + activity


def lay_out(programme: Programme, n_halls: int) -> Network:
    """
    Lay out the network of a campus: site activities once, the hall template per hall.

    Parameters
    ----------
    programme : Programme
        Section of the spec; its precedence has no circle.
    n_halls : int
        Halls on the hall axis.

    Returns
    -------
    Network
        Jobs and their links.

    Notes
    -----
    A hall activity that names no predecessor follows all site activities. Successive halls
    are spaced by a start-to-start link between their activities that wait for no other of
    their own hall.
    """
    site, hall = programme.site_activities, programme.hall_activities
    n_site, n_template = len(site), len(hall)
    site_number = {activity.name: i for i, activity in enumerate(site)}
    hall_number = {activity.name: i for i, activity in enumerate(hall)}

    within_site = [
        (site_number[name], j) for j, activity in enumerate(site) for name in activity.after
    ]
    precedence: list[tuple[int, int]] = list(within_site)
    for number in range(n_halls):
        first = n_site + number * n_template
        for j, activity in enumerate(hall):
            for name in activity.after or site_number:
                own = hall_number.get(name)
                before = site_number[name] if own is None else first + own
                precedence.append((before, first + j))

    roots = [
        j for j, activity in enumerate(hall) if not any(n in hall_number for n in activity.after)
    ]
    stagger = [
        (n_site + (number - 1) * n_template + roots[0], n_site + number * n_template + j)
        for number in range(1, n_halls)
        for j in roots
    ]
    links = link(*precedence, *((i, j, LinkKind.START_TO_START) for i, j in stagger))
    crew_number = {crew.name: i for i, crew in enumerate(programme.crews)}

    def by_job(values: list[int]) -> IntArray:
        parts = (values[:n_site], np.tile(values[n_site:], n_halls))
        return np.concatenate(parts).astype(np.int64)

    def flags(name: str) -> BoolArray:
        return by_job([int(getattr(a, name)) for a in (*site, *hall)]).astype(np.bool_)

    def crew_of(activity: Activity) -> int:
        return NO_CREW if activity.crew is None else crew_number[activity.crew]

    return Network(
        n_site=n_site,
        n_template=n_template,
        n_halls=n_halls,
        links=links,
        is_stagger=np.arange(links.n_links) >= len(precedence),
        crew=by_job([crew_of(a) for a in (*site, *hall)]),
        is_grid_gated=flags("is_grid_gated"),
        is_module_gated=flags("is_module_gated"),
        is_long_lead_gated=flags("is_long_lead_gated"),
        is_rack_gated=flags("is_rack_gated"),
    )
