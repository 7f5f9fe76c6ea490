"""Fan-out: one 1080p30 JPEG source and more and more viewers over TCP."""
from __future__ import annotations

import json
from typing import Mapping

from harness import Experiment, Fault, Goal, Lab, Metric, Program
from harness.experiment import BEST
from harness.marker import LIVE_ENCODER, RAW_I420, feed, marker
from harness.peers import gstreamer

FPS = 30
VIEWERS = (1, 10, 100, 300)
SMOKE_VIEWERS = (1, 10)
WATCH = "1.5s"  # how long each crowd is looked at
LEAST = 0.5  # share of the pictures that has to arrive; who loses more does not do this work
SETUP = 60  # seconds for a crowd to gather and watch
SLICES = ("-threads", "2", "-thread_type", "slice")
GSTREAMER = (f"fdsrc fd=0 blocksize=3110400 ! rawvideoparse width=1920 height=1080 format=i420 framerate={FPS}/1 ! jpegenc quality=80"
             " ! tcpserversink host=127.0.0.1 port={} sync=false")
NOTES = """The viewers are one process (`marker viewers`), which takes the pictures and decodes nothing. CPU is that of the sender's process
while all of them watch, with its own making of pictures (framewire) or the reading of them from a pipe (the others); by
viewer it is the difference between 1 and {most} viewers for each picture delivered. A picture's latency is that of the
viewer that got it last; it counts as lost for a viewer that has not got it after 0.5 s. ffmpeg: one `tee` with an output for each
viewer, which has to be there first and cannot leave; GStreamer: tcpserversink, which is a multisocketsink with a listener."""

# What a reader types, for one crowd in place of all; ffmpeg's own would have an output for each viewer.
COMMANDS = {
    "framewire": f"""framewire run sender.yaml
    source: {{type: testpattern, size: 1920x1080, fps: {FPS}}}
    encoder: {{type: jpeg, quality: 80}}
    send: {{type: tcp, listen: '127.0.0.1:PORT'}}
bin/marker viewers -n VIEWERS -dial 127.0.0.1:PORT -for {WATCH} -pid SENDER""",
    "ffmpeg": f"""bin/marker viewers -n VIEWERS -listen 127.0.0.1:PORT -protocol jpeg -for {WATCH} -pid SENDER -stamps stamps
bin/marker feed -fps {FPS} -frames 0 -layout i420 -stamps stamps | ffmpeg {' '.join(RAW_I420)} -framerate {FPS} -i pipe:
    {' '.join((*LIVE_ENCODER, *SLICES))} -map 0:v -f tee "[f=mjpeg:flush_packets=1]tcp://127.0.0.1:PORT?tcp_nodelay=1|..." """.rstrip(),
    "GStreamer": f"""bin/marker feed -fps {FPS} -frames 0 -layout i420 -stamps stamps | gst-launch-1.0 -e -q {GSTREAMER.format("PORT")}
bin/marker viewers -n VIEWERS -dial 127.0.0.1:PORT -protocol jpeg -for {WATCH} -pid SENDER -stamps stamps""",
}


def experiments(lab: Lab) -> list[Experiment]:
    crowds = SMOKE_VIEWERS if lab.smoke else VIEWERS
    most = crowds[-1]
    return [Experiment(
        name="fanout",
        title="Fan-out of 1080p30 JPEG over TCP",
        runs={name: lambda lab, look=look: figures({n: look(lab, n) for n in crowds})
              for name, look in {"framewire": ours, "ffmpeg": _ffmpeg, "GStreamer": _gstreamer}.items()},
        metrics=[
            Metric("each", "us a picture and viewer", better="less", title="CPU", goals=[Goal(BEST, at_most=0.5)]),
            *(Metric(f"cpu{n}", "% of a core", better="less", title=f"CPU at {n}") for n in crowds),
            *(Metric(f"p99-{n}", "ms", better="less", title=f"99 % latency at {n}") for n in crowds),
            Metric("lost", "%", better="less", title=f"lost at {most}"),
            Metric("encoded", "a picture", better="less", title=f"times encoded at {most}", goals=[Goal(None, at_most=1)]),
        ],
        commands=COMMANDS,
        notes=NOTES.format(most=most),
    )]


