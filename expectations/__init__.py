"""How promises are checked: contract -> suite -> results. The only package that imports Great Expectations."""
