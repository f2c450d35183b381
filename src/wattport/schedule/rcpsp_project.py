"""
A project whose activities compete for crews and plant: its numbers, checked and laid out.

Time is counted in whole periods, an hour, a shift or a day as the caller likes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wattport.arrays import IntArray
from wattport.equations.precedence import LinkKind, Links, find_cycle, topological_order
from wattport.errors import Code, Finding, SpecError
from wattport.schedule import rcpsp_kernel as schemes
from wattport.schedule.rcpsp_kernel import Side

# Most of all periods of a project together, so that keys of the search fit 32 bits.
MOST_PERIODS = 2**26


@dataclass(frozen=True)
class ResourceProject:
    """
    Activities that compete for renewable resources: crews, cranes, test sets.

    Parameters
    ----------
    duration : ndarray of int, shape (activity,)
        Without interruption. [periods, >= 0]
    links : Links
        Of any of the four kinds, with whole lags in periods; no circles.
    demand : ndarray of int, shape (activity, resource)
        Units held from start to finish. [0 .. capacity]
    capacity : ndarray of int, shape (resource,)
        Units there are. [0 .. 32,767]

    Raises
    ------
    SpecError
        With every fault found: circles, a demand above the capacity, lags or numbers that are
        not whole, negative or too large.

    Examples
    --------
    >>> from wattport.equations.precedence import link
    >>> ResourceProject(np.array([3, 2]), link((0, 1), (1, 0)), np.ones((2, 1)), np.array([1]))
    Traceback (most recent call last):
    ...
    wattport.errors.SpecError: error[SPEC102] links: activities 0, 1 wait for each other in a circle
      remedy: remove one of the links between them
    """

    duration: IntArray
    links: Links
    demand: IntArray
    capacity: IntArray

    def __post_init__(self) -> None:
        """Refuse what cannot be scheduled, and make the numbers whole."""
        findings = _faults(self)
        if findings:
            raise SpecError(findings)
        for name in ("duration", "demand", "capacity"):
            object.__setattr__(self, name, np.asarray(getattr(self, name)).astype(np.int64))

    @property
    def n_activities(self) -> int:
        """Number of activities."""
        return int(self.duration.size)

    @cached_property
    def order(self) -> IntArray:
        """Activities in the order in which the kernels number them. (activity,)."""
        return topological_order(self.n_activities, self.links)

    @cached_property
    def n_periods(self) -> int:
        """More periods than any schedule without needless delay takes."""
        return int(self.duration.sum() + np.maximum(self.links.lag_days, 0.0).sum()) + 1

    def offsets(self) -> IntArray:
        """Periods from a predecessor's start to its successor's earliest start. (link,)."""
        links = self.links
        from_finish = (links.kind == LinkKind.FINISH_TO_START) | (
            links.kind == LinkKind.FINISH_TO_FINISH
        )
        to_finish = links.kind >= LinkKind.FINISH_TO_FINISH
        lag: IntArray = links.lag_days.astype(np.int64)
        lag = lag + np.where(from_finish, self.duration[links.predecessor], 0)
        return lag - np.where(to_finish, self.duration[links.successor], 0)


def _faults(project: ResourceProject) -> list[Finding]:
    duration, capacity = np.asarray(project.duration), np.asarray(project.capacity)
    demand, links = np.asarray(project.demand), project.links
    if duration.ndim != 1 or capacity.ndim != 1 or demand.shape != (duration.size, capacity.size):
        return [
            Finding(
                Code.WRONG_KIND, "the arrays do not fit each other", path="demand",
                value=demand.shape, allowed=f"one row for each of {duration.size} durations, "
                f"one column for each of {capacity.size} capacities",
            )
        ]  # fmt: skip
    found = []
    for name, numbers, most in (
        ("duration", duration, MOST_PERIODS),
        ("demand", demand, schemes.MOST_CAPACITY),
        ("capacity", capacity, schemes.MOST_CAPACITY),
    ):
        wrong = np.argwhere(~((numbers >= 0) & (numbers <= most) & (numbers == numbers // 1)))
        found += [
            Finding(
                Code.OUT_OF_RANGE, "not a whole number within the limits",
                path=f"{name}[{', '.join(map(str, at))}]", value=float(numbers[tuple(at)]),
                allowed=f"0 .. {most:,}", remedy="count in coarser periods or units",
            )
            for at in wrong.tolist()
        ]  # fmt: skip
    found += [
        Finding(
            Code.CONTRADICTION, f"activity {j} needs more of resource {r} than there is",
            path=f"demand[{j}, {r}]", value=int(demand[j, r]), allowed=f"0 .. {capacity[r]}",
            remedy="raise the capacity, or lower the demand",
        )
        for j, r in np.argwhere(demand > capacity).tolist()
    ]  # fmt: skip
    return found + _link_faults(duration.size, links)


def _link_faults(n_activities: int, links: Links) -> list[Finding]:
    ends = np.stack((links.predecessor, links.successor))
    if ((ends < 0) | (ends >= n_activities)).any():
        return [
            Finding(
                Code.UNKNOWN_REFERENCE, "a link names an activity that does not exist",
                path="links", allowed=f"0 .. {n_activities - 1}",
            )
        ]  # fmt: skip
    found = [
        Finding(
            Code.NOT_WHOLE, "a lag is not a whole number of periods",
            path=f"links.lag_days[{i}]", value=float(links.lag_days[i]),
            remedy="count in finer periods",
        )
        for (i,) in np.argwhere(
            ~((links.lag_days == np.rint(links.lag_days)) & (np.abs(links.lag_days) <= 1e6))
        ).tolist()
    ]  # fmt: skip
    circle = find_cycle(n_activities, links)
    if circle:
        names = ", ".join(map(str, circle))
        found.append(
            Finding(
                Code.CIRCULAR, f"activities {names} wait for each other in a circle",
                path="links", value=circle, remedy="remove one of the links between them",
            )
        )  # fmt: skip
    return found


def _packed(units: IntArray) -> schemes.Words:
    """Pack units of resources, the last axis, into words."""
    n_words = max(1, -(-units.shape[-1] // schemes.RESOURCES_PER_WORD))
    words = np.zeros((*units.shape[:-1], n_words), np.uint64)
    for r in range(units.shape[-1]):
        w, lane = divmod(r, schemes.RESOURCES_PER_WORD)
        words[..., w] |= units[..., r].astype(np.uint64) << np.uint64(
            schemes.BITS_PER_RESOURCE * lane
        )
    return words


def compiled(project: ResourceProject) -> tuple[Side, Side, IntArray]:
    """
    Lay a project out for the kernels, forwards and backwards.

    Parameters
    ----------
    project : ResourceProject
        As the user numbers it.

    Returns
    -------
    forward, backward : Side
        Numbered along the links.
    link_order : ndarray of int, shape (link,)
        Which of the project's links each link of ``forward`` is.

    Examples
    --------
    >>> from wattport.equations.precedence import link
    >>> forward, backward, _ = compiled(ResourceProject(
    ...     np.array([3, 2]), link((0, 1)), np.ones((2, 1)), np.array([1])))
    >>> forward.duration.tolist(), backward.duration.tolist()
    ([3, 2], [2, 3])
    """
    n = project.n_activities
    place = np.empty(n, np.int64)
    place[project.order] = np.arange(n)
    before, after = place[project.links.predecessor], place[project.links.successor]
    duration, need = project.duration[project.order], _packed(project.demand[project.order])
    free = _packed(project.capacity) | schemes.GUARD
    offset = project.offsets()
    # Backwards, an offset runs from finish to finish.
    mirrored = offset + duration[after] - duration[before]

    def side(
        source: IntArray, target: IntArray, offset: IntArray, is_mirrored: bool
    ) -> tuple[Side, IntArray]:
        by_target = np.lexsort((source, target))
        turn = slice(None, None, -1 if is_mirrored else 1)
        laid_out = Side(
            duration=np.ascontiguousarray(duration[turn], np.int32),
            first=np.searchsorted(target[by_target], np.arange(n + 1)).astype(np.int32),
            other=source[by_target].astype(np.int32),
            offset=offset[by_target].astype(np.int32),
            need=np.ascontiguousarray(need[turn]),
            free=free,
        )
        return laid_out, by_target

    forward, link_order = side(before, after, offset, False)
    backward, _ = side(n - 1 - after, n - 1 - before, mirrored, True)
    return forward, backward, link_order
