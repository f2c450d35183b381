"""Whether a play fits into the memory of this machine, asked before anything is allocated."""

from __future__ import annotations

from pathlib import Path

from wattport.errors import Finding, WattportError
from wattport.spec import Spec
from wattport.spec.size_rules import most_halls

# Measured: 0.28 MB for each draw of 43 halls, 1.6 of 800; a third is added for what was not tried.
_BASE_MB, _DRAW_MB, _DRAW_AND_HALL_MB = 350.0, 0.4, 0.0023
_CGROUP = Path("/sys/fs/cgroup")


def needed_mb(n_draws: int, n_halls: int) -> float:
    """
    Memory that a play takes at its largest.

    Parameters
    ----------
    n_draws, n_halls : int
        Of the play.

    Returns
    -------
    float
        An upper estimate. [MB]

    Examples
    --------
    >>> round(needed_mb(200, 43))
    450
    """
    return _BASE_MB + n_draws * (_DRAW_MB + _DRAW_AND_HALL_MB * n_halls)


def refuse_draws(spec: Spec, n_draws: int, available_mb: float | None) -> None:
    """
    Refuse more draws than the memory of the machine holds.

    Parameters
    ----------
    spec : Spec
        As loaded.
    n_draws : int
        Wanted.
    available_mb : float or None
        Of `available_mb`; None: not known, and nothing is refused. [MB]

    Raises
    ------
    WattportError
        With the number of draws that fit.
    """
    n_halls = most_halls(spec)
    needed = needed_mb(n_draws, n_halls)
    if available_mb is None or needed <= available_mb:
        return
    of_draw = needed_mb(1, n_halls) - needed_mb(0, n_halls)
    most = int((available_mb - _BASE_MB) // of_draw)
    raise WattportError(
        Finding(
            "USE003",
            f"{n_draws} draws of {n_halls} halls take {needed:,.0f} MB, and {available_mb:,.0f} MB "
            "are free",
            path="--draws", value=n_draws,
            allowed=f"up to {most} draws" if most > 0 else "no draw fits",
            remedy=f"use --draws {min(1000, most)}" if most > 0
            else "free memory, or take a larger machine",
        )
    )  # fmt: skip


def available_mb() -> float | None:
    """Memory this process may still take, by the machine, its container and its own limit. [MB]."""
    found = [
        mb for mb in (_of_the_machine(), _of_the_container(), _of_the_process()) if mb is not None
    ]
    return min(found, default=None)


def _of_the_machine() -> float | None:
    """What Linux counts as available."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return float(line.split()[1]) / 1024.0
    return None


def _of_the_container() -> float | None:
    """What the control group has left."""
    try:
        most = (_CGROUP / "memory.max").read_text("ascii").strip()
        used = (_CGROUP / "memory.current").read_text("ascii").strip()
    except OSError:
        return None
    return None if most == "max" else (float(most) - float(used)) / 1e6


def _of_the_process() -> float | None:
    """What the limit on address space allows; much of it is taken by libraries."""
    try:
        import resource
    except ImportError:  # not on every system
        return None
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if most == resource.RLIM_INFINITY else most / 1e6
