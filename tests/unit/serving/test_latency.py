from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wattport.errors import WattportError
from wattport.serving.latency import (
    fit_latency,
    predict,
    replica_of,
    roofline,
    tokens_per_s_per_gpu,
)
from wattport.serving.silicon import NEEDED, Benchmarks, column, read_silicon

BASE = {
    "id": "a_c16_", "silicon_data_source": "silicon_concurrency=16; measured=2026-02-01",
    "backend": "vllm", "backend_version": "0.12.0", "model_path": "meta-llama/Llama-3.1-70B",
    "system": "h100_sxm", "precision": "fp8", "mode": "agg", "isl": "1024", "osl": "256",
    "gemm_quant_mode": "fp8", "batch_size": "16", "tp_size": "4", "attention_dp_size": "1",
    "moe_tp_size": "1", "moe_ep_size": "1", "silicon_ttft_ms": "200", "silicon_tpot_ms": "20",
}  # fmt: skip


def table(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, NEEDED)
        writer.writeheader()
        writer.writerows(BASE | row for row in rows)
    return path


def many(n: int) -> Benchmarks:
    """Benchmarks whose times obey a simple law of the roofline terms."""
    stream = np.random.default_rng(3)
    in_flight = 2.0 ** stream.integers(0, 8, n)
    one = np.ones(n)
    rows = Benchmarks(
        stream.choice(["Llama-3.1-8B", "Llama-3.1-70B", "DeepSeek-V3"], n),
        stream.choice(["h100_sxm", "b200_sxm"], n), np.full(n, "vllm"), np.zeros(n, bool), one,
        2.0 ** stream.integers(0, 4, n), np.zeros(n, bool), np.zeros(n, bool),
        2.0 ** stream.integers(8, 13, n), one * 512, in_flight, one, one, one, one,
    )  # fmt: skip
    terms = roofline(rows)
    tpot_s = 0.003 + 1.5 * terms.weights_s + 1.6 * terms.kv_s
    return replace(rows, ttft_s=0.05 + 2.0 * terms.prefill_s, tpot_s=tpot_s)


def test_the_law_of_the_terms_is_learned_and_times_to_predict_are_not_looked_at() -> None:
    rows = many(700)
    half = np.arange(700) % 2 == 0
    rest = rows.take(~half)
    blind = replace(rest, ttft_s=rest.ttft_s * np.nan, tpot_s=rest.tpot_s * np.nan)
    ttft_s, tpot_s = predict(fit_latency(rows.take(half)), blind)
    assert np.median(np.abs(ttft_s / rest.ttft_s - 1.0)) < 0.03
    assert np.median(np.abs(tpot_s / rest.tpot_s - 1.0)) < 0.03


@pytest.mark.parametrize(
    ("row", "n_gpus", "copied", "spread"),
    [
        ({}, 4, False, False),
        ({"attention_dp_size": ""}, 4, False, False),
        ({"tp_size": "64", "moe_tp_size": "8", "moe_ep_size": "8"}, 8, False, True),
        ({"tp_size": "4", "moe_tp_size": "1", "moe_ep_size": "4"}, 4, False, True),
        ({"tp_size": "4", "attention_dp_size": "4", "moe_ep_size": "16"}, 4, True, True),
        (
            {"tp_size": "1", "attention_dp_size": "64", "moe_tp_size": "8", "moe_ep_size": "8"},
            8, True, True,
        ),
    ],
)  # fmt: skip
def test_gpus_of_a_deployment(
    tmp_path: Path, row: dict[str, str], n_gpus: int, copied: bool, spread: bool
) -> None:
    rows = read_silicon(table(tmp_path / "t.csv", [row]))
    assert rows.n_gpus.tolist() == [n_gpus]
    assert rows.is_data_parallel.tolist() == [copied]
    assert rows.is_expert_parallel.tolist() == [spread]


def test_disaggregated_rows_and_unknown_models_are_left_out(tmp_path: Path) -> None:
    rows = read_silicon(
        table(tmp_path / "t.csv", [{}, {"mode": "disagg"}, {"model_path": "someone/else"}])
    )
    assert rows.model.tolist() == ["Llama-3.1-70B"]
    assert rows.n_in_flight.tolist() == [16.0]
    assert rows.ttft_s.tolist() == [0.2]
    assert tokens_per_s_per_gpu(rows, rows.ttft_s, rows.tpot_s)[0] == pytest.approx(
        16 * 256 / 5.3 / 4
    )


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,isl\n1,2\n")
    with pytest.raises(WattportError, match="missing column") as refused:
        read_silicon(path)
    assert refused.value.findings[0].line == 1
    with pytest.raises(WattportError, match="has no 'abacus'"):
        column("accelerators", np.array(["abacus"]), "memory_gb")


def test_a_replica_reads_its_weights_once_an_iteration() -> None:
    watts = (500.0,) * 129
    replica = replica_of("Llama-3.1-70B", "h100_sxm", 4, decode_w=watts, prefill_w=2800.0)
    # 70.6 GB over 4 x 3.35 TB/s take 5.27 ms at full bandwidth; 80 layers add 7.5 ms.
    assert replica.decode_base_s == pytest.approx(1.46 * 5.27e-3 + 80 * 9.4e-5, rel=0.01)
    assert replica.kv_tokens == pytest.approx((4 * 72 - 70.6) / 163840e-9, rel=0.01)
    alone = replica_of("Llama-3.1-8B", "h100_sxm", 1, decode_w=watts, prefill_w=700.0)
    assert alone.decode_base_s < replica.decode_base_s


def test_a_batch_reads_the_experts_it_touches() -> None:
    # DeepSeek-V3: 37 of 671 billion parameters for a token, 8 of 256 experts. One request reads
    # the 37; 32 of them touch 1 - (248 / 256)**32 of the experts; very many read all.
    one = np.ones(3)
    rows = Benchmarks(
        np.full(3, "DeepSeek-V3"), np.full(3, "h100_sxm"), np.full(3, "vllm"),
        np.zeros(3, bool), one, 8.0 * one, np.zeros(3, bool), np.zeros(3, bool), 512.0 * one,
        512.0 * one, np.array([1.0, 32.0, 1e6]), one, one, one, one,
    )  # fmt: skip
    touched = 1.0 - (248.0 / 256.0) ** 32
    others = (touched - 8.0 / 256.0) / (248.0 / 256.0)  # of the parameters not needed for each
    read_gb = np.array([37.0, 37.0 + others * (671.0 - 37.0), 671.0])
    assert roofline(rows).weights_s == pytest.approx(read_gb / 8.0 / 3350.0)
