"""Footprint: memory at 1080p30, and the time from exec to the first frame sent."""
from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Callable, Mapping

from harness import Experiment, Fault, Goal, Lab, Metric, Program
from harness.marker import marker
from harness.peers import gstreamer

SETTLE = (2.0, 1.0, 0.5)  # seconds before memory is looked at, in a full, a quick and a smoke run
STARTS = (3, 1, 1)  # how often each program is started for its time; the fastest counts
GRACE = 30  # seconds for a first frame
PLAIN = "framewire plain"
NOTES = """Each program makes its own 1080p30 pictures (test pattern, testsrc2, videotestsrc; the script decodes a clip), encodes JPEG,
sends it over TCP, and another one receives and decodes it. Resident memory counts the libraries of each process whole, proportional
memory shares them with the other processes that have them loaded, receiver and sender among them. Start is from before the exec to
the first byte of a picture (framewire: to a whole one) at a receiver that was there before, the fastest of {starts}. `framewire plain` is
built with nothing but Go."""


def experiments(lab: Lab) -> list[Experiment]:
    runs: dict[str, Callable[[Lab], Mapping[str, float]]] = {
        "framewire": lambda lab: _ours(lab, lab.bin),
        PLAIN: lambda lab: _ours(lab, lab.bin.with_name("framewire-plain")),
        "ffmpeg": _ffmpeg,
        "GStreamer": _gstreamer,
        "Python script": _script,
    }
    below = [Goal("Python script", at_most=1)]
    return [Experiment(
        name="footprint",
        title="Memory at 1080p30 JPEG over TCP, and start",
        runs=runs,
        metrics=[
            Metric("sender", "MB", better="less", title="sender, resident", goals=below),
            Metric("receiver", "MB", better="less", title="receiver, resident", goals=below),
            Metric("sender_pss", "MB", better="less", title="sender, proportional"),
            Metric("receiver_pss", "MB", better="less", title="receiver, proportional"),
            Metric("start", "ms", better="less", title="start to first frame",
                   goals=[Goal(None, at_most=300), Goal(None, at_most=300, of=PLAIN)]),
        ],
        notes=NOTES.format(starts=STARTS[0]),
    )]


def _ours(lab: Lab, binary: Path) -> Mapping[str, float]:
    def run(name: str, text: str) -> Program:
        (lab.dir / f"{name}.yaml").write_text(text)
        return lab.start(binary, "run", "--log-level", "error", "--no-status", f"{name}.yaml")

    def send(port: int) -> Program:
        return run("sender", "source: {type: testpattern, size: 1920x1080, fps: 30}\nencoder: {type: jpeg, quality: 80}\n"
                             f"send: {{type: tcp, dial: '127.0.0.1:{port}'}}\n")

    def receive(port: int) -> Program:
        return run("receiver", f"receive: {{type: tcp, listen: '127.0.0.1:{port}'}}\nsinks: [{{type: 'null', decode: true}}]\n")

    return _memory(lab, receive, send) | {"start": _start(lab, send, "framewire")}


def _ffmpeg(lab: Lab) -> Mapping[str, float]:
    def send(port: int) -> Program:
        return lab.start("ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=30", "-pix_fmt", "yuvj420p",
                         "-c:v", "mjpeg", "-q:v", "4", "-flush_packets", "1", "-f", "mjpeg", f"tcp://127.0.0.1:{port}")

    def receive(port: int) -> Program:
        return lab.start("ffmpeg", "-v", "error", "-f", "mjpeg", "-i", f"tcp://127.0.0.1:{port}?listen=1", "-f", "null", "-")

    return _memory(lab, receive, send) | {"start": _start(lab, send, "bytes")}


def _gstreamer(lab: Lab) -> Mapping[str, float]:
    def send(port: int) -> Program:
        return gstreamer(lab, "videotestsrc is-live=true ! video/x-raw,format=I420,width=1920,height=1080,framerate=30/1"
                              f" ! jpegenc quality=80 ! tcpclientsink host=127.0.0.1 port={port} sync=false")

    def receive(port: int) -> Program:
        return gstreamer(lab, f"tcpserversrc host=127.0.0.1 port={port} ! jpegparse ! jpegdec ! fakesink sync=false")

    return _memory(lab, receive, send) | {"start": _start(lab, send, "bytes")}


def _script(lab: Lab) -> Mapping[str, float]:
    clip = lab.clip("h264", 900)

    def send(port: int) -> Program:
        return lab.script("script_sender.py", clip, port, "--jpeg", 80, "--rate", 30)

    port = lab.port()
    sender = send(port)
    lab.listening(port, sender)
    return _look(lab, lab.script("script_receiver.py", port, "--jpeg"), sender) | {"start": _start(lab, send, "bytes", listens=True)}


def _memory(lab: Lab, receive: Callable[[int], Program], send: Callable[[int], Program]) -> dict[str, float]:
    port = lab.port()
    receiver = receive(port)
    lab.listening(port, receiver)
    return _look(lab, receiver, send(port))


def _look(lab: Lab, receiver: Program, sender: Program) -> dict[str, float]:
    """Gives the memory of both while they stream, in MB, and ends them."""
    time.sleep(lab.pick(*SETTLE))
    before = {p: p.cpu() for p in (sender, receiver)}
    time.sleep(SETTLE[-1])
    values = {}
    for name, program in (("sender", sender), ("receiver", receiver)):
        if program.cpu() <= before[program]:
            raise program.fault("does nothing: no picture is streamed")
        values |= {name: program.rss() / 1e6, f"{name}_pss": _pss(program) / 1e6}
    for program in (sender, receiver):
        program.stop()
    return values


def _pss(program: Program) -> int:
    """Proportional memory now, in bytes (proc(5), smaps_rollup)."""
    found = re.search(r"^Pss:\s*(\d+) kB", Path(f"/proc/{program.pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) * 1024


def _start(lab: Lab, send: Callable[[int], Program], protocol: str, listens: bool = False) -> float:
    """Gives the milliseconds until a receiver that waits gets the first picture."""
    return min(_started(lab, send, protocol, listens) for _ in range(lab.pick(*STARTS)))


def _started(lab: Lab, send: Callable[[int], Program], protocol: str, listens: bool) -> float:
    port = lab.port()
    waiting = marker(lab, "first", "-dial" if listens else "-listen", f"127.0.0.1:{port}", "-protocol", protocol)
    if not listens:
        lab.listening(port, waiting)
    began = time.time_ns()
    sender = send(port)
    came = int(waiting.wait(GRACE).out)
    sender.stop()
    if came <= began:
        raise Fault("a picture came before the program was started")
    return (came - began) / 1e6
