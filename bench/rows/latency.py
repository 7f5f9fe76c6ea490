"""Latency: from the complete picture in the sender's hands to the decoded picture in the receiver's."""
from __future__ import annotations

import time
from pathlib import Path
from typing import Mapping

from harness import Experiment, Fault, Goal, Lab, Metric
from harness.chain import chain
from harness.experiment import BEST
from harness.marker import LIVE_ENCODER, RAW_I420, ROWS, blame, feed, latencies, read, run
from harness.peers import gstreamer
from harness.pictures import psnr

# By the rate: frames that do not count, while everybody warms up, and those that do, in a full, a quick and a smoke run.
FRAMES = {30: (15, (105, 60, 15)), 60: (30, (120, 90, 15))}
CHECKED = 10  # frames whose pictures are compared
CHECKED_RATE = 10  # a second
WARM = 5  # frames before those: ffmpeg's reader throws away what it begins with
PSNR = 30.0  # dB, least that a picture must have
TRUST = 1.25, 0.5  # by how much the report's median may differ: a factor, and milliseconds
UDP_PATIENCE = 0.5  # seconds for the last picture, since a receiver of datagrams does not see the end
SOURCE = "rawvideoparse width=1920 height=1080 format=i420 framerate={}/1"
RAW = ("-c:v", "rawvideo", "-threads", "1", "-flush_packets", "1", "-f", "rawvideo", "pipe:")
LIVE = ("-fflags", "nobuffer", "-flags", "low_delay", "-probesize", "32", "-analyzeduration", "0")
NOTES = """A picture's time is taken before its last 64 KiB go into the sender's standard input, after everything else of it
was read there, and at the other end when its upper rows have come out of the receiver's standard output; ffmpeg and GStreamer
take and give I420, the script BGR. Through these two pipes alone, without JPEG and network, pictures take ffmpeg 0.25 ms and GStreamer
0.7 ms. Framewire needs no pipes, but writes the time into each picture after it is taken. ffmpeg: nut (with raw MJPEG
its reader waits for the next picture), two slice threads over TCP, one over RTP, where its decoder cannot take slices."""


def experiments(lab: Lab) -> list[Experiment]:
    return [_experiment(transport, fps) for transport in ("tcp", "udp") for fps in FRAMES]


def _experiment(transport: str, fps: int) -> Experiment:
    programs = {"framewire": _ours, "ffmpeg": _ffmpeg, "GStreamer": _gstreamer}
    if transport == "tcp":
        programs["Python script"] = _script
    return Experiment(
        name=f"latency-{transport}-{fps}",
        title=f"Latency at 1080p{fps}, JPEG over {transport.upper()}, decoded",
        runs={name: lambda lab, program=program: program(lab, transport, fps, FRAMES[fps][0], lab.pick(*FRAMES[fps][1]))
              for name, program in programs.items()},
        checks={name: lambda lab, program=program: _check(lab, program, transport) for name, program in programs.items()} if fps == 30 else {},
        metrics=[
            Metric("p50", "ms", better="less", title="median"),
            Metric("p99", "ms", better="less", title="99 %", goals=[Goal(BEST, at_most=0.5)]),
            Metric("max", "ms", better="less", title="longest"),
            Metric("lost", "frames", better="less", title="lost"),
        ],
        notes=NOTES if transport == "tcp" and fps == 30 else "",
    )


# Each of the following plays so many frames after the first ones that do not count. The others' give whole pictures where
# asked to, which are compared with those sent; what is measured then means nothing.


def _ours(lab: Lab, transport: str, fps: int, skip: int, frames: int) -> Mapping[str, float]:
    port = lab.port()
    receiver = run(lab, "receiver", f"receive: {{type: {transport}, listen: '127.0.0.1:{port}'}}\n"
                                    f"sinks: [{{type: marker, path: seen.json, skip: {skip}}}]\n")
    lab.listening(port, receiver, udp=transport == "udp")
    lab.framewire("sender", f"source: {{type: testpattern, size: 1920x1080, fps: {fps}, frames: {skip + frames}}}\n"
                            f"encoder: {{type: jpeg, quality: 80}}\nsend: {{type: {transport}, dial: '127.0.0.1:{port}'}}\n").wait()
    receiver.wait()
    return latencies(lab, (lab.dir / "seen.json").read_text())


def _check_ours(lab: Lab, transport: str) -> None:
    """The pictures must be right, and so must the latency that the program reports of itself."""
    sent, arrived = lab.dir / f"sent-{transport}", lab.dir / f"arrived-{transport}"
    keep = "{{type: snapshot, format: png, name: '{{seq}}', dir: {}}}"
    chain(lab, f"{{type: testpattern, size: 1920x1080, pace: fast, frames: {CHECKED}}}", keep.format(arrived), CHECKED,
          encoder="{type: jpeg, quality: 80}", transport=transport, outputs=keep.format(sent))
    count, worst = psnr(lab, _numbered(sent), _numbered(arrived))
    if count != CHECKED or worst < PSNR:
        raise Fault(f"{count} of {CHECKED} pictures arrived, the worst with a PSNR of {worst:.1f} dB; {PSNR:.0f} are needed")
    seen = _ours(lab, transport, 30, 0, 30)["p50"]
    said = lab.report("receiver")["pipelines"]["receiver"]["latency_ms"]["p50"]
    factor, most = TRUST
    if not seen / factor - most < said < seen * factor + most:
        raise Fault(f"the report says {said} ms in the median, the pictures say {seen} ms")


