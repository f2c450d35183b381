"""Small factories as a user writes them."""

from __future__ import annotations

from typing import Any


def line(rates_per_h: list[float], n_buffers: list[int], **top: Any) -> dict[str, Any]:
    """Give a saturated exponential line as a factory file."""
    names = [f"m{i + 1}" for i in range(len(rates_per_h))]
    return {
        "name": "line",
        "plants": [
            {
                "name": "plant",
                "stations": [
                    {"name": name, "n_bays": 1, "n_buffer": buffer}
                    for name, buffer in zip(names, [0, *n_buffers], strict=True)
                ],
            }
        ],
        "products": [
            {
                "name": "part",
                "operations": [
                    {
                        "name": f"op {name}", "station": name, "cycle_h": 1.0 / rate,
                        "cycle_shape": "exponential",
                    }
                    for name, rate in zip(names, rates_per_h, strict=True)
                ],
            }
        ],
        **top,
    }  # fmt: skip


SHOP: dict[str, Any] = {
    "name": "shop",
    "plants": [
        {
            "name": "west",
            "n_shifts": 2, "shift_h": 8.0, "days_per_week": 5, "weeks_per_year": 46.0,
            "holidays": ["2026-05-01"],
            "skills": [
                {"name": "welder", "n_people": 4, "n_later_shift_people": 2},
                {"name": "tester", "n_people": 3, "n_later_shift_people": 3},
            ],
            "repair_crews": [{"name": "repair", "n_crews": 1}],
            "stations": [
                {"name": "saw", "n_bays": 1, "n_buffer": 5},
                {"name": "weld a", "n_bays": 1, "n_buffer": 1, "mtbf_h": 40, "mttr_h": 4,
                 "repair_crew": "repair", "failure_clock": "calendar"},
                {"name": "weld b", "n_bays": 1, "n_buffer": 1},
                {"name": "oven", "n_bays": 1, "n_buffer": 6, "n_batch": 4, "n_batch_min": 2,
                 "batch_wait_h": 8.0},
                {"name": "assembly", "n_bays": 2, "n_buffer": 2},
            ],
        }
    ],
    "products": [
        {
            "name": "frame", "kit": [{"part": "steel", "n_per_unit": 2}],
            "release": {"rule": "kanban", "n_cards": 8},
            "operations": [
                {"name": "cut", "station": "saw", "cycle_h": 1.0, "cycle_cv_frac": 0.2,
                 "setup_h": 0.5},
                {"name": "weld", "station": "weld a", "cycle_h": 3.0, "cycle_cv_frac": 0.2,
                 "alternatives": [{"station": "weld b", "cycle_h": 4.0}],
                 "crew": [{"skill": "welder", "n_people": 2}], "scrap_frac": 0.05},
                {"name": "cure", "station": "oven", "cycle_h": 6.0},
            ],
        },
        {
            "name": "door", "kit": [{"part": "steel"}],
            "release": {"rule": "kanban", "n_cards": 6},
            "operations": [{"name": "cut door", "station": "saw", "cycle_h": 0.5, "setup_h": 0.5}],
        },
        {
            "name": "cabinet", "need_units_per_year": 400.0,
            "kit": [{"part": "frame"}, {"part": "door", "n_per_unit": 2}, {"part": "relay"}],
            "release": {"rule": "conwip", "n_cards": 6},
            "operations": [
                {"name": "assemble", "station": "assembly", "cycle_h": 5.0, "cycle_cv_frac": 0.3,
                 "crew": [{"skill": "tester", "n_people": 1}],
                 "first_pass_yield_frac": 0.9, "rework_h": 1.0},
            ],
        },
    ],
    "suppliers": [
        {"part": "steel", "lead_time_weeks": 1.0, "lot_spread_cv_frac": 0.3, "lot_units": 30,
         "policy": "reorder_point", "n_reorder": 60, "n_initial_stock": 40},
        {"part": "relay", "lead_time_weeks": {"value": 6.0, "low": 4.0, "high": 12.0},
         "lot_spread_cv_frac": 0.2, "lot_units": 10, "ordered_ahead_weeks": 5.0},
    ],
    "measure": {"n_weeks": 60.0},
}  # fmt: skip
