"""Small factories to plan, as a user writes them."""

from __future__ import annotations

from typing import Any

WORKS: dict[str, Any] = {
    "name": "works",
    "plants": [
        {
            "name": "works",
            "n_shifts": 1, "shift_h": 8, "days_per_week": 5, "weeks_per_year": 48,
            "skills": [
                {"name": "fitter", "n_people": 4},
                {"name": "tester", "n_people": 2, "worker_eur_per_year": 90_000},
            ],
            "stations": [
                {"name": "frame", "n_bays": 1, "n_buffer": 2},
                {"name": "assembly", "n_bays": 2, "n_buffer": 2},
                {"name": "test", "n_bays": 1, "n_buffer": 2, "mtbf_h": 80, "mttr_h": 4,
                 "bay_eur_per_year": 120_000},
            ],
        }
    ],
    "products": [
        {
            "name": "small",
            "operations": [
                {"name": "frame s", "station": "frame", "cycle_h": 6, "cycle_cv_frac": 0.2,
                 "crew": [{"skill": "fitter", "n_people": 1}]},
                {"name": "assemble s", "station": "assembly", "cycle_h": 12, "cycle_cv_frac": 0.3,
                 "crew": [{"skill": "fitter", "n_people": 1}]},
                {"name": "test s", "station": "test", "cycle_h": 5, "cycle_cv_frac": 0.2,
                 "first_pass_yield_frac": 0.9, "rework_h": 2,
                 "crew": [{"skill": "tester", "n_people": 1}]},
            ],
        },
        {
            "name": "large",
            "operations": [
                {"name": "frame l", "station": "frame", "cycle_h": 12, "cycle_cv_frac": 0.2,
                 "crew": [{"skill": "fitter", "n_people": 1}]},
                {"name": "assemble l", "station": "assembly", "cycle_h": 30, "cycle_cv_frac": 0.3,
                 "crew": [{"skill": "fitter", "n_people": 2}]},
                {"name": "test l", "station": "test", "cycle_h": 10, "cycle_cv_frac": 0.2,
                 "crew": [{"skill": "tester", "n_people": 1}]},
            ],
        },
    ],
    "orders": [
        {"product": "small", "n_units": 20, "due": "2026-02-20", "customer": "a"},
        {"product": "large", "n_units": 15, "due": "2026-02-15", "customer": "b"},
        {"product": "small", "n_units": 20, "due": "2026-05-01", "customer": "c"},
        {"product": "large", "n_units": 20, "due": "2026-06-01", "customer": "d"},
    ],
    "costs": {"bay_eur_per_year": 30_000},
}  # fmt: skip


def one_station(**station: Any) -> dict[str, Any]:
    """One station, one skill, one product of 8 h: 2,000 worked hours a year."""
    return {
        "name": "bench",
        "plants": [
            {
                "name": "bench",
                "n_shifts": 1, "shift_h": 8, "days_per_week": 5, "weeks_per_year": 50,
                "skills": [{"name": "fitter", "n_people": 2}],
                "stations": [{"name": "bench", "n_bays": 1, "n_buffer": 0, **station}],
            }
        ],
        "products": [
            {
                "name": "part",
                "operations": [
                    {"name": "make", "station": "bench", "cycle_h": 8,
                     "crew": [{"skill": "fitter", "n_people": 2}]}
                ],
            }
        ],
        "costs": {"bay_eur_per_year": 10_000, "worker_eur_per_year": 50_000},
    }  # fmt: skip
