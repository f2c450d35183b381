"""The AI workload as the hourly years see it."""

from __future__ import annotations

from pydantic import Field

from wattport.spec.number import Count, Fraction, NonNegative, Number, Positive, certain
from wattport.spec.section import Section


class Workload(Section):
    """Shares of training and inference, and how demand moves over day and week."""

    training_frac: Fraction = Field(description="Share of GPU capacity sold to training.")
    utilisation_frac: Fraction = Field(
        description="Mean IT power over IT nameplate in a ready hall at full ramp."
    )
    idle_power_frac: Fraction = Field(description="IT power of an idle rack over nameplate.")
    diurnal_amplitude_frac: Fraction = Field(
        description="Half swing of inference demand over the day, around its mean."
    )
    weekend_drop_frac: Fraction = Field(description="Fall of inference demand at weekends.")
    peak_hour_utc: Number = Field(description="Hour of the daily maximum of inference.")
    training_dip_frac: Fraction = Field(
        description="Share of time a training job is stopped (failures, restarts, restores)."
    )
    fill_months: NonNegative = Field(
        description="From ready for service to full utilisation, linear."
    )
    n_training_jobs: Count = Field(
        4, description="Training jobs of equal size that run at once; each stops as a whole."
    )
    training_stop_h: Positive = Field(
        certain(2.0), description="Mean length of a stop of a training job."
    )
    inference_noise_frac: Fraction = Field(
        certain(0.05), description="Hourly spread of inference demand around its shape."
    )
    inference_noise_h: NonNegative = Field(
        certain(6.0), description="Correlation time of that spread."
    )
