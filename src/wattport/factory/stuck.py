"""What stands where when nothing moves any more."""

from __future__ import annotations

from wattport.factory.engine.line_records import Lines, Network


def describe_stuck(
    names: tuple[str, ...],
    network: Network,
    lines: Lines,
    draw: int,
    products: tuple[str, ...] = (),
) -> str:
    """
    Name the parts and stations that stand still at the end of a draw.

    Parameters
    ----------
    names : tuple of str
        Stations.
    network : Network
        What was simulated.
    lines : Lines
        What came of it.
    draw : int
        Row.
    products : tuple of str
        Names of the units of each line; by default all are units.

    Returns
    -------
    str
        One clause per blocked bay; empty when none is.
    """
    n_units = network.ready_h.shape[2]
    clauses = []
    for bay in lines.bays[draw]:
        if bay["station"] >= 0 and bay["target"] >= 0:
            line, unit = divmod(int(bay["unit"]), n_units)
            name = products[line] if products else "unit"
            clauses.append(
                f"{name} {unit + 1} in {names[bay['station']]} waits for {names[bay['target']]}"
            )
    return "; ".join(clauses)
