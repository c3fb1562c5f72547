"""Found by Airflow's scheduler, whose forks run the tasks: what the stages import is there before the first task.

The stack puts this folder on the path of the scheduler alone (`parts.build_airflow`); the DAG processor keeps to its
light imports. Nothing but imports happens here: no connection and no thread that a fork would inherit.
"""

from __future__ import annotations

import etl.giveback
import etl.pipeline
import etl.requests  # noqa: F401
