"""Clips that the experiments play, made with ffmpeg from its test picture."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .lab import Lab

ENCODERS = {
    "h264": (".mp4", ("-c:v", "libx264", "-pix_fmt", "yuv420p")),
    "mjpeg": (".mkv", ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "4", "-huffman", "default")),  # RTP carries no Huffman tables
}
UNIT = 900  # frames that are encoded; longer clips repeat them


def make(lab: Lab, kind: str, frames: int, rate: int, size: str) -> Path:
    """Gives a clip in the lab's folder and makes it where it is missing. Frames beyond UNIT are copies of the first ones."""
    suffix, options = ENCODERS[kind]
    path = lab.dir / f"{kind}-{size}-{rate}-{frames}{suffix}"
    if path.exists():
        return path
    part = path.with_stem(path.stem + "-part")
    if frames <= UNIT:
        source = ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}")
    else:
        source = ("-stream_loop", "-1", "-i", make(lab, kind, UNIT, rate, size))
        options = ("-c", "copy")
    lab.run("ffmpeg", "-v", "error", "-y", *source, "-frames:v", frames, *options, part, timeout=300)
    part.rename(path)
    return path
