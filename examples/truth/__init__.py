"""What really happened in the simulated district, before anybody wrote it down."""
