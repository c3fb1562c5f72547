"""A supervisor over two small trees, as a process of its own. Arguments: folder, seconds each command lives."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from etl.stack.errors import StackError
from etl.stack.parts import ProcessPart
from etl.stack.run import say
from etl.stack.supervisor import StopRequested, Supervisor, ignore_stop_signals, stop_signals

# A worker with a deaf child in a session of its own, as executors and web servers have them.
WORKER = """
import os, subprocess, sys, time
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); signal.signal(2, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True)
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()} {child.pid}\\n")
time.sleep(float(sys.argv[2]))
"""


def main(folder: Path, seconds: str) -> int:
    supervisor = Supervisor(say, backoff=(0.1,))
    with stop_signals():
        try:
            for name in ("one", "two"):
                command = (sys.executable, "-c", WORKER, str(folder / name), seconds if name == "one" else "600")
                part = ProcessPart(name, f"部件 {name}", command, os.environ, folder, stop=((15, 0.5), (9, 5.0)))
                supervisor.start(part)
            while True:
                supervisor.watch_once()
                time.sleep(0.05)
        except StopRequested:
            return 0
        except StackError as error:
            say(str(error))
            return 1
        finally:
            ignore_stop_signals()
            supervisor.stop()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
