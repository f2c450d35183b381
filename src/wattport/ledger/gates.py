"""Gates a plan can fail: a wanted date, a limit, a check."""

from __future__ import annotations

import numpy as np

from wattport.calendar.epoch import day_of
from wattport.records import Design, Operation, Programme, Reason, quantile
from wattport.spec import Spec


def failed_gates(
    spec: Spec, design: Design, programme: Programme, operation: Operation
) -> tuple[Reason, ...]:
    """
    Everything that makes ``--gate`` fail.

    Parameters
    ----------
    spec, design, programme, operation
        The case so far.

    Returns
    -------
    tuple of Reason
        ``ACC101`` wanted date missed at P90; ``ACC102`` an engineering check that fails in some
        draws; empty when all gates hold.
    """
    failed: list[Reason] = []
    wanted = spec.programme.wanted_first_compute
    if wanted is not None:
        day = day_of(wanted)
        late_days = float(quantile(programme.first_compute_day, 0.9)) - day
        if not late_days <= 0.0:
            in_time = float(np.mean(programme.first_compute_day <= day))
            failed.append(
                Reason(
                    code="ACC101",
                    stage="account",
                    message=f"First compute by {wanted} holds in {100 * in_time:.0f} % of the "
                    f"draws; its P90 is {late_days:.0f} days later."
                    if np.isfinite(late_days)
                    else f"First compute by {wanted} is never reached.",
                    remedy="Act on the causes named in the programme, or want a later date.",
                    draw_frac=1.0 - in_time,
                )
            )
    failed += [
        Reason(
            code="ACC102",
            stage=stage,
            message=f"{check.code} fails in {100 * (1 - check.pass_frac):.0f} % of the draws: "
            f"{check.title}.",
            remedy=check.remedy,
            draw_frac=1.0 - check.pass_frac,
        )
        for stage, checks in (("design", design.checks), ("run", operation.checks))
        for check in checks
        if not check.is_passed
    ]
    return tuple(failed)
