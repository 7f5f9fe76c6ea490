"""Recording: what it costs to write a live Motion JPEG stream from a TCP socket to disk, as it is."""
from __future__ import annotations

from pathlib import Path
from typing import Callable

from harness import Experiment, Fault, Goal, Lab, Metric
from harness.pictures import count_packets

RATE = 60  # frames/s
LITTLE, MUCH = (60, 60, 30), (660, 360, 60)  # frames of the two recordings whose difference is taken
LOST = 0.1  # share of the frames that a live sender may have left out while somebody else needed the machine
NOTES = f"""{RATE} frames of 105 KB a second, in real time. "Without start" is the difference between a recording of {LITTLE[0]} frames and one of
{MUCH[0]}; "with start" is 1000 frames and the start and end of the process."""


def experiments(lab: Lab) -> list[Experiment]:
    goals = [Goal("ffmpeg", at_most=0.7)]
    return [Experiment(
        name="record",
        title="Recording live 1080p Motion JPEG",
        runs={"framewire": lambda lab: _cost(lab, _ours), "ffmpeg": lambda lab: _cost(lab, _ffmpeg)},
        metrics=[Metric("frames", "CPU s per 1000 frames", better="less", title="without start", goals=goals),
                 Metric("all", "CPU s per 1000 frames", better="less", title="with start", goals=goals)],
        notes=NOTES,
    )]


def _cost(lab: Lab, record: Callable[[Lab, Path, Path], float]) -> dict[str, float]:
    """Gives the CPU time of 1000 frames without and with the start, from a short and a long recording."""
    few, little = _recorded(lab, record, lab.pick(*LITTLE))
    many, much = _recorded(lab, record, lab.pick(*MUCH))
    each = (much - little) / max(1, many - few)
    return {"frames": 1000 * each, "all": little + (1000 - few) * each}


def _recorded(lab: Lab, record: Callable[[Lab, Path, Path], float], frames: int) -> tuple[int, float]:
    """Makes one recording. Gives how many frames it has and the CPU seconds of the process that recorded."""
    out = lab.dir / "out.mkv"
    cpu = record(lab, lab.clip("mjpeg", frames, rate=RATE), out)
    arrived = count_packets(lab, out)
    out.unlink()
    least = 1 if lab.smoke else frames * (1 - LOST)
    if not least <= arrived <= frames:
        raise Fault(f"{arrived} of {frames} frames were recorded")
    return arrived, cpu


def _ours(lab: Lab, clip: Path, out: Path) -> float:
    return lab.pair(
        lambda port: lab.framewire("recorder", f"receive: {{type: tcp, listen: '127.0.0.1:{port}'}}\nsinks: [{{type: file, path: {out}}}]\n"),
        lambda port: lab.framewire("camera", f"source: {{type: file, path: {clip}}}\nsend: {{type: tcp, dial: '127.0.0.1:{port}'}}\n"),
    ).listener.cpu


def _ffmpeg(lab: Lab, clip: Path, out: Path) -> float:
    return lab.pair(
        lambda port: lab.start("ffmpeg", "-v", "error", "-f", "mjpeg", "-framerate", RATE, "-i", f"tcp://127.0.0.1:{port}?listen=1", "-c", "copy", out),
        lambda port: lab.start("ffmpeg", "-v", "error", "-re", "-i", clip, "-c", "copy", "-f", "mjpeg", f"tcp://127.0.0.1:{port}"),
    ).listener.cpu
