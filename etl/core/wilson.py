"""The Wilson score interval of a share (E. B. Wilson, 1927): an estimate, so the one place for floats."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Z95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""

Floats = npt.NDArray[np.float64]


def wilson_shares(successes: Any, total: Any) -> tuple[Floats, Floats]:
    """Lower and upper ends of the 95 % intervals, as shares between 0 and 1; totals are positive."""
    successes, total = np.asarray(successes, dtype=np.float64), np.asarray(total, dtype=np.float64)
    share = successes / total
    centre = share + Z95**2 / (2 * total)
    half = Z95 * np.sqrt(share * (1 - share) / total + Z95**2 / (4 * total**2))
    scale = 1 + Z95**2 / total
    low, high = (np.clip((centre + side * half) / scale, 0.0, 1.0) for side in (-1, 1))
    return low, high
