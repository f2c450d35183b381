"""What must hold for any hour of any plant."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.design import size
from wattport.energy import tables
from wattport.energy.campus_kernel import (
    N_COOLING_NODES,
    N_OWN_NODES,
    balance_error_frac,
    held_back_mw,
    play_hour,
)
from wattport.operation.plant_tables import campus_table, chiller_table, sink_table
from wattport.spec import load

DRY = st.floats(-15.0, 41.0)
LOAD = st.floats(0.01, 1.0)
PLANT = {
    "liquid_frac": st.floats(0.0, 1.0),
    "supply_c": st.floats(25.0, 42.0),
    "approach_k": st.floats(2.0, 12.0),
    "dry_cooler_over_heat_frac": st.floats(1.0, 1.5),
    "pad_effectiveness_frac": st.sampled_from([0.0, 0.7]),
    "trim_frac": st.floats(0.0, 1.0),
    "is_sea": st.sampled_from([0.0, 1.0]),
}
ANY_PLANT = st.fixed_dictionaries(PLANT)
AIR_PLANT = st.fixed_dictionaries(
    {**PLANT, "pad_effectiveness_frac": st.just(0.0), "is_sea": st.just(0.0)}
)


@pytest.fixture(scope="module")
def central():
    spec = load("dunkerque").draw(1, 7)
    design = size(spec)
    campus, chiller = campus_table(spec, design), chiller_table(spec)[0]
    return campus, chiller, tables.chain_table(design)[0], sink_table(spec, 1)[0]


def plant_with(central, values):
    campus, chiller, chain, sinks = central
    changed = campus.copy()
    hall_loss = campus["air_heat_over_it_frac"] - 1.0 + campus["liquid_frac"]
    for name, value in values.items():
        changed[name] = value
    changed["supply_max_c"] = changed["supply_c"] + 1.0
    changed["air_heat_over_it_frac"] = 1.0 - changed["liquid_frac"] + hall_loss
    return changed[0], chiller, chain, sinks


def hour_at(plant, load, dry, nameplate=1000.0):
    node = np.zeros(plant[2].size + N_OWN_NODES)
    state = (nameplate, 0.005 * nameplate, dry, dry - 3.0, 15.0, 60_000.0)
    return state, node, play_hour(plant, state, load * nameplate, node)


@given(values=ANY_PLANT, load=LOAD, dry=DRY)
@settings(max_examples=150, deadline=None)
def test_energy_closes_and_pue_is_at_least_one(central, values, load, dry):
    plant = plant_with(central, values)
    _, node, (grid, joined, exported, water, supply) = hour_at(plant, load, dry)
    assert balance_error_frac(plant[2], grid, joined, load * 1000.0, 1000.0, node) < 1e-9
    assert grid >= load * 1000.0
    assert (node >= 0.0).all()
    assert water >= 0.0
    assert 0.0 <= exported <= load * 1000.0
    assert supply >= values["supply_c"]


@given(values=ANY_PLANT, load=LOAD, dry=DRY, limit=st.floats(10.0, 1200.0))
@settings(max_examples=150, deadline=None)
def test_what_is_held_back_respects_both_limits(central, values, load, dry, limit):
    plant = plant_with(central, values)
    state, node, (grid, _, _, _, supply) = hour_at(plant, load, dry)
    if grid <= limit and supply <= plant[0]["supply_max_c"]:
        return
    it = held_back_mw(plant, state, load * 1000.0, limit, node)
    if it < 0.0:
        assert play_hour(plant, state, 0.0, node)[0] > limit
        return
    grid, _, _, _, supply = play_hour(plant, state, it, node)
    assert it < load * 1000.0
    assert grid <= limit
    assert it == 0.0 or supply <= plant[0]["supply_max_c"]


# Below a fifth of the load, coolers that run full beside chillers take more than the chillers:
# the plant is run by rule and not for least power, and relief may save more than chilling costs.
@given(values=AIR_PLANT, load=st.floats(0.2, 1.0), dry=DRY, more=st.floats(0.1, 10.0))
@settings(max_examples=150, deadline=None)
def test_hotter_air_never_takes_less_cooling_power_per_heat_carried(
    central, values, load, dry, more
):
    plant = plant_with(central, values)
    no_sinks = (*plant[:3], plant[3][:0])
    _, cool_node, _cool = hour_at(no_sinks, load, dry)
    _, warm_node, warm = hour_at(no_sinks, load, dry + more)
    if warm[4] > values["supply_c"] + 1e-9:
        return  # water runs away: the chillers are full and give way to warmer water
    first = plant[2].size
    nodes = slice(first, first + N_COOLING_NODES)
    assert warm_node[nodes].sum() >= cool_node[nodes].sum() - 1e-9


@given(values=ANY_PLANT, load=LOAD, dry=DRY, more=st.floats(1.0, 500.0))
@settings(max_examples=100, deadline=None)
def test_more_halls_at_the_same_use_never_take_less_energy(central, values, load, dry, more):
    plant = plant_with(central, values)
    _, _, few = hour_at(plant, load, dry)
    _, _, many = hour_at(plant, load, dry, nameplate=1000.0 + more)
    assert many[0] >= few[0]
