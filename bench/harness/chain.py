"""Our own chain in two processes, as nearly every row runs it: a receiver that listens and a sender that dials it."""
from __future__ import annotations

from .fault import Fault
from .lab import Lab, Pair
from .program import Program

NULL = "{type: 'null', decode: false}"
DECODED = "{type: 'null', decode: true}"


def chain(lab: Lab, source: str, sink: str, frames: int, encoder: str = "", transport: str = "tcp",
          secret: bool = False, outputs: str = "") -> Pair:
    """Runs source, encoder and sink, each a flow mapping of YAML, over loopback, and raises a Fault unless exactly
    that many frames reached the sink. outputs are further sinks of the sender; with secret everything is encrypted."""
    env = {"FRAMEWIRE_SECRET": lab.run(lab.bin, "secret").out.strip()} if secret else None
    sealed = ", secret: '${FRAMEWIRE_SECRET}'" if secret else ""

    def end(does: str, port: int) -> str:
        return f"{{type: {transport}, {does}: '127.0.0.1:{port}'{sealed}}}"

    def receiver(port: int) -> Program:
        return lab.framewire("receiver", f"receive: {end('listen', port)}\nsinks: [{sink}]\n", env=env)

    def sender(port: int) -> Program:
        stages = {"source": source, "encoder": encoder, "send": end("dial", port), "sinks": outputs and f"[{outputs}]"}
        return lab.framewire("sender", "".join(f"{stage}: {text}\n" for stage, text in stages.items() if text), env=env)

    pair = lab.pair(receiver, sender, udp=transport == "udp")
    if (arrived := lab.frames("receiver")) != frames:
        raise Fault(f"{arrived} of {frames} frames arrived")
    return pair
