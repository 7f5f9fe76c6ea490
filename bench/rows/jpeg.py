"""The JPEG chain: a clip is decoded, each picture encoded as JPEG, sent over TCP and decoded again."""
from __future__ import annotations

from pathlib import Path
from typing import Callable

from harness import Experiment, Fault, Goal, Lab, Metric, Pair
from harness.chain import DECODED, chain
from harness.peers import ffmpeg_frames, gstreamer, gstreamer_frames
from harness.pictures import psnr

Run = Callable[..., Pair]  # takes the lab, the number of frames and, where pictures are kept, their folder
FRAMES = (900, 300, 60)
CHECKED = 10  # frames whose pictures are compared
PSNR = 30.0  # dB, least that a decoded picture must have against the clip's
UNCONVERTED = 22.0  # dB, of GStreamer's
NOTES = """ffmpeg's quality 4 gives images some 10% smaller than quality 80, and 34 dB against the clip's pictures where ours have 38.
GStreamer puts the clip's limited range into JPEG unconverted, which saves it work and costs contrast: 24 dB. Its
`fakesink silent=false` with -v prints a line for each picture, which is how they are counted and takes some 20 us of each."""


def experiments(lab: Lab) -> list[Experiment]:
    frames = lab.pick(*FRAMES)
    programs = {"framewire": _ours, "ffmpeg": _ffmpeg, "GStreamer": _gstreamer, "Python script": _script}
    return [Experiment(
        name="jpeg",
        title="1080p H.264 clip, decoded, JPEG, TCP, decoded",
        runs={name: lambda lab, run=run: _figures(run(lab, frames), frames) for name, run in programs.items()},
        checks={name: lambda lab, run=run, least=UNCONVERTED if name == "GStreamer" else PSNR: _check(lab, run, least)
                for name, run in programs.items()},
        metrics=[
            Metric("fps", "frames/s", goals=[Goal("GStreamer", at_least=1.1), Goal("ffmpeg", at_least=1.7), Goal("Python script", at_least=1)]),
            Metric("cpu", "CPU ms a frame", better="less", title="both processes"),
        ],
        notes=NOTES,
    )]


def _figures(pair: Pair, frames: int) -> dict[str, float]:
    return {"fps": frames / pair.seconds, "cpu": 1000 * pair.cpu / frames}


def _check(lab: Lab, run: Run, least: float) -> None:
    """The receiver keeps its pictures as PNG; each must look like the clip's."""
    folder = lab.dir / f"jpeg{run.__name__}"
    folder.mkdir()
    run(lab, CHECKED, folder)
    seen = sorted(folder.iterdir())
    for i, path in enumerate(seen):
        path.rename(folder / f"n{i:06}.png")  # counted from 0, as all programs do not
    count, worst = psnr(lab, _clip(lab, CHECKED), folder / "n%06d.png")
    if count != CHECKED or worst < least:
        raise Fault(f"{count} of {CHECKED} pictures arrived, the worst with a PSNR of {worst:.1f} dB; {least:.0f} are needed")


def _clip(lab: Lab, frames: int) -> Path:
    return lab.clip("h264", frames)


# Each of the following plays so many frames; with a folder, the receiver keeps its pictures there as PNG.


def _ours(lab: Lab, frames: int, folder: Path | None = None) -> Pair:
    sink = f"{{type: snapshot, format: png, name: '{{seq}}', dir: {folder}}}" if folder else DECODED
    return chain(lab, f"{{type: file, path: {_clip(lab, frames)}, pace: fast}}", sink, frames, encoder="{type: jpeg, quality: 80}")


def _ffmpeg(lab: Lab, frames: int, folder: Path | None = None) -> Pair:
    clip = _clip(lab, frames)
    out = ("-f", "image2", folder / "%06d.png") if folder else ("-f", "null", "-")
    pair = lab.pair(
        lambda port: lab.start("ffmpeg", "-v", "error", "-nostats", "-progress", "pipe:1", "-f", "mjpeg", "-i", f"tcp://127.0.0.1:{port}?listen=1", *out),
        lambda port: lab.start("ffmpeg", "-v", "error", "-i", clip, "-c:v", "mjpeg", "-q:v", "4", "-f", "mjpeg", f"tcp://127.0.0.1:{port}"))
    return _counted(pair, ffmpeg_frames(pair.listener.out), frames)


def _gstreamer(lab: Lab, frames: int, folder: Path | None = None) -> Pair:
    clip = _clip(lab, frames)
    out = f"videoconvert ! pngenc ! multifilesink location={folder}/%06d.png" if folder else "fakesink sync=false silent=false"
    pair = lab.pair(
        lambda port: gstreamer(lab, f"tcpserversrc host=127.0.0.1 port={port} ! queue ! jpegparse ! queue ! jpegdec ! queue ! {out}", verbose=True),
        lambda port: gstreamer(lab, f"filesrc location={clip} ! qtdemux ! h264parse ! avdec_h264 ! queue ! jpegenc quality=80 ! queue"
                                    f" ! tcpclientsink host=127.0.0.1 port={port} sync=false"))
    return pair if folder else _counted(pair, gstreamer_frames(pair.listener.out), frames)


def _script(lab: Lab, frames: int, folder: Path | None = None) -> Pair:
    clip = _clip(lab, frames)
    save = ("--save", folder) if folder else ()
    pair = lab.pair(lambda port: lab.script("script_sender.py", clip, port, "--jpeg", 80),
                    lambda port: lab.script("script_receiver.py", port, "--jpeg", *save))
    return _counted(pair, int(pair.dialler.out), frames)


def _counted(pair: Pair, arrived: int, frames: int) -> Pair:
    if arrived != frames:
        raise Fault(f"{arrived} of {frames} frames arrived")
    return pair
