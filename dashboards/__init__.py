"""The board: what the warehouse has published, for people. A viewer's one action is a request."""
