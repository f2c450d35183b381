"""Transformers: loss at part load, and the loss that ecodesign limits allow."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray


def transformer_loss_kw(
    load_kva: ArrayLike, rating_kva: ArrayLike, no_load_kw: ArrayLike, load_loss_kw: ArrayLike
) -> FloatArray:
    """
    Active-power loss of a transformer at part load.

    Iron loss is constant while the unit is energised; copper loss grows with the square of the
    current, hence of the apparent load.

    Parameters
    ----------
    load_kva : array_like
        Apparent load, either direction. [kVA, >= 0]
    rating_kva : array_like
        Nameplate rating. [kVA, > 0]
    no_load_kw, load_loss_kw : array_like
        ``P0`` when energised and unloaded; ``Pk`` added at rated current. [kW]

    Returns
    -------
    ndarray
        Heat released in the transformer. [kW]

    Notes
    -----
    ``P0 + Pk (S / Sr)**2``, for ``0 <= S <= 1.2 Sr`` at rated voltage.

    Examples
    --------
    >>> transformer_loss_kw(np.array([0.0, 1250.0, 2500.0]), 2500.0, 1.5, 18.0)
    array([ 1.5,  6. , 19.5])
    """
    load = np.asarray(load_kva, np.float64) / np.asarray(rating_kva, np.float64)
    iron = np.asarray(no_load_kw, np.float64)
    return np.asarray(iron + np.asarray(load_loss_kw) * load**2)


def peak_efficiency_index_frac(
    rating_kva: ArrayLike, no_load_kw: ArrayLike, load_loss_kw: ArrayLike
) -> FloatArray:
    """
    Peak efficiency index: the best efficiency a transformer reaches at any load.

    Parameters
    ----------
    rating_kva : array_like
        Nameplate rating. [kVA, > 0]
    no_load_kw, load_loss_kw : array_like
        No-load and load loss. [kW]

    Returns
    -------
    ndarray
        PEI. [0 to 1]

    Notes
    -----
    ``1 - 2 sqrt(P0 Pk) / Sr``, reached where iron and copper loss are equal; the power of
    cooling equipment at no load is left out.

    References
    ----------
    Commission Regulation (EU) 548/2014, Annex II.

    Examples
    --------
    >>> peak_efficiency_index_frac(3150.0, 1.98, 23.0).round(4)
    np.float64(0.9957)
    """
    loss = np.sqrt(np.asarray(no_load_kw, np.float64) * np.asarray(load_loss_kw))
    return np.asarray(1.0 - 2.0 * loss / np.asarray(rating_kva))[()]


def load_loss_from_pei_kw(
    rating_kva: ArrayLike, pei_frac: ArrayLike, no_load_kw: ArrayLike
) -> FloatArray:
    """
    Load loss that a peak efficiency index leaves beside a given no-load loss.

    Large power transformers are limited by their index only, and a buyer chooses how it splits.

    Parameters
    ----------
    rating_kva : array_like
        Nameplate rating. [kVA, > 0]
    pei_frac : array_like
        Peak efficiency index. [0 to 1]
    no_load_kw : array_like
        No-load loss. [kW, > 0]

    Returns
    -------
    ndarray
        ``Pk = (Sr (1 - PEI) / 2)**2 / P0``. [kW]

    References
    ----------
    Commission Regulation (EU) 548/2014, Annex II.

    Examples
    --------
    >>> load_loss_from_pei_kw(300e3, 0.99797, 100.0).round(1)
    np.float64(927.2)
    """
    half = np.asarray(rating_kva, np.float64) * (1.0 - np.asarray(pei_frac)) / 2.0
    return np.asarray(half**2 / np.asarray(no_load_kw))[()]
