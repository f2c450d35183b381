"""Play a factory again with one thing changed, and only what the change can reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.factory.engine.line_records import Lines, Network, Outcome
from wattport.factory.engine.simulate import completed, rows_of, simulate


@dataclass(frozen=True)
class Played:
    """A network and what came of it."""

    network: Network
    done_h: FloatArray  # (draw, line, unit)
    released_h: FloatArray  # (draw, line, unit)
    outcome: IntArray  # (draw,)


def played(network: Network, lines: Lines, n_draws: int) -> Played:
    """Keep the first draws of a run that is already there."""
    few = rows_of(network, np.arange(n_draws))
    return Played(few, lines.done_h[:n_draws], lines.released_h[:n_draws], lines.outcome[:n_draws])


def rerun(base: Played, network: Network, is_changed: BoolArray) -> Played:
    """
    Play a changed network under the luck of the original.

    A line that pushes into an unlimited store does not feel the line it feeds.
    So the lines are played one after the other along the bill of materials,
    those before as part of the kits of those behind, and each only in draws in
    which it changed, or a unit could leave earlier or must leave later than it
    did. All else is as it was, to the last bit.

    Parameters
    ----------
    base : Played
        The original.
    network : Network
        Changed; same draws, stations in the same rows.
    is_changed : ndarray of bool, shape (line,)
        Whether stations, staff or calendar of each line differ. Kits are
        compared here.

    Returns
    -------
    Played
        Of the changed network. Lines that share a station, people, a store or
        cards are all played.
    """
    order = _line_by_line(network)
    is_alike = np.array_equal(network.lines["n_units"], base.network.lines["n_units"])
    if order is None or not is_alike:
        lines = simulate(network)
        return Played(network, lines.done_h, lines.released_h, lines.outcome)
    done_h, released_h = base.done_h.copy(), base.released_h.copy()
    outcome = base.outcome.copy()
    is_again = np.zeros(len(outcome), np.bool_)
    for line in order:
        ready_h = _ready_h(network, done_h, line)
        is_played = _is_moved(base, ready_h, line) | is_changed[line]
        rows = np.flatnonzero(is_played)
        if len(rows) > 0:
            alone = simulate(_alone(network, line, ready_h, rows))
            done_h[rows, line] = alone.done_h[:, line]
            released_h[rows, line] = alone.released_h[:, line]
            # The first line that ends badly says why; what waits for it follows.
            is_first = ~is_again[rows] | (outcome[rows] <= int(Outcome.UNTIL))
            outcome[rows] = np.where(is_first, alone.outcome, outcome[rows])
            is_again |= is_played
    is_whole = (np.isfinite(done_h).sum(axis=2) == network.lines["n_units"]).all(axis=1)
    return Played(network, done_h, released_h, np.where(is_whole, int(Outcome.FINISHED), outcome))


def _line_by_line(network: Network) -> list[int] | None:
    """Lines in the order in which they feed each other; None where they share more than kits."""
    network = completed(network)
    operations = network.operations[0]
    is_apart = (
        not (network.lines["n_kanban"] > 0).any()
        and not (network.lines["n_wanted"] > 0).any()
        and not (network.operations["scrap_frac"] > 0.0).any()
        and network.parts.shape[1] == network.repairs.shape[1] == 0
        and int((network.covers >= 0).sum()) == len(network.covers)
        and bool(((network.feed > 0).sum(axis=0) <= 1).all())
        and _is_own(operations["station"], operations["line"])
    )
    crewed = operations[operations["need"] >= 0]
    needs = network.needs[0]
    if not is_apart or (needs["next"] >= 0).any():
        return None
    if not _is_own(needs["pool"][crewed["need"]], crewed["line"]):
        return None
    order: list[int] = []
    while len(order) < len(network.feed):
        order += [
            line
            for line in range(len(network.feed))
            if line not in order and set(np.flatnonzero(network.feed[line])) <= set(order)
        ]
    return order


def _is_own(thing: IntArray, line: IntArray) -> bool:
    """Whether each station, or pool, is used by one line."""
    pairs = np.unique(np.stack([thing, line], axis=1), axis=0)
    return len(np.unique(thing)) == len(pairs)


def _alone(network: Network, line: int, ready_h: FloatArray, rows: IntArray) -> Network:
    """One line in some draws, with what feeds it in its kits; the others order nothing."""
    part = rows_of(network, rows)
    lines = part.lines.copy()
    lines["n_units"][:, np.arange(lines.shape[1]) != line] = 0
    kits = part.ready_h.copy()
    kits[:, line] = ready_h[rows]
    return part._replace(lines=lines, ready_h=kits, feed=np.zeros_like(part.feed))


def _ready_h(network: Network, done_h: FloatArray, line: int) -> FloatArray:
    """Kit complete and units of other lines in their stores; shape (draw, unit)."""
    opens_h = network.lines["from_h"][:, line, None]
    ready_h: FloatArray = np.maximum(network.ready_h[:, line], opens_h)
    for other in np.flatnonzero(network.feed[line]):
        count = network.feed[line, other]
        in_store_h = np.sort(done_h[:, other], axis=1)  # NaN last: never made
        in_store_h = np.where(np.isnan(in_store_h), np.inf, in_store_h)
        last = count * (np.arange(ready_h.shape[1]) + 1) - 1
        never = np.full((len(ready_h), 1), np.inf)
        taken = np.concatenate([in_store_h, never], axis=1)[
            :, np.minimum(last, in_store_h.shape[1])
        ]
        ready_h = np.maximum(ready_h, taken)
    return ready_h


def _is_moved(base: Played, ready_h: FloatArray, line: int) -> BoolArray:
    """Draws in which a unit that waited waits less, or one comes later than its release."""
    before, released = _ready_h(base.network, base.done_h, line), base.released_h[:, line]
    was_held = ~(before < released)  # NaN: not released at all
    is_moved = np.where(was_held, ready_h != before, ready_h > released)
    is_ordered = np.arange(ready_h.shape[1]) < base.network.lines["n_units"][:, line, None]
    return np.asarray((is_moved & is_ordered).any(axis=1))