def figures(seen: Mapping[int, dict]) -> dict[str, float]:
    """Turns what the crowds saw, by their size, into the metrics."""
    few, many = seen[min(seen)], seen[max(seen)]
    extra = many["delivered"] / many["frames"] - few["delivered"] / few["frames"]  # viewers that really got each picture
    values = {
        "each": 1e6 * (many["cpu"] / many["frames"] - few["cpu"] / few["frames"]) / extra,
        "lost": 100 * many["lost"] / (many["lost"] + many["delivered"]),
    }
    for n, s in seen.items():
        values |= {f"cpu{n}": 100 * s["cpu"] / s["seconds"], f"p99-{n}": s["p99"]}
    return values | ({"encoded": many["encoded"]} if "encoded" in many else {})


# Each of the following shows one source to so many viewers and gives what marker says of them.


def ours(lab: Lab, viewers: int) -> dict:
    port = lab.port()
    sender = lab.framewire("sender", f"source: {{type: testpattern, size: 1920x1080, fps: {FPS}}}\nencoder: {{type: jpeg, quality: 80}}\n"
                                     f"send: {{type: tcp, listen: '127.0.0.1:{port}'}}\n")
    lab.listening(port, sender)
    seen = _seen(marker(lab, "viewers", "-n", viewers, "-dial", f"127.0.0.1:{port}", "-for", WATCH, "-pid", sender.pid), sender)
    stages = {s["kind"]: s for s in lab.report("sender")["pipelines"]["sender"]["stages"]}
    return seen | {"encoded": stages["encoder"]["frames_out"] / stages["source"]["frames_out"]}


def _ffmpeg(lab: Lab, viewers: int) -> dict:
    port = lab.port()
    crowd: list[Program] = []

    def gather(sender: Program) -> None:
        crowd.append(marker(lab, "viewers", "-n", viewers, "-listen", f"127.0.0.1:{port}", "-protocol", "jpeg", "-for", WATCH,
                            "-pid", sender.pid, "-stamps", "stamps"))
        lab.listening(port, crowd[0])

    tee = "|".join([f"[f=mjpeg:flush_packets=1]tcp://127.0.0.1:{port}?tcp_nodelay=1"] * viewers)
    running = feed(lab, lambda stdin: lab.start("ffmpeg", "-v", "error", *RAW_I420, "-framerate", FPS, "-i", "pipe:", *LIVE_ENCODER, *SLICES,
                                                "-map", "0:v", "-f", "tee", tee, stdin=stdin),
                   FPS, 0, ready=gather)
    return _seen(crowd[0], *running)


def _gstreamer(lab: Lab, viewers: int) -> dict:
    port = lab.port()
    feeder, sender = feed(lab, lambda stdin: gstreamer(lab, GSTREAMER.format(port), stdin=stdin), FPS, 0)
    lab.listening(port, sender)
    return _seen(marker(lab, "viewers", "-n", viewers, "-dial", f"127.0.0.1:{port}", "-protocol", "jpeg", "-for", WATCH,
                        "-pid", sender.pid, "-stamps", "stamps"), feeder, sender)


def _seen(crowd: Program, *others: Program) -> dict:
    """Waits for the crowd, and then ends the others."""
    seen = json.loads(crowd.wait(SETUP).out)
    for program in others:
        program.stop()
    if seen["delivered"] < LEAST * (seen["delivered"] + seen["lost"]):
        raise Fault(f"{seen['delivered']} pictures reached {seen['viewers']} viewers and {seen['lost']} did not")
    return seen
