"""Raw BGR over loopback TCP: how much of what the network gives is left for pictures."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Callable

from harness import FRAMEWIRE, Experiment, Fault, Goal, Lab, Metric, Pair
from harness.chain import NULL, chain
from harness.pictures import decoded

SIZES = {"1080p": (1920, 1080), "2160p": (3840, 2160)}
# Frames in a full, a quick and a smoke run, so many that a run takes some seconds.
FRAMES = {"1080p": (1500, 600, 60), "2160p": (400, 160, 20)}
ZMQ_FRAMES = {"1080p": (1000, 400, 60), "2160p": (250, 100, 20)}
SCRIPT_FRAMES = (20, 10, 2)  # at 1080p alone: its pieces of 4 KiB cost time in the square of the picture
IPERF_SECONDS = (4, 2, 1)
CHECKED = 3  # frames whose pictures are compared
NOTES = """iperf3's bytes are counted as frames, and it is timed without its start. Framewire paints what changes from picture to picture;
ZeroMQ and the script send pictures that were in memory before the clock started. The script is left out at 2160p, where it
takes many seconds for one."""


def experiments(lab: Lab) -> list[Experiment]:
    return [_experiment(name) for name in SIZES]


def _experiment(name: str) -> Experiment:
    width, height = SIZES[name]
    size = f"{width}x{height}"
    programs = {FRAMEWIRE: (_ours, FRAMES[name]), "ZeroMQ": (_zmq, ZMQ_FRAMES[name])}
    if name == "1080p":
        programs["Python script"] = _script, SCRIPT_FRAMES
    return Experiment(
        name=f"raw-{name}",
        title=f"Raw {name} BGR over TCP",
        runs={
            **{program: lambda lab, run=run, frames=frames: _rate(run(lab, size, lab.pick(*frames)), lab.pick(*frames))
               for program, (run, frames) in programs.items()},
            "iperf3": lambda lab: {"fps": _iperf3(lab) / (3 * width * height)},
        },
        checks={
            FRAMEWIRE: lambda lab: _check_ours(lab, size),
            **{program: lambda lab, run=run: _check_pictures(lab, size, run) for program, (run, _) in programs.items() if run is not _ours},
        },
        metrics=[Metric("fps", "frames/s", goals=[Goal("iperf3", at_least=0.9), *(Goal(peer, at_least=1) for peer in programs if peer != FRAMEWIRE)])],
        notes=NOTES,
    )


def _rate(pair: Pair, frames: int) -> dict[str, float]:
    return {"fps": frames / pair.seconds}


def _ours(lab: Lab, size: str, frames: int) -> Pair:
    return chain(lab, f"{{type: testpattern, size: {size}, pace: fast, frames: {frames}}}", NULL, frames, encoder="{type: raw}")


def _check_ours(lab: Lab, size: str) -> None:
    """Both ends keep what they have as PNG, and the pictures must be the same."""
    sent, arrived = (lab.dir / f"{end}-{size}" for end in ("sent", "arrived"))
    keep = "{{type: snapshot, format: png, name: '{{seq}}', dir: {}}}"
    chain(lab, f"{{type: testpattern, size: {size}, pace: fast, frames: {CHECKED}}}", keep.format(arrived), CHECKED,
          encoder="{type: raw}", outputs=keep.format(sent))
    _same(*({p.name: decoded(lab, p) for p in folder.iterdir()} for folder in (sent, arrived)))


def _iperf3(lab: Lab) -> float:
    """Gives what iperf3 moves, in bytes a second."""
    pair = lab.pair(lambda port: lab.start("iperf3", "-s", "-1", "-B", "127.0.0.1", "-p", port),
                    lambda port: lab.start("iperf3", "-c", "127.0.0.1", "-p", port, "-t", lab.pick(*IPERF_SECONDS), "-J"))
    return json.loads(pair.dialler.out)["end"]["sum_received"]["bits_per_second"] / 8


def _still(lab: Lab, size: str) -> Path:
    return lab.clip("mjpeg", CHECKED, size=size)


def _zmq(lab: Lab, size: str, frames: int, *save: object) -> Pair:
    pair = lab.pair(lambda port: lab.script("zmq_receiver.py", port, *save),
                    lambda port: lab.script("zmq_sender.py", _still(lab, size), port, frames))
    return _counted(pair, pair.listener.out, frames)


def _script(lab: Lab, size: str, frames: int, *save: object) -> Pair:
    clip = _still(lab, size)
    pair = lab.pair(lambda port: lab.script("script_sender.py", clip, port, "--preload", 1, "--frames", frames),
                    lambda port: lab.script("script_receiver.py", port, *(("--save", *save) if save else ())))
    return _counted(pair, pair.dialler.out, frames)


def _counted(pair: Pair, said: str, frames: int) -> Pair:
    if int(said) != frames:
        raise Fault(f"{said.strip()} of {frames} frames arrived")
    return pair


def _check_pictures(lab: Lab, size: str, run: Callable[..., Pair]) -> None:
    """The receiver keeps its pictures as PNG; they must be the clip's first one, as OpenCV decodes it."""
    folder = lab.dir / f"{run.__name__}-{size}"
    folder.mkdir()
    run(lab, size, 1, folder)
    lab.run("/usr/bin/python3", "-c", "import cv2, sys; cv2.imwrite(sys.argv[2], cv2.VideoCapture(sys.argv[1]).read()[1])",
            _still(lab, size), folder / "sent.png")
    pictures = {p.name: decoded(lab, p) for p in folder.iterdir()}
    _same({name: pictures["sent.png"] for name in pictures}, pictures)


def _same(sent: dict[str, list[str]], arrived: dict[str, list[str]]) -> None:
    if not sent or sent != arrived:
        raise Fault("the pictures that arrived are not those that were sent")
