"""Compares what arrived with what was sent: decoded pictures, and packets byte for byte. ffmpeg reads the files."""
from __future__ import annotations

import hashlib
import re
from pathlib import Path

from .fault import Fault
from .lab import Lab

SOS, EOI = b"\xff\xda", b"\xff\xd9"  # JPEG's start of scan and end of image (ITU-T T.81, table B.1)


def count_packets(lab: Lab, path: Path) -> int:
    """Counts the packets of a file's video stream."""
    shown = lab.run("ffprobe", "-v", "error", "-select_streams", "v:0", "-count_packets", "-show_entries", "stream=nb_read_packets",
                    "-of", "csv=p=0", path)
    return int(shown.out.strip().rstrip(",") or 0)


def packet_hashes(lab: Lab, path: Path) -> list[str]:
    """Gives the MD5 of every packet of a file's video stream."""
    shown = lab.run("ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-c", "copy", "-f", "framemd5", "-")
    return [line.rsplit(",", 1)[1].strip() for line in shown.out.splitlines() if line and not line.startswith("#")]


def same_packets(lab: Lab, sent: Path, arrived: Path) -> None:
    """Raises a Fault unless both files have the same packets in the same order."""
    want, got = packet_hashes(lab, sent), packet_hashes(lab, arrived)
    if want != got:
        raise Fault(f"{len(got)} packets arrived of {len(want)}, and they differ from those that were sent")


def decoded(lab: Lab, path: Path | str) -> list[str]:
    """Gives the MD5 of every picture of a file, or of an image sequence such as DIR/%06d.png, as BGR."""
    shown = lab.run("ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-pix_fmt", "bgr24", "-f", "framemd5", "-")
    return [line.rsplit(",", 1)[1].strip() for line in shown.out.splitlines() if line and not line.startswith("#")]


def psnr(lab: Lab, a: Path | str, b: Path | str) -> tuple[int, float]:
    """Compares two clips or image sequences as RGB. Gives how many pictures both have and the PSNR of the worst one, in dB."""
    same = "format=gbrp,settb=1/1000,setpts=N"  # by number, whatever times they have
    graph = f"[0:v]{same}[a];[1:v]{same}[b];[a][b]psnr=shortest=1:stats_file=-"
    shown = lab.run("ffmpeg", "-v", "error", "-i", a, "-i", b, "-lavfi", graph, "-f", "null", "-")
    found = [float(v) for v in re.findall(r"psnr_avg:(\S+)", shown.out)]
    if not found:
        raise Fault(f"{a} and {b} have no pictures to compare")
    return len(found), min(found)


def scans(stream: bytes) -> list[str]:
    """Gives the MD5 of the entropy-coded data of each JPEG image in a stream: what stays the same when a transport
    such as RTP (RFC 2435) writes the headers anew."""
    found, at = [], stream.find(SOS)
    while at >= 0:
        begin = at + 2 + int.from_bytes(stream[at + 2:at + 4], "big")
        end = stream.find(EOI, begin)
        found.append(hashlib.md5(stream[begin:end]).hexdigest())
        at = stream.find(SOS, end) if end >= 0 else -1
    return found
