"""One resource-feasible schedule of the campus in every draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.site_time_kernel import WorkingTime
from wattport.equations.precedence import Links, early_dates, topological_order
from wattport.programme.activity_network import Network
from wattport.programme.calendar import LAST_DAY, finish_of_work, start_of_work
from wattport.programme.dates_kernel import serial_schedule
from wattport.programme.weather_windows_kernel import Weather


@dataclass(frozen=True)
class Problem:
    """What a schedule is made from, in every draw; works are on the work axis."""

    network: Network
    duration_days: FloatArray  # (draw, job) working days; NaN: no such job
    release_work: FloatArray  # (draw, job)
    stagger_days: FloatArray  # (draw,) calendar days
    n_crews: IntArray  # (draw, crew)
    time: WorkingTime
    weather: Weather


@dataclass(frozen=True)
class Schedule:
    """Dates of every job, and what fixed each start."""

    start_day: FloatArray  # (draw, job)
    finish_day: FloatArray  # (draw, job)
    driver: IntArray  # (draw, job) BY_RELEASE, BY_LINK, BY_STAGGER, BY_CREW or BY_END
    driver_job: IntArray  # (draw, job)

    def site_finish_day(self, network: Network) -> FloatArray:
        """Finish of each site activity, the last time it is done; shape (draw, site_activity)."""
        finish = self.finish_day[:, : network.n_site]
        return np.fmax.reduceat(finish, network.first_site_job(), axis=1)

    def hall_finish_day(self, network: Network) -> FloatArray:
        """Finish of each hall activity; shape (draw, hall, activity)."""
        return _by_hall(self.finish_day, network)

    def hall_start_day(self, network: Network) -> FloatArray:
        """Start of each hall activity; shape (draw, hall, activity)."""
        return _by_hall(self.start_day, network)

    def last_job(self, network: Network) -> IntArray:
        """
        Job that finishes each hall; -1 where there is no hall.

        Of several that finish together the last of the template is taken.

        Parameters
        ----------
        network : Network
            Of the problem.

        Returns
        -------
        ndarray of int, shape (draw, hall)
            Job numbers.
        """
        finish = self.hall_finish_day(network)
        reversed_finish = np.where(np.isnan(finish), -np.inf, finish)[..., ::-1]
        activity = network.n_template - 1 - reversed_finish.argmax(axis=2)
        first = network.n_site + np.arange(network.n_halls) * network.n_template
        return np.where(np.isnan(finish).any(axis=2), -1, first + activity).astype(np.int64)


def schedule(problem: Problem) -> Schedule:
    """
    Schedule every draw by serial generation.

    Crews go to the site's activities first, then to halls in building order,
    within a hall to the activity that could start first were crews unlimited.

    Parameters
    ----------
    problem : Problem
        Network, durations, releases and crews.

    Returns
    -------
    Schedule
        Calendar days; NaN for what is not done when the site's calendar ends.
    """
    network = problem.network
    arrivals = np.argsort(network.links.successor, kind="stable")
    counts = np.bincount(network.links.successor, minlength=network.n_jobs)
    shape = (problem.duration_days.shape[0], network.links.n_links)
    lag = np.where(
        network.is_stagger,
        problem.stagger_days[:, None],
        np.broadcast_to(network.links.lag_days, shape),
    )
    start, finish, driver, driver_job = serial_schedule(
        priority_order(problem),
        problem.duration_days,
        problem.release_work,
        np.concatenate(([0], np.cumsum(counts))),
        network.links.predecessor[arrivals],
        network.links.kind[arrivals],
        network.is_stagger[arrivals],
        network.is_elapsed[arrivals],
        np.ascontiguousarray(lag[:, arrivals]),
        network.crew,
        problem.n_crews,
        problem.time,
        network.weather,
        problem.weather,
    )
    finish_day = finish_of_work(finish, problem.time)
    is_done = ~(finish_day > LAST_DAY)
    start_day = np.where(is_done, start_of_work(start, problem.time), np.nan)
    return Schedule(start_day, np.where(is_done, finish_day, np.nan), driver, driver_job)


def priority_order(problem: Problem) -> IntArray:
    """
    Jobs in order of priority for crews, each after its predecessors.

    Parameters
    ----------
    problem : Problem
        Network and durations.

    Returns
    -------
    ndarray of int, shape (draw, job)
        Site jobs, then hall by hall, each group by early start. The durations of the
        hall built first stand for all halls; lags by the clock count as working days.
    """
    network, days = problem.network, problem.duration_days
    n_site, n_template = network.n_site, network.n_template
    site = _group_order(_inside(network.links, 0, n_site), np.nan_to_num(days[:, :n_site]))
    template = np.nan_to_num(days[:, n_site : n_site + n_template])
    hall = _group_order(_inside(network.links, n_site, n_template), template)
    first = n_site + np.arange(network.n_halls) * n_template
    halls = first[None, :, None] + hall[:, None, :]
    return np.concatenate((site, halls.reshape(days.shape[0], -1)), axis=1)


def _inside(links: Links, first: int, n_jobs: int) -> Links:
    """Links among a run of jobs, renumbered from 0."""
    inside = (links.predecessor >= first) & (links.successor < first + n_jobs)
    inside &= (links.successor >= first) & (links.predecessor < first + n_jobs)
    return Links(
        links.predecessor[inside] - first, links.successor[inside] - first,
        links.kind[inside], links.lag_days[..., inside],
    )  # fmt: skip


def _group_order(links: Links, duration_days: FloatArray) -> IntArray:
    """Order a group by early start, never before a predecessor; shape (draw, job)."""
    n_jobs = duration_days.shape[1]
    start, _ = early_dates(duration_days, links)
    order = topological_order(n_jobs, links)
    # With finish-to-finish links or leads a job may start before its predecessor does.
    for j in order:
        before = links.predecessor[links.successor == j]
        if before.size:
            start[:, j] = np.maximum(start[:, j], start[:, before].max(axis=1))
    return order[np.argsort(start[:, order], axis=1, kind="stable")]


def _by_hall(values: FloatArray, network: Network) -> FloatArray:
    shape = (values.shape[0], network.n_halls, network.n_template)
    return values[:, network.n_site :].reshape(shape)
