"""judge: indicator values become verdicts - one status, reason, light and sentence a (target, unit, period)."""
