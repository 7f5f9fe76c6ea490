"""Growth: what more pixels, more viewers and more pipelines in a process cost. Straight lines are what is wanted."""
from __future__ import annotations

import time
from typing import Mapping, Sequence

from harness import Fault, Lab, Metric, Spread, Sweep, Verdict
from harness.figures import verdict
from harness.marker import latencies, run
from rows import fanout

SIZES = {"VGA": (640, 480), "720p": (1280, 720), "1080p": (1920, 1080), "1440p": (2560, 1440), "2160p": (3840, 2160), "4320p": (7680, 4320)}
MEGAPIXELS = {round(w * h / 1e6, 2): (name, f"{w}x{h}") for name, (w, h) in SIZES.items()}
# Megapixels that a run at full speed has together, in a full, a quick and a smoke run, and how many frames at least and most.
WORK = {"jpeg": (400, 200, 20), "raw": (1200, 600, 60)}
LEAST, MOST = 40, 600
LIVE = (5, 8)  # frames a second and frames of a run at leisure, for the latency
MAX_FRAME = "128MiB"  # 4320p in BGR has 95 MiB
VIEWERS = (1, 25, 50, 100, 200, 300)
PIPELINES = (1, 4, 8, 16, 32, 64)
PIPELINE_FPS = 30
SETTLE, WATCH = 1.0, 1.5  # seconds before pipelines are looked at, and that they are
BEND = 1.3  # most that a point may have above the line through those before it
LINE = 3  # points that such a line needs


def experiments(lab: Lab) -> list[Sweep]:
    return [*(_sizes(codec) for codec in WORK), _viewers(), _pipelines()]


def _sizes(codec: str) -> Sweep:
    return Sweep(
        name=f"growth-{codec}",
        title=f"Growth with the picture: test pattern, {codec}, TCP, pixels",
        xlabel="megapixels",
        points=list(MEGAPIXELS),
        labels=[f"{name} ({mp:g})" for mp, (name, _) in MEGAPIXELS.items()],
        run=lambda lab, mp: _size(lab, codec, mp),
        metrics=[Metric("fps", "frames/s"), Metric("each", "ms", better="less", title="time a frame"),
                 Metric("p50", "ms", better="less", title="median latency")],
        judge=lambda medians: [straight(medians, "each", "time a frame", "megapixels"), straight(medians, "p50", "latency", "megapixels")],
        log=True,
    )


def _size(lab: Lab, codec: str, megapixels: float) -> Mapping[str, float]:
    """Plays pictures of that size at full speed, and some at leisure."""
    size = MEGAPIXELS[megapixels][1]
    frames = int(min(max(lab.pick(*WORK[codec]) / megapixels, LEAST), MOST))
    fast = _play(lab, f"{{type: testpattern, size: {size}, pace: fast, frames: {frames}}}", codec)
    if fast["lost"]:
        raise Fault(f"{fast['lost']} of {frames} frames did not arrive")
    rate, count = LIVE
    live = _play(lab, f"{{type: testpattern, size: {size}, fps: {rate}, frames: {count}}}", codec)
    return {"fps": fast["rate"], "each": 1000 / fast["rate"], "p50": live["p50"]}


def _play(lab: Lab, source: str, codec: str) -> Mapping[str, float]:
    port = lab.port()
    receiver = run(lab, "receiver", f"receive: {{type: tcp, listen: '127.0.0.1:{port}', max_frame: {MAX_FRAME}}}\n"
                                    "sinks: [{type: marker, path: seen.json}]\n")
    lab.listening(port, receiver)
    lab.framewire("sender", f"source: {source}\nencoder: {{type: {codec}}}\n"
                            f"send: {{type: tcp, dial: '127.0.0.1:{port}', max_frame: {MAX_FRAME}}}\n").wait()
    receiver.wait()
    return latencies(lab, (lab.dir / "seen.json").read_text())


def _viewers() -> Sweep:
    return Sweep(
        name="growth-viewers",
        title="Growth with viewers: 1080p30 JPEG, TCP",
        xlabel="viewers",
        points=VIEWERS,
        run=_crowd,
        metrics=[Metric("cpu", "% of a core", better="less", title="sender's CPU"), Metric("p50", "ms", better="less", title="median latency of the last viewer"),
                 Metric("lost", "%", better="less", title="lost")],
        judge=lambda medians: [straight(medians, "cpu", "CPU", "viewers"), straight(medians, "p50", "latency", "viewers")],
    )


