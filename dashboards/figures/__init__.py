"""Pure Plotly figures: data in, figure out."""
