"""Bill of materials of the campus of two halls, counted by hand."""

import numpy as np
import pytest

from wattport.design import size


def counts(spec):
    return {item.item: item.n_units[0] for item in size(spec).bill}


def test_each_line_of_the_small_campus(small):
    assert counts(small("campus.modules.n_transformers=2")) == {
        "Grid connection": 24,
        "HV switchgear bay": 4,  # one for each transformer, two for the lines of the grid
        "HV/MV transformer": 2,  # one carries both halls, one is spare
        "MV feeder": 2 * 3,  # 11.06 MVA on cables of 10 MVA, one to spare
        "Power module": 2 * 5,
        "MV switchgear lineup": 10,
        "MV/LV transformer": 20,
        "UPS": 20,  # 2.5 MW from frames of 1.25 MW
        "Battery": 20,
        "Battery minutes beyond the kit": 0,
        "Setting and connecting": 25,  # ten modules of 2.5 MW
        "LV busway": 10,
        "Dry cooler": 2 * (6 + 2),  # 10.08 MW in units of 2 MW, a fifth to spare
        "Trim chiller": 2 * 2,  # 15 % of it in units of 1.5 MW
        "Air-side chiller": 2 * 1,  # 0.43 MW
        "Facility pump": 2 * (1 + 1),
        "CDU": 2 * (5 + 1),  # 9.9 MW in units of 2 MW
        "Water loops": pytest.approx(2 * (9.9 + 0.099 + 0.0792 + 0.436), rel=2e-3),
        "Hall air handling": pytest.approx(2 * 0.4357, rel=1e-3),
        "Land": 20,
        "Site works and utilities": 20 * 650,
        "Building shell": 20 * 650,
        "Fit-out, fire, security": 20 * 650,
        "Controls and monitoring": 20,
        "GPU rack": 2 * 50,
    }


def test_frames_and_batteries_are_whole_for_each_module(small):
    bill = counts(small("campus.modules.rating_mw=3.4"))
    # Three modules carry 10 MW; blocks of four, the only one of which is not full, have a spare.
    assert bill["Power module"] == 2 * 4
    assert bill["UPS"] == bill["Battery"] == 8 * 3


def test_lines_are_told_apart_by_rating(small):
    design = size(small("campus.modules.autonomy_min=7", n=3))
    ratings = {item.item: item.rating for item in design.bill}
    assert ratings["Power module"] == "2.5 MW critical"
    assert ratings["Battery"] == "7 min at 1250 kW"
    assert ratings["MV switchgear lineup"] == "20 kV 25 kA"
    assert ratings["CDU"] == "2 MW"
    for item in design.bill:
        if item.unit == "m2":  # the floor is uncertain
            continue
        assert np.ptp(item.n_units) == 0.0, item.item
