"""Play both plants again with one thing changed, and only what the change can reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.factory.engine.line_records import Lines, Network
from wattport.factory.engine.simulate import simulate
from wattport.production.floor import ENCLOSURES, MODULES

# Fields of a network whose first axis is the draw.
_BY_DRAW = frozenset(
    ("draw_ids", "stations", "operations", "needs", "changes", "lines", "pools", "repairs", "parts",
     "ready_h")
)  # fmt: skip


@dataclass(frozen=True)
class Played:
    """A network and what came of it, for the draws in which changes are tried."""

    network: Network
    done_h: FloatArray  # (draw, line, unit)
    released_h: FloatArray  # (draw, line, unit)

    @property
    def module_ready_h(self) -> FloatArray:
        """Hour at which each module could have been released: kit and enclosure there."""
        return _module_ready_h(self.network, self.done_h[:, ENCLOSURES])


def rows_of(network: Network, rows: IntArray) -> Network:
    """
    Keep some draws of a network.

    Parameters
    ----------
    network : Network
        Not changed.
    rows : ndarray of int
        Draws to keep.

    Returns
    -------
    Network
        Each draw keeps its name, hence its random numbers.
    """
    kept = {name: getattr(network, name)[rows] for name in network._fields if name in _BY_DRAW}
    return network._replace(**kept)


def played(network: Network, lines: Lines, n_draws: int) -> Played:
    """Keep the first draws of a run that is already there."""
    rows = np.arange(n_draws)
    return Played(rows_of(network, rows), lines.done_h[:n_draws], lines.released_h[:n_draws])


def rerun(base: Played, network: Network, is_changed: tuple[bool, bool]) -> FloatArray:
    """
    Play a changed network under the luck of the original.

    A plant that pushes into an unlimited yard does not feel the plant it
    feeds. So the enclosures are played alone, and only if the change is there;
    then the modules alone, with the enclosures' dates as part of their kits,
    and only in draws in which a module could leave earlier or must leave later
    than it did. Everything else is as it was, to the last bit.

    Parameters
    ----------
    base : Played
        The original.
    network : Network
        Changed; same draws, stations in the same rows.
    is_changed : tuple of bool
        Whether stations, staff or calendar of each plant differ. Kits are
        compared here.

    Returns
    -------
    ndarray, shape (draw, line, unit)
        When each unit was done. [h]
    """
    is_coupled = bool((network.lines["n_kanban"] > 0).any())
    if is_coupled:
        return simulate(network).done_h
    done_h = base.done_h.copy()
    is_late_kit = np.any(network.ready_h != base.network.ready_h, axis=2)
    is_again = is_late_kit[:, ENCLOSURES] | is_changed[ENCLOSURES]
    _play_alone(network, ENCLOSURES, is_again, done_h)
    ready_h = _module_ready_h(network, done_h[:, ENCLOSURES])
    is_again = _is_moved(base, ready_h) | is_changed[MODULES]
    _play_alone(
        network._replace(ready_h=_with_modules(network, ready_h)), MODULES, is_again, done_h
    )
    return done_h


def _play_alone(network: Network, line: int, is_played: BoolArray, done_h: FloatArray) -> None:
    """Play one line in some draws, the other ordering nothing, and write down its units."""
    rows = np.flatnonzero(is_played)
    if len(rows) == 0:
        return
    part = rows_of(network, rows)
    lines = part.lines.copy()
    others = np.arange(lines.shape[1]) != line
    lines["n_units"][:, others] = 0
    alone = part._replace(lines=lines, feed=np.zeros_like(part.feed))
    done_h[rows, line] = simulate(alone).done_h[:, line]


def _module_ready_h(network: Network, enclosure_h: FloatArray) -> FloatArray:
    """Kit complete and enclosure in the yard; the k-th enclosure goes into the k-th module."""
    opens_h = network.lines["from_h"][:, MODULES, None]
    kit_h: FloatArray = np.maximum(network.ready_h[:, MODULES], opens_h)
    if network.feed[MODULES, ENCLOSURES] == 0:
        return kit_h
    in_yard_h = np.sort(enclosure_h, axis=1)  # NaN last: never made
    both_h: FloatArray = np.maximum(kit_h, np.where(np.isnan(in_yard_h), np.inf, in_yard_h))
    return both_h


def _with_modules(network: Network, ready_h: FloatArray) -> FloatArray:
    both = network.ready_h.copy()
    both[:, MODULES] = ready_h
    return both


def _is_moved(base: Played, ready_h: FloatArray) -> BoolArray:
    """Draws in which a module that waited waits less, or one comes later than its release."""
    before, released = base.module_ready_h, base.released_h[:, MODULES]
    was_held = ~(before < released)  # NaN: not released at all
    is_moved = np.where(was_held, ready_h != before, ready_h > released)
    is_ordered = np.arange(ready_h.shape[1]) < base.network.lines["n_units"][:, MODULES, None]
    return np.asarray((is_moved & is_ordered).any(axis=1))
