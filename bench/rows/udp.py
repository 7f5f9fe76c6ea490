"""UDP: a Motion JPEG clip over loopback as fast as it goes, of which only frames count that arrive whole."""
from __future__ import annotations

import json
import signal

from harness import Experiment, Fault, Goal, Lab, Metric, Pair
from harness.chain import NULL, chain
from harness.peers import gstreamer, gstreamer_sizes
from harness.pictures import same_packets, scans

FRAMES = (6000, 2400, 90)
IPERF_SECONDS = (4, 2, 1)
CHECKED = 60  # frames that are compared byte for byte
DATAGRAM = 1372  # bytes, as an mtu of 1400 leaves them to UDP over IPv4
RTP_HEADERS = 20  # bytes of each datagram: 12 of RTP and 8 of RFC 2435
RTP_CAPS = "application/x-rtp,media=video,encoding-name=JPEG,payload=26,clock-rate=90000"
BUFFER = 8 << 20  # bytes, of GStreamer's receiving socket, as far as the system grants them
GBIT = 1e9 / 8  # bytes
NOTES = f"""Datagrams of {DATAGRAM} bytes. Framewire delivers every frame, as a clip asks it to; GStreamer and iperf3 lose what the receiver
does not take in time, and frames that lack a packet do not count."""


def experiments(lab: Lab) -> list[Experiment]:
    goals = [Goal("GStreamer", at_least=1.5), Goal("iperf3", at_least=0.8),
             Goal("GStreamer", at_least=1.5, of="framewire with secret"), Goal("iperf3", at_least=0.8, of="framewire with secret")]
    return [Experiment(
        name="udp",
        title="1080p JPEG over UDP at full speed",
        runs={"framewire": _ours, "framewire with secret": lambda lab: _ours(lab, secret=True), "iperf3": _iperf3, "GStreamer": _gstreamer},
        checks={"framewire": _check_ours, "framewire with secret": lambda lab: _check_ours(lab, secret=True), "GStreamer": _check_gstreamer},
        metrics=[Metric("gbit", "Gbit/s", goals=goals), Metric("packets", "packets/s"),
                 Metric("cpu", "CPU s per Gbit", better="less", title="both ends")],
        notes=NOTES,
    )]


def _figures(size: int, packets: float, seconds: float, cpu: float) -> dict[str, float]:
    """size is of all that arrived, in bytes, without headers."""
    return {"gbit": size / GBIT / seconds, "packets": packets / seconds, "cpu": cpu / (size / GBIT)}


def _play(lab: Lab, frames: int, sink: str, secret: bool) -> Pair:
    clip = lab.clip("mjpeg", frames)
    return chain(lab, f"{{type: file, path: {clip}, pace: fast}}", sink, frames, transport="udp", secret=secret)


def _ours(lab: Lab, secret: bool = False) -> dict[str, float]:
    pair = _play(lab, lab.pick(*FRAMES), NULL, secret)
    receive = lab.report("receiver")["pipelines"]["receiver"]["stages"][0]
    return _figures(receive["bytes_out"], receive["bytes_in"] / DATAGRAM, pair.seconds, pair.cpu)


def _check_ours(lab: Lab, secret: bool = False) -> None:
    """A recording of what arrives must have the clip's packets."""
    out = lab.dir / "udp.mkv"
    _play(lab, CHECKED, f"{{type: file, path: {out}}}", secret)
    same_packets(lab, lab.clip("mjpeg", CHECKED), out)
    out.unlink()


def _iperf3(lab: Lab) -> dict[str, float]:
    pair = lab.pair(lambda port: lab.start("iperf3", "-s", "-1", "-B", "127.0.0.1", "-p", port),
                    lambda port: lab.start("iperf3", "-c", "127.0.0.1", "-p", port, "-u", "-b", 0, "-l", DATAGRAM, "-t", lab.pick(*IPERF_SECONDS), "-J"))
    total = json.loads(pair.dialler.out)["end"]["sum"]
    packets = total["packets"] - total["lost_packets"]
    return _figures(packets * DATAGRAM, packets, total["seconds"], pair.cpu)


def _rtp(lab: Lab, frames: int, sink: str) -> Pair:
    """Plays a clip through GStreamer, which drops what it cannot take."""
    clip, port = lab.clip("mjpeg", frames), lab.port()
    receiver = gstreamer(lab, f"udpsrc address=127.0.0.1 port={port} buffer-size={BUFFER} caps={RTP_CAPS} ! rtpjpegdepay ! {sink}", verbose=True)
    lab.listening(port, receiver, udp=True)
    sender = gstreamer(lab, f"filesrc location={clip} ! matroskademux ! jpegparse ! rtpjpegpay mtu={DATAGRAM} ! udpsink host=127.0.0.1 port={port} sync=false")
    sent = sender.wait()
    lab.drained(port)
    return Pair(receiver.stop(signal.SIGINT), sent)


def _gstreamer(lab: Lab) -> dict[str, float]:
    pair = _rtp(lab, lab.pick(*FRAMES), "fakesink sync=false silent=false")
    sizes = gstreamer_sizes(pair.listener.out)
    if not sizes:
        raise Fault("no frame arrived")
    size = sum(sizes)
    return _figures(size, size / (DATAGRAM - RTP_HEADERS), pair.seconds, pair.cpu)


def _check_gstreamer(lab: Lab) -> None:
    """What comes out of the receiver must be whole images of the clip; those that were lost are not missed."""
    out = lab.dir / "udp.mjpeg"
    _rtp(lab, CHECKED, f"filesink location={out}")
    lab.run("ffmpeg", "-v", "error", "-i", lab.clip("mjpeg", CHECKED), "-c", "copy", "-f", "mjpeg", lab.dir / "sent.mjpeg")
    sent, arrived = (scans((lab.dir / name).read_bytes()) for name in ("sent.mjpeg", "udp.mjpeg"))
    if not arrived or not set(arrived) <= set(sent):
        raise Fault(f"of {len(arrived)} frames {len(set(arrived) - set(sent))} are not as they were sent")
