"""Losses, loading and power factor of the small campus against a full AC power flow."""

import numpy as np
import pytest
from power_grid_model import (
    ComponentType,
    DatasetType,
    LoadGenType,
    PowerGridModel,
    WindingType,
    initialize_array,
)

from wattport.catalog import Transformer, find
from wattport.design import size
from wattport.design.chain import stage_input_frac
from wattport.design.cooling import cooling_power_frac, reach_supply
from wattport.spec import load

SOURCE = "power-grid-model, Newton-Raphson on the one-line of two halls"
HALLS, FEEDERS, MODULES = 2, 3, 5
REACTANCE_OHM_PER_KM = 0.11  # 20 kV, 400 mm2, trefoil
HV, MV = "hv_mv_25", "mv_lv_3150_20"


@pytest.fixture(scope="module")
def campus():
    spec = load("small_20mw").draw(1, seed=0)
    return spec, size(spec)


def loads_of_a_hall_w(spec, design):
    """Active power into the UPS of one module, and of cooling and auxiliaries of one hall."""
    _, _, _, ups, busway = design.chain
    at_ups = stage_input_frac(ups, stage_input_frac(busway, np.ones(1)))
    hot = spec.site.design_day_c
    _, trimmed = reach_supply(spec, design.cooling, hot)
    cooling = cooling_power_frac(spec, design.cooling, at_ups - 1.0, hot, trimmed)
    return float(at_ups[0]) * 10e6 / MODULES, float(cooling[0]) * 10e6 + 0.05e6


def transformers(pairs, first_id, item, tap_low_kv):
    rows = initialize_array(DatasetType.input, ComponentType.transformer, len(pairs))
    rows["id"] = np.arange(first_id, first_id + len(pairs))
    rows["from_node"], rows["to_node"] = np.transpose(pairs)
    rows["from_status"] = rows["to_status"] = 1
    rows["u1"], rows["u2"] = item.high_kv * 1e3, tap_low_kv * 1e3
    rows["sn"] = item.rating_mva * 1e6
    rows["uk"], rows["pk"] = item.impedance_frac, item.load_loss_kw * 1e3
    rows["p0"] = item.no_load_kw * 1e3
    rows["i0"] = rows["p0"] / rows["sn"]
    rows["winding_from"], rows["winding_to"] = WindingType.delta, WindingType.wye_n
    rows["clock"] = 11
    rows["tap_side"], rows["tap_pos"], rows["tap_min"], rows["tap_max"] = 0, 0, -1, 1
    rows["tap_size"] = 0.0
    return rows


