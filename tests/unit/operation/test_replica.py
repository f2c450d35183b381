"""A replica of the years: whose power it has."""

from __future__ import annotations

import pytest

from wattport.operation import replica
from wattport.serving.fleet_power import measured_model
from wattport.serving.token_power import TokenPower, measured
from wattport.spec import load


@pytest.mark.parametrize("model", ["DeepSeek-V3", "Llama-3.1-70B", "Llama-3.1-8B"])
@pytest.mark.parametrize("n_gpus", [4, 16])
def test_power_of_the_years_is_that_of_a_run(
    model: str, n_gpus: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def noted(name: str) -> TokenPower:
        asked.append(name)
        return measured(name)

    monkeypatch.setattr(replica, "measured", noted)
    monkeypatch.setattr(replica, "_N_REQUESTS", 200)
    inference = "workload.inference"
    spec = load(
        "dunkerque", f"{inference}.model={model}", f"{inference}.n_gpus_per_replica={n_gpus}"
    )
    replica.serving(spec.draw(1, 7))
    assert asked == [measured_model(model)]
