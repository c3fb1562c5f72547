"""What is promised: plans, indicators, contracts, calendars (data), their models, and the warehouse tables."""
