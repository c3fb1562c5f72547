"""The database server that comes with the environment: binaries, cluster, leases and its keeper process.

Other code uses `etl.core.postgres` only; `guard` and `launch` also carry the other parts of the stack.
"""
