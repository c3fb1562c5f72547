"""compute: accepted rows become indicator values, as mergeable parts a (indicator, unit, period)."""
