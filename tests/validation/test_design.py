"""The design of the Dunkerque scenario against the dossier and published figures."""

import numpy as np
import pytest

from wattport.design import size
from wattport.design.chain import stage_input_frac
from wattport.spec import load

DOSSIER = "dossier of public figures, 22 Nov 2026"


@pytest.fixture(scope="module")
def announced():
    return size(load("dunkerque", "grid.connection_mw=1700").draw(1, seed=0))


@pytest.mark.parametrize(
    ("quantity", "value", "published", "allowed_frac"),
    [
        ("IT nameplate at 1,700 MW of grid", lambda d: d.it_mw[0], 1500.0, 1e-3),
        ("halls of 50 MW", lambda d: d.has_hall.sum(), 30.0, 0.0),
        ("GPU racks", lambda d: d.hall_n_racks.sum(), 6950.0, 0.01),
        ("GPUs", lambda d: d.hall_n_gpus.sum(), 500_000.0, 0.01),
        ("power modules, five to make four", lambda d: d.n_modules[0], 750.0, 0.0),
        ("modules per hall", lambda d: d.hall_n_modules[0, 0], 25.0, 0.0),
    ],
)
def test_sizes_of_the_dossier(announced, consistency, quantity, value, published, allowed_frac):
    consistency(
        engine="design",
        quantity=quantity,
        source=DOSSIER,
        reached=float(value(announced)) / published - 1.0,
        allowed=allowed_frac + 1e-12,
        unit="frac",
    )


def test_design_pue_stays_below_its_allowance(announced, consistency):
    consistency(
        engine="design",
        quantity="design-day PUE, full load",
        source=f"{DOSSIER}: 1.133 as a guess",
        reached=float(announced.design_pue[0]) - 1.133,
        allowed=0.035,
        unit="1",
        note="computed from chain and plant; the allowance keeps the difference as margin",
    )
    assert announced.design_pue[0] <= 1.133


@pytest.mark.parametrize(
    ("stage", "low_frac", "high_frac", "source"),
    [
        ("HV transformer", 0.0020, 0.0040, "large power transformers at 99.6 to 99.8 %"),
        ("MV/LV transformer", 0.0050, 0.0080, "EN 50708-2-1 units near 60 % load, 99.2 to 99.5 %"),
        ("UPS", 0.0230, 0.0345, "Schneider 990-55111, 96.7 to 97.7 %"),
        ("busway", 0.0020, 0.0100, "makers' tables for 4000 A, 25 m"),
        ("MV cable", 0.0003, 0.0030, "IEC 60287, about a kilometre"),
    ],
)
def test_each_loss_lies_in_its_published_range(
    announced, consistency, stage, low_frac, high_frac, source
):
    found = next(item for item in announced.chain if item.name == stage)
    loss = float(stage_input_frac(found, np.ones(1))[0] - 1.0)
    middle = 0.5 * (low_frac + high_frac)
    consistency(
        engine="design",
        quantity=f"loss of {stage} at full IT, over output",
        source=source,
        reached=loss - middle,
        allowed=0.5 * (high_frac - low_frac),
        unit="frac",
        note=f"published range {low_frac:.2%} to {high_frac:.2%}: all of it is allowed",
    )


def test_fast_track_ceiling_gives_a_reason(announced):
    # Dossier check (d): 1.7 GW is above the ceiling of 1 GW.
    reason = next(item for item in announced.reasons if item.code == "DES103")
    assert "at least 2 connection steps" in reason.remedy


def test_grid_strength_of_the_dossier(announced, consistency):
    check = next(item for item in announced.checks if item.code == "DES009")
    consistency(
        engine="design",
        quantity="short-circuit ratio",
        source=f"{DOSSIER}: about 4 for 1.7 GW",
        reached=float(check.value[0]) - 7000.0 / 1700.0,
        allowed=0.15,
        unit="1",
        note="computed on the design-day power instead of the connection",
    )
