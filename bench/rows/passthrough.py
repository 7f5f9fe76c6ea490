"""Passthrough: a Motion JPEG clip goes over TCP into a recording, and nobody decodes it."""
from __future__ import annotations

from pathlib import Path
from typing import Callable

from harness import Experiment, Fault, Goal, Lab, Metric, Pair
from harness.chain import chain
from harness.peers import gstreamer
from harness.pictures import count_packets, same_packets

Run = Callable[[Lab, Path, int, Path], Pair]  # takes the clip, its frames and the recording to write
FRAMES = (6000, 2400, 90)
CHECKED = 60  # frames that are compared byte for byte
NOTES = """GStreamer sends its own payload format (GDP) over TCP, since its Matroska writer needs the times that Motion JPEG alone does
not have."""


def experiments(lab: Lab) -> list[Experiment]:
    frames = lab.pick(*FRAMES)
    programs = {"framewire": _ours, "ffmpeg": _ffmpeg, "GStreamer": _gstreamer}
    return [Experiment(
        name="passthrough",
        title="1080p Motion JPEG clip over TCP into .mkv, undecoded",
        runs={name: lambda lab, run=run: _figures(lab, run, frames) for name, run in programs.items()},
        checks={name: lambda lab, run=run: _check(lab, run) for name, run in programs.items()},
        metrics=[
            Metric("fps", "frames/s", goals=[Goal("ffmpeg", at_least=1.5), Goal("GStreamer", at_least=1)]),
            Metric("cpu", "CPU s per 1000 frames", better="less", title="both processes",
                   goals=[Goal("ffmpeg", at_most=0.67), Goal("GStreamer", at_most=1)]),
        ],
        notes=NOTES,
    )]


def _figures(lab: Lab, run: Run, frames: int) -> dict[str, float]:
    out = lab.dir / "out.mkv"
    pair = run(lab, lab.clip("mjpeg", frames), frames, out)
    if (arrived := count_packets(lab, out)) != frames:
        raise Fault(f"{arrived} of {frames} frames were recorded")
    out.unlink()
    return {"fps": frames / pair.seconds, "cpu": 1000 * pair.cpu / frames}


def _check(lab: Lab, run: Run) -> None:
    """The recording must have the clip's packets."""
    clip, out = lab.clip("mjpeg", CHECKED), lab.dir / "checked.mkv"
    run(lab, clip, CHECKED, out)
    same_packets(lab, clip, out)
    out.unlink()


def _ours(lab: Lab, clip: Path, frames: int, out: Path) -> Pair:
    return chain(lab, f"{{type: file, path: {clip}, pace: fast}}", f"{{type: file, path: {out}}}", frames)


def _ffmpeg(lab: Lab, clip: Path, frames: int, out: Path) -> Pair:
    return lab.pair(
        lambda port: lab.start("ffmpeg", "-v", "error", "-f", "mjpeg", "-i", f"tcp://127.0.0.1:{port}?listen=1", "-c", "copy", out),
        lambda port: lab.start("ffmpeg", "-v", "error", "-i", clip, "-c", "copy", "-f", "mjpeg", f"tcp://127.0.0.1:{port}"))


def _gstreamer(lab: Lab, clip: Path, frames: int, out: Path) -> Pair:
    return lab.pair(
        lambda port: gstreamer(lab, f"tcpserversrc host=127.0.0.1 port={port} ! gdpdepay ! matroskamux ! filesink location={out}"),
        lambda port: gstreamer(lab, f"filesrc location={clip} ! matroskademux ! jpegparse ! gdppay ! tcpclientsink host=127.0.0.1 port={port} sync=false"))