def _numbered(folder: Path) -> Path:
    """Numbers a folder's images from 0 without gaps, as ffmpeg wants them."""
    for i, image in enumerate(sorted(folder.iterdir())):
        image.rename(folder / f"n{i:06}.png")
    return folder / "n%06d.png"


def _ffmpeg(lab: Lab, transport: str, fps: int, skip: int, frames: int, whole: bool = False) -> Mapping[str, float]:
    port = lab.port()
    if transport == "tcp":
        source = ("-f", "nut", "-i", f"tcp://127.0.0.1:{port}?listen=1")
        coding, to = ("-threads", "2", "-thread_type", "slice"), ("-f", "nut", f"tcp://127.0.0.1:{port}?tcp_nodelay=1")
    else:
        (lab.dir / "rtp.sdp").write_text(f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=bench\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 26\n")
        source = ("-protocol_whitelist", "file,rtp,udp", "-reorder_queue_size", "0", "-buffer_size", "4000000", "-i", "rtp.sdp")
        coding, to = ("-threads", "1", "-force_duplicated_matrix", "1"), ("-f", "rtp", f"rtp://127.0.0.1:{port}?buffer_size=4000000")
    crop = () if whole else ("-vf", f"crop=1920:{ROWS}:0:0")
    return _measure(
        lab, transport, port, fps, skip, frames, whole,
        lambda stdout: lab.start("ffmpeg", "-v", "error", *LIVE, "-threads", "1", *source, "-fps_mode", "passthrough", *crop, *RAW, stdout=stdout),
        lambda stdin: lab.start("ffmpeg", "-v", "error", *RAW_I420, "-framerate", fps, "-i", "pipe:", *LIVE_ENCODER, *coding, *to, stdin=stdin))


def _gstreamer(lab: Lab, transport: str, fps: int, skip: int, frames: int, whole: bool = False) -> Mapping[str, float]:
    port = lab.port()
    if transport == "tcp":
        source, to = f"tcpserversrc host=127.0.0.1 port={port} ! jpegparse", f"tcpclientsink host=127.0.0.1 port={port} sync=false"
    else:
        source = (f"udpsrc address=127.0.0.1 port={port} buffer-size=4000000"
                  " caps=application/x-rtp,media=video,encoding-name=JPEG,payload=26,clock-rate=90000 ! rtpjpegdepay")
        to = f"rtpjpegpay ! udpsink host=127.0.0.1 port={port} sync=false buffer-size=4000000"
    crop = "" if whole else f"videocrop bottom={1080 - ROWS} ! "
    return _measure(
        lab, transport, port, fps, skip, frames, whole,
        lambda stdout: gstreamer(lab, f"{source} ! jpegdec ! {crop}fdsink fd=1 sync=false", stdout=stdout),
        lambda stdin: gstreamer(lab, f"fdsrc fd=0 blocksize=3110400 ! {SOURCE.format(fps)} ! jpegenc quality=80 ! {to}", stdin=stdin))


def _script(lab: Lab, transport: str, fps: int, skip: int, frames: int, whole: bool = False) -> Mapping[str, float]:
    port = lab.port()
    feeder, sender = feed(lab, lambda stdin: lab.script("script_sender.py", "-", port, "--jpeg", 80, "--raw", "1920x1080", stdin=stdin),
                          fps, skip + frames, "bgr", whole)
    lab.listening(port, sender)
    rows = 1080 if whole else ROWS
    reader, receiver = read(lab, lambda stdout: lab.script("script_receiver.py", port, "--jpeg", "--rows", rows, stdout=stdout), skip, "bgr", whole)
    blame(sender, receiver, reader)
    feeder.wait()
    receiver.wait()
    return latencies(lab, reader.wait().out)


def _measure(lab: Lab, transport: str, port: int, fps: int, skip: int, frames: int, whole: bool, receive, send) -> Mapping[str, float]:
    """Runs a receiver, which listens, and a sender between the two ends of marker."""
    reader, receiver = read(lab, receive, skip, whole=whole)
    lab.listening(port, receiver, udp=transport == "udp")
    feeder, sender = feed(lab, send, fps, skip + frames, whole=whole)
    blame(sender, receiver, reader)
    feeder.wait()
    if transport == "udp":
        time.sleep(UDP_PATIENCE)
        receiver.stop()
    else:
        receiver.wait()
    return latencies(lab, reader.wait().out)


def _check(lab: Lab, program, transport: str) -> None:
    """Each picture must look like the one that was sent."""
    if program is _ours:
        return _check_ours(lab, transport)
    worst = program(lab, transport, CHECKED_RATE, WARM, CHECKED, whole=True)["psnr"]
    if worst < PSNR:
        raise Fault(f"the worst picture has a PSNR of {worst:.1f} dB; {PSNR:.0f} are needed")
