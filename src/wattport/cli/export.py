"""``wattport export``: the site programme of a scenario as a file of a planning tool."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from wattport.cli import answer
from wattport.errors import format_findings


def run(
    source: str, overrides: Sequence[str], *, to: Path, draws: int, seed: int, is_forced: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """
    Write the most typical future of a scenario's programme, and say what was written.

    Raises
    ------
    WattportError
        When the scenario is not sound, or the file cannot be written.
    """
    from wattport.pipeline.export import export_programme, form_of
    from wattport.spec import load

    form_of(to)  # before anything is played
    spec = load(source, *overrides)
    if spec.findings and not as_json:
        print(format_findings(spec.findings), file=sys.stderr)
    done = export_programme(spec, to, draws=draws, seed=seed, may_replace=is_forced)
    if as_json:
        print(answer.text(answer.exported(done)))
        return
    if done.not_carried:
        print(format_findings(done.not_carried), file=sys.stderr)
    print(
        f"{to}: {done.n_activities} activities of the most typical of {draws} futures "
        f"(number {done.draw}). wattport risk {to} plays what may come of it."
    )