def _crowd(lab: Lab, viewers: float) -> Mapping[str, float]:
    seen = fanout.ours(lab, int(viewers))
    return {"cpu": 100 * seen["cpu"] / seen["seconds"], "p50": seen["p50"], "lost": 100 * seen["lost"] / (seen["lost"] + seen["delivered"])}


def _pipelines() -> Sweep:
    return Sweep(
        name="growth-pipelines",
        title=f"Growth with pipelines in a process: each 320x240 at {PIPELINE_FPS} frames/s, JPEG, TCP, pixels",
        xlabel="pipelines",
        points=PIPELINES,
        run=_side_by_side,
        metrics=[Metric("fps", "frames/s", title="all together"), Metric("cpu", "% of a core", better="less", title="CPU of both processes"),
                 Metric("rss", "MB", better="less", title="memory of both processes"), Metric("p50", "ms", better="less", title="median latency of the slowest")],
        judge=lambda medians: [straight(medians, name, words, "pipelines") for name, words in (("cpu", "CPU"), ("rss", "memory"), ("p50", "latency"))],
    )


def _side_by_side(lab: Lab, pipelines: float) -> Mapping[str, float]:
    """Runs so many pipelines in one sender and one receiver."""
    ports = [lab.port() for _ in range(int(pipelines))]
    receiver = lab.framewire("receiver", "pipelines:\n" + "".join(
        f"  p{i}: {{receive: {{type: tcp, listen: '127.0.0.1:{port}'}}, sinks: [{{type: 'null', decode: true}}]}}\n" for i, port in enumerate(ports)))
    for port in ports:
        lab.listening(port, receiver)
    sender = lab.framewire("sender", "pipelines:\n" + "".join(
        f"  p{i}: {{source: {{type: testpattern, size: 320x240, fps: {PIPELINE_FPS}}}, encoder: {{type: jpeg}},"
        f" send: {{type: tcp, dial: '127.0.0.1:{port}'}}}}\n" for i, port in enumerate(ports)))
    time.sleep(SETTLE)
    before, began = sender.cpu() + receiver.cpu(), time.perf_counter()
    time.sleep(WATCH)
    cpu, took = sender.cpu() + receiver.cpu() - before, time.perf_counter() - began
    rss = sender.rss() + receiver.rss()
    sender.stop()
    receiver.stop()
    sent, arrived = lab.frames("sender", "send"), lab.frames("receiver")
    if not 0 < sent <= 1.1 * arrived:
        raise Fault(f"{arrived} of {sent} frames arrived")
    reports = lab.report("receiver")
    slowest = max(p["latency_ms"]["p50"] for p in reports["pipelines"].values())
    return {"fps": arrived / reports["seconds"], "cpu": 100 * cpu / took, "rss": rss / 1e6, "p50": slowest}


def straight(medians: Mapping[float, Mapping[str, float]], name: str, words: str, unit: str) -> Verdict:
    """Judges whether a figure grows on a straight line: no point may lie much above the line through those before it. Says where
    it bends most."""
    points = [(x, m[name]) for x, m in sorted(medians.items()) if name in m]
    bends = [(y / line(points[:i], x), x) for i, (x, y) in enumerate(points) if i >= LINE]
    worst, where = max(bends, default=(1.0, 0))
    of = f"{words} above its line" + (f", most at {where:g} {unit}" if bends else "")
    judged = verdict(f"at most {BEND:g}", Spread(worst, worst, worst), None, BEND)
    return Verdict(judged.goal, judged.value, judged.reached, judged.missed_by, of)


def line(points: Sequence[tuple[float, float]], x: float) -> float:
    """Gives the value at x of the straight line through points whose values are above zero, by least squares of the
    relative distances, and never less than the last of them: what grows does not shrink again."""
    sums = [0.0] * 5
    for px, py in points:
        w = 1 / py**2
        for i, term in enumerate((w, w * px, w * px * px, w * py, w * px * py)):
            sums[i] += term
    sw, sx, sxx, sy, sxy = sums
    slope = (sw * sxy - sx * sy) / (sw * sxx - sx * sx)
    return max((sy - slope * sx) / sw + slope * x, points[-1][1])
