"""The AI workload: trainings that fail and restart, and models that answer requests."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from wattport.spec.reading import quantity as q
from wattport.spec.reading.number import certain
from wattport.spec.reading.section import Section


class LanguageModel(StrEnum):
    """Models whose architecture is known, hence their time per token."""

    LLAMA_8B = "Llama-3.1-8B"
    LLAMA_70B = "Llama-3.1-70B"
    LLAMA_405B = "Llama-3.1-405B"
    QWEN_32B = "Qwen3-32B"
    QWEN_235B = "Qwen3-235B-A22B"
    DEEPSEEK_V3 = "DeepSeek-V3"
    KIMI_K2 = "Kimi-K2.5"
    GPT_OSS_120B = "gpt-oss-120b"


class Accelerator(StrEnum):
    """GPU generations whose memory and arithmetic are known."""

    H100 = "h100_sxm"
    H200 = "h200_sxm"
    B200 = "b200_sxm"
    B300 = "b300_sxm"
    GB200 = "gb200"
    GB300 = "gb300"
    VR_NVL72 = "vr_nvl72"


class Training(Section):
    """Equal training jobs in lockstep: what fails, and what a failure costs."""

    n_jobs: q.Jobs = Field(4, description="Training jobs of equal size that run at once.")
    failures_per_gpu_year: q.FailureRate = Field(
        certain(0.17), description="Failures that interrupt a job, per GPU of it and year."
    )
    restart_min: q.RestartMinutes = Field(
        certain(3.0), description="From a failure until the whole job computes again."
    )
    rollback_frac: q.Fraction = Field(
        certain(0.2),
        description="Share of failures that lose the work since the last checkpoint: 1 in strict "
        "lockstep, 0 where the replicas that are left keep the state.",
    )
    checkpoint_interval_min: q.CheckpointMinutes = Field(
        certain(10.0), description="Computing between two checkpoints."
    )
    checkpoint_s: q.CheckpointSeconds = Field(
        certain(5.0), description="Time for which a checkpoint stops the job."
    )
    pause_power_frac: q.Fraction = Field(
        certain(0.2),
        description="Power above idle while restarting or saving, over that while computing.",
    )
    spare_frac: q.MostFraction = Field(
        certain(0.05), description="GPUs kept ready in the place of failed ones, not sold."
    )
    repair_h: q.NodeRepair = Field(certain(12.0), description="Mean time a failed node is out.")
    n_gpus_per_failure: q.NodeGpus = Field(4, description="GPUs that a failure takes out: a node.")
    mfu_frac: q.SomeFraction = Field(
        certain(0.4), description="Model FLOPS utilisation while a job computes."
    )


class Inference(Section):
    """Requests over the day and week, and the fleet that answers them."""

    model: LanguageModel = Field(
        LanguageModel.DEEPSEEK_V3, description="The model that stands for all that are served."
    )
    accelerator: Accelerator = Field(
        Accelerator.GB300, description="GPU generation that sets the time per token."
    )
    n_gpus_per_replica: q.Replica = Field(8, description="GPUs that share one copy of the model.")
    n_batch_max: q.DecodeBatch = Field(
        256, description="Requests that one replica decodes at once."
    )
    n_prompt_tokens: q.Tokens = Field(1155, description="Mean tokens of a prompt.")
    n_output_tokens: q.Tokens = Field(211, description="Mean tokens of an answer.")
    ttft_slo_s: q.FirstTokenSeconds = Field(
        certain(2.0), description="Time to the first token promised, 99th percentile."
    )
    tpot_slo_s: q.TokenSeconds = Field(
        certain(0.08), description="Time per further token promised, 99th percentile."
    )
    headroom_frac: q.Headroom = Field(
        certain(0.15), description="Replicas kept on beyond what the hour needs, over that."
    )
    least_on_frac: q.Fraction = Field(
        certain(0.1), description="Share of replicas that are never switched off."
    )
    diurnal_amplitude_frac: q.Fraction = Field(
        description="Half swing of requests over the day, around their mean."
    )
    weekend_drop_frac: q.Fraction = Field(description="Fall of requests at weekends.")
    peak_hour_utc: q.HourOfDay = Field(description="Hour of the daily maximum of requests.")
    noise_frac: q.Fraction = Field(
        certain(0.05), description="Hourly spread of requests around their shape."
    )
    noise_h: q.CorrelationHours = Field(
        certain(6.0), description="Correlation time of that spread."
    )


class Workload(Section):
    """How capacity is shared out, how much of it is wanted, and the two kinds of work."""

    training_frac: q.Fraction = Field(description="Share of GPU capacity sold to training.")
    utilisation_frac: q.SomeFraction = Field(
        description="What is sold: mean IT power over IT nameplate in a ready hall at full ramp, "
        "if no machine failed."
    )
    idle_power_frac: q.Fraction = Field(description="IT power of an idle rack over nameplate.")
    fill_months: q.RampMonths = Field(
        description="From ready for service to full utilisation, linear."
    )
    training: Training = Field(default_factory=lambda: Training.model_validate({}))
    inference: Inference
