"""Runs bin/marker, which paints pictures that machines can read, feeds them to programs and reads what comes out."""
from __future__ import annotations

import json
import os
from typing import IO, Callable, Mapping

from .fault import Fault
from .lab import Lab
from .program import Program

ROWS = 48  # upper rows of a 1080p picture, which hold its marker
STAMPS = "stamps"  # file that says when each picture was complete
KEPT = "kept.y4m"  # file with the pictures themselves
PATIENCE = 60  # seconds for a run
LEAST = 0.8  # share of a run's pictures that has to arrive
# ffmpeg's options for the pictures that feed() gives it, and for encoding each of them at once.
RAW_I420 = ("-fflags", "nobuffer", "-threads", "1", "-f", "rawvideo", "-pix_fmt", "yuvj420p", "-video_size", "1920x1080")
LIVE_ENCODER = ("-fps_mode", "passthrough", "-c:v", "mjpeg", "-q:v", "4", "-huffman", "default", "-flush_packets", "1")


def marker(lab: Lab, command: str, *flags: object, stdin: int | IO | None = None, stdout: int | IO | None = None) -> Program:
    """Starts one command of bin/marker."""
    path = lab.root / "bin" / "marker"
    if not path.exists():
        raise Fault(f"{path} is missing: make bench builds it")
    return lab.start(path, command, *flags, stdin=stdin, stdout=stdout)


def feed(lab: Lab, start: Callable[[int], Program], fps: int, frames: int, layout: str = "i420", whole: bool = False,
         ready: Callable[[Program], None] | None = None) -> tuple[Program, Program]:
    """Starts a program with pictures on its standard input; 0 frames go on until it ends. Gives marker and the program.
    With whole they are kept, for read() to compare with. ready is called before the first picture."""
    out, into = os.pipe()
    try:
        kept = ("-keep", KEPT) if whole else ()
        program = start(out)
        if ready is not None:
            ready(program)
        return marker(lab, "feed", "-fps", fps, "-frames", frames, "-layout", layout, "-stamps", STAMPS, *kept, stdout=into), program
    finally:
        os.close(out)
        os.close(into)


def read(lab: Lab, start: Callable[[int], Program], skip: int, layout: str = "i420", whole: bool = False) -> tuple[Program, Program]:
    """Starts a program whose standard output is the upper rows of its pictures, or whole ones, which are compared with
    those that feed() keeps. Gives marker, whose output is for latencies(), and the program."""
    out, into = os.pipe()
    try:
        part = ("-like", KEPT) if whole else ("-rows", ROWS)
        reader = marker(lab, "read", *part, "-layout", layout, "-stamps", STAMPS, "-skip", skip, stdin=out)
        return reader, start(into)
    finally:
        os.close(out)
        os.close(into)


def blame(first: Program, *later: Program) -> None:
    """Waits for the first program of a chain. When it fails, the fault is that of the last one that has failed: each
    takes those before it along."""
    try:
        first.wait(PATIENCE)
    except Fault:
        for program in reversed(later):
            if not program.running:
                program.wait()
        raise


def run(lab: Lab, name: str, text: str) -> Program:
    """Runs framewire with the sink marker beside its own plugins, as lab.framewire does without."""
    (lab.dir / f"{name}.yaml").write_text(text)
    return marker(lab, "run", "--log-level", "error", "--no-status", "--report", f"{name}.json", f"{name}.yaml")


def latencies(lab: Lab, said: str) -> Mapping[str, float]:
    """Gives what marker says of the pictures it read: their rate a second, p50, p99 and max in milliseconds, frames, lost,
    and psnr in dB where whole ones were read. A live stream may leave some out, in a smoke run all but one."""
    seen = json.loads(said)
    least = 1 if lab.smoke else LEAST * (seen["frames"] + seen["lost"])
    if seen["damaged"] or seen["frames"] < max(least, 1):
        raise Fault(f"{seen['frames']} pictures arrived, {seen['lost']} did not and {seen['damaged']} cannot be read")
    return {name: seen[name] for name in ("rate", "p50", "p99", "max", "frames", "lost", "psnr") if name in seen}
