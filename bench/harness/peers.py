"""The other programs: how they are started, and how the frames are counted that they have got."""
from __future__ import annotations

import re

from .lab import Lab
from .program import Program

# What `fakesink silent=false` prints under -v for each buffer.
CHAINED = re.compile(r"last-message = chain .*?\((\d+) bytes")


def ffmpeg_frames(progress: str) -> int:
    """Reads the last count of frames from what `-progress` has printed; 0 if there is none."""
    found = re.findall(r"^frame=\s*(\d+)", progress, re.MULTILINE)
    return int(found[-1]) if found else 0


def gstreamer(lab: Lab, pipeline: str, verbose: bool = False, **streams: int) -> Program:
    """Starts gst-launch-1.0 with a pipeline in its own notation, each word of which stands alone. streams are stdin and stdout."""
    return lab.start("gst-launch-1.0", "-e", "-v" if verbose else "-q", *pipeline.split(), **streams)


def gstreamer_sizes(said: str) -> list[int]:
    """Gives the bytes of each buffer that a `fakesink silent=false` has printed."""
    return [int(size) for size in CHAINED.findall(said)]


def gstreamer_frames(said: str) -> int:
    """Counts the buffers that a `fakesink silent=false` has printed."""
    return len(gstreamer_sizes(said))
