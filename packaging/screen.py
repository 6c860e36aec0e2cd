"""A screen that nobody sees: Xvfb with a window manager, without which no window has a title bar."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator

NEEDED = ("Xvfb", "openbox", "xdotool", "import")
"""What must be on PATH; `import` is ImageMagick's, for pictures."""


@contextlib.contextmanager
def screen(size: str = "1280x800") -> Iterator[dict[str, str]]:
    """Give an environment with a screen of its own; its pointer stands in a corner, where it calls up no tooltip."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-displayfd", str(writing)]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        env = {**os.environ, "DISPLAY": f":{told.readline().strip()}"}
    manager = subprocess.Popen(["openbox"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        subprocess.run(["xdotool", "mousemove", *size.split("x")], env=env, check=True)
        yield env
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(timeout=20)
