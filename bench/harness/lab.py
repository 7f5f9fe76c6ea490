"""The place where experiments happen: a temporary folder, free ports, clips, and every process that was started."""
from __future__ import annotations

import json
import os
import shlex
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Callable, Mapping

from . import clips
from .fault import Fault
from .ports import free_port, is_bound, unread
from .program import Program, Result

FRAMEWIRE = "framewire"  # our runs are named by it, as in "framewire" and "framewire with secret"
SHOWN = 800  # characters of a command, beyond which its middle is left out
POLL = 0.002  # seconds between two looks at the sockets


@dataclass(frozen=True)
class Pair:
    """Two programs that have ended, one of which listened before the other one was started.

    seconds counts from the start of the one that dialled to the end of the last; cpu is of both together, in
    seconds, with their starts.
    """

    listener: Result
    dialler: Result

    @property
    def seconds(self) -> float:
        return max(self.listener.ended, self.dialler.ended) - self.dialler.started

    @property
    def cpu(self) -> float:
        return self.listener.cpu + self.dialler.cpu


class Lab:
    """Use it with `with`: at the end, also after ^C, every process is ended by its id and the folder removed."""

    def __init__(self, root: Path, rounds: int = 5, quick: bool = False, smoke: bool = False):
        """root is the checkout. quick asks the rows for fewer frames, smoke for just enough to see that all works."""
        self.root = root
        self.bin = root / "bin" / "framewire"
        self.peers = root / "bench" / "peers"
        self.rounds = rounds
        self.quick = quick
        self.smoke = smoke
        self.dir = Path(tempfile.mkdtemp(prefix="framewire-bench-"))
        self.commands: list[str] = []  # what was started, as a reader would type it, since perform last emptied it
        self._programs: list[Program] = []
        self._ports: set[int] = set()
        self._env = {k: v for k, v in os.environ.items() if not k.startswith("FRAMEWIRE_")} | {"LC_ALL": "C.UTF-8"}

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *_) -> None:
        self.stop_all()
        shutil.rmtree(self.dir, ignore_errors=True)

    def stop_all(self) -> None:
        """Ends every process that still runs, and forgets all of them."""
        for program in self._programs:
            program.kill()
        self._programs.clear()

    def pick(self, full: int, quick: int, smoke: int) -> int:
        """Gives the number, of frames usually, that suits this kind of run."""
        return smoke if self.smoke else quick if self.quick else full

    def port(self) -> int:
        """Gives a port of 127.0.0.1 that is free for TCP and UDP and was not given before."""
        while (port := free_port()) in self._ports:
            pass
        self._ports.add(port)
        return port

    def clip(self, kind: str, frames: int, rate: int = 30, size: str = "1920x1080") -> Path:
        """Gives a clip of ffmpeg's testsrc2, made at the first call. Kinds are those of clips.ENCODERS:
        "h264" (.mp4, x264's defaults) and "mjpeg" (.mkv, quality 4, some 105 KB a frame at 1080p)."""
        return clips.make(self, kind, frames, rate, size)

    def start(self, *argv: object, stdin: int | IO | None = None, stdout: int | IO | None = None,
              env: Mapping[str, str] | None = None) -> Program:
        """Starts a program in the lab's folder, with env added to the environment, and notes the command for the reader."""
        self.commands.append(self._typed(argv, env))
        return self._start(argv, stdin, stdout, env)

    def _typed(self, argv: tuple[object, ...], env: Mapping[str, str] | None = None) -> str:
        """Writes a command without the places where this run keeps its files and without what its variables hold."""
        words = " ".join([*(f"{name}=..." for name in env or {}), shlex.join(map(str, argv))])
        words = words.replace(f"{self.dir}/", "").replace(f"{self.root}/", "")
        return words if len(words) <= SHOWN else f"{words[:SHOWN // 2]} ... {words[-SHOWN // 2:]}"

    def _start(self, argv: tuple[object, ...], stdin: int | IO | None = None, stdout: int | IO | None = None,
               env: Mapping[str, str] | None = None) -> Program:
        log = self.dir / f"log{len(self._programs)}-{time.monotonic_ns()}"
        program = Program([str(a) for a in argv], self.dir, log, self._env | dict(env or {}), stdin, stdout)
        self._programs.append(program)
        return program

    def run(self, *argv: object, timeout: float = 120, env: Mapping[str, str] | None = None) -> Result:
        """Runs a tool to its end, such as one that makes a clip or counts its frames. The reader is not told."""
        return self._start(argv, env=env).wait(timeout)

    def script(self, name: str, *args: object, **kwargs) -> Program:
        """Starts one of bench/peers's Python scripts with the interpreter that Debian's OpenCV belongs to."""
        return self.start("/usr/bin/python3", self.peers / name, *args, **kwargs)

    def framewire(self, name: str, text: str, *flags: str, env: Mapping[str, str] | None = None) -> Program:
        """Runs the configuration in text, which is written to NAME.yaml; its report goes to NAME.json."""
        (self.dir / f"{name}.yaml").write_text(text)
        shown = "".join(f"\n    {line}" for line in text.splitlines()).replace(f"{self.dir}/", "")
        self.commands.append(self._typed(("framewire", "run", *flags, f"{name}.yaml"), env) + shown)
        argv = (self.bin, "run", "--log-level", "error", "--no-status", "--report", f"{name}.json", *flags, f"{name}.yaml")
        return self._start(argv, env=env)

    def report(self, name: str) -> dict:
        """Gives what the program that ran NAME.yaml reported at its end."""
        return json.loads((self.dir / f"{name}.json").read_text())

    def frames(self, name: str, kind: str = "sink") -> int:
        """Counts the frames that went into the stages of that kind, of all pipelines of NAME's report."""
        pipelines = self.report(name)["pipelines"].values()
        return sum(stage["frames_in"] for p in pipelines for stage in p["stages"] if stage["kind"] == kind)

    def listening(self, port: int, by: Program | None = None, udp: bool = False, timeout: float = 20) -> None:
        """Waits until somebody listens on a port, without connecting. by is who should; when it ends instead, that is a Fault."""
        deadline = time.monotonic() + timeout
        while not is_bound(port, udp):
            if by is not None and not by.running:
                by.wait()
                raise by.fault(f"ended before it listened on port {port}")
            if time.monotonic() > deadline:
                raise Fault(f"nobody listens on port {port} after {timeout:.0f} s")
            time.sleep(POLL)

    def drained(self, port: int, timeout: float = 20) -> None:
        """Waits until everything was read that has come to a UDP port."""
        deadline = time.monotonic() + timeout
        while unread(port):
            if time.monotonic() > deadline:
                raise Fault(f"nobody reads what comes to port {port}")
            time.sleep(POLL)

    def pair(self, listen: Callable[[int], Program], dial: Callable[[int], Program], udp: bool = False,
             timeout: float = 120) -> Pair:
        """Runs two programs to their ends. Each function starts one, given the port; the second is called when the
        first one's program listens, and that wait is charged to nobody."""
        port = self.port()
        listener = listen(port)
        self.listening(port, listener, udp)
        dialler = dial(port)
        try:
            second = dialler.wait(timeout)
        except Fault as fault:
            if not listener.running:
                listener.wait()  # its own fault is the cause more often than not
            raise fault
        return Pair(listener.wait(timeout), second)
