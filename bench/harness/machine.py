"""What the figures were measured on: machine and versions, without dates and names."""
from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

# What prints a version; the first number with points in it is taken.
VERSIONS = {
    "framewire": ("bin/framewire", "version"),
    "ffmpeg": ("ffmpeg", "-version"),
    "GStreamer": ("gst-launch-1.0", "--version"),
    "iperf3": ("iperf3", "--version"),
    "OpenCV (Python)": ("/usr/bin/python3", "-c", "import cv2; print(cv2.__version__)"),
    "ZeroMQ (Python)": ("/usr/bin/python3", "-c", "import zmq; print(zmq.zmq_version())"),
    "Python": ("/usr/bin/python3", "--version"),
}


def machine() -> str:
    """Describes the machine in one line."""
    cpu = _field("/proc/cpuinfo", "model name") or platform.machine()
    memory = int((_field("/proc/meminfo", "MemTotal") or "0").split()[0]) / 1024**2
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}"


def _field(path: str, name: str) -> str:
    found = re.search(rf"^{name}\s*:\s*(.+)$", Path(path).read_text(), re.MULTILINE)
    return found[1] if found else ""


def versions(root: Path) -> dict[str, str]:
    """Asks every program for its version; those that are missing are left out."""
    found = {}
    for name, argv in VERSIONS.items():
        if shutil.which(argv[0], path=f"{root}:{os.environ['PATH']}") or (root / argv[0]).exists():
            said = subprocess.run(argv, cwd=root, capture_output=True, text=True).stdout
            if number := re.search(r"(?<![-\w])\d+(\.\d+)+", said):  # not the 1.0 of gst-launch-1.0
                found[name] = number[0]
    return found