def power_flow(spec, design, n_hv):
    """Power at the source, loading of the HV transformers and losses, by Newton-Raphson."""
    hall_nodes = [2 + hall for hall in range(HALLS)]
    low_nodes = [10 + k for k in range(HALLS * MODULES)]
    node = initialize_array(DatasetType.input, ComponentType.node, 2 + HALLS + len(low_nodes))
    node["id"] = [0, 1, *hall_nodes, *low_nodes]
    node["u_rated"] = [90e3, 20e3] + [20e3] * HALLS + [400.0] * len(low_nodes)
    line = initialize_array(DatasetType.input, ComponentType.line, HALLS * FEEDERS)
    line["id"] = np.arange(100, 100 + HALLS * FEEDERS)
    line["from_node"], line["to_node"] = 1, np.repeat(hall_nodes, FEEDERS)
    line["from_status"] = line["to_status"] = 1
    line["r1"], line["x1"] = 0.101 * 0.4, REACTANCE_OHM_PER_KM * 0.4
    line["c1"], line["tan1"], line["i_n"] = 0.0, 0.0, 500.0
    # The HV tap changer holds 20 kV on the board under load.
    hv = transformers([(0, 1)] * n_hv, 200, find(Transformer, HV), 20.0 * 1.04)
    halls = np.repeat(hall_nodes, MODULES)
    mv = transformers(list(zip(halls, low_nodes, strict=True)), 300, find(Transformer, MV), 0.4)
    module_w, other_w = loads_of_a_hall_w(spec, design)
    demand = initialize_array(DatasetType.input, ComponentType.sym_load, len(low_nodes) + HALLS)
    demand["id"] = np.arange(400, 400 + demand.size)
    demand["node"] = [*low_nodes, *hall_nodes]
    demand["status"], demand["type"] = 1, LoadGenType.const_power
    demand["p_specified"] = [module_w] * len(low_nodes) + [other_w] * HALLS
    angle = [np.arccos(0.99)] * len(low_nodes) + [np.arccos(0.95)] * HALLS
    demand["q_specified"] = demand["p_specified"] * np.tan(angle)
    source = initialize_array(DatasetType.input, ComponentType.source, 1)
    source["id"], source["node"], source["status"], source["u_ref"] = 500, 0, 1, 1.0
    source["sk"] = 1000e6
    model = PowerGridModel(
        {
            ComponentType.node: node,
            ComponentType.line: line,
            ComponentType.transformer: np.concatenate([hv, mv]),
            ComponentType.sym_load: demand,
            ComponentType.source: source,
        }
    )
    result = model.calculate_power_flow()
    grid = result[ComponentType.source][0]
    units, cables = result[ComponentType.transformer], result[ComponentType.line]
    loading = units["loading"][:n_hv].max()
    lost_w = units["p_from"] + units["p_to"]
    losses_mw = {
        "HV transformer": float(lost_w[:n_hv].sum()) / 1e6,
        "MV/LV transformer": float(lost_w[n_hv:].sum()) / 1e6,
        "MV cable": float((cables["p_from"] + cables["p_to"]).sum()) / 1e6,
    }
    return float(grid["p"]) / 1e6, float(grid["q"]) / 1e6, float(loading), losses_mw


def test_grid_power_agrees(campus, validation):
    spec, design = campus
    power_mw, _, _, _ = power_flow(spec, design, n_hv=2)
    validation(
        engine="design",
        quantity="grid power of the small campus on the design day",
        source=SOURCE,
        reached=float(design.grid_mw[0]) / power_mw - 1.0,
        allowed=0.002,
        unit="frac",
        note="the chain adds losses at rated voltage; the flow finds the voltages",
    )


def test_power_factor_agrees(campus, validation):
    spec, design = campus
    power_mw, reactive_mvar, _, _ = power_flow(spec, design, n_hv=2)
    check = next(item for item in design.checks if item.code == "DES008")
    validation(
        engine="design",
        quantity="power factor at the point of connection",
        source=SOURCE,
        reached=float(check.value[0]) - power_mw / np.hypot(power_mw, reactive_mvar),
        allowed=0.005,
        unit="frac",
    )


def test_loading_with_one_transformer_out_agrees(campus, validation):
    spec, design = campus
    _, _, loading, _ = power_flow(spec, design, n_hv=1)
    check = next(item for item in design.checks if item.code == "DES002")
    validation(
        engine="design",
        quantity="HV transformer loading with one out",
        source=SOURCE,
        reached=float(check.value[0]) / loading - 1.0,
        allowed=0.005,
        unit="frac",
    )


@pytest.mark.parametrize("name", ["HV transformer", "MV cable", "MV/LV transformer"])
def test_loss_of_each_stage_agrees(campus, validation, name):
    spec, design = campus
    _, _, _, losses_mw = power_flow(spec, design, n_hv=2)
    hv, cable, mv_lv, ups, busway = design.chain
    at_ups = stage_input_frac(ups, stage_input_frac(busway, np.ones(1)))
    _, other_w = loads_of_a_hall_w(spec, design)
    at_board = stage_input_frac(mv_lv, at_ups) + other_w / 10e6
    stage, output = {
        "MV/LV transformer": (mv_lv, at_ups),
        "MV cable": (cable, at_board),
        "HV transformer": (hv, stage_input_frac(cable, at_board)),
    }[name]
    lost_mw = 20.0 * float((stage_input_frac(stage, output) - output)[0])
    validation(
        engine="design",
        quantity=f"loss of {name}, all of the small campus on the design day",
        source=SOURCE,
        reached=lost_mw / losses_mw[name] - 1.0,
        allowed=0.03,
        unit="frac",
        note="the chain takes rated voltage, the flow finds it",
    )
