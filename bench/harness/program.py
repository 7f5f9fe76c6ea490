"""A program under test: one process, with what it printed and what it cost."""
from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Mapping, Sequence

from .fault import Fault

STDERR_SHOWN = 1500  # characters of a failed program's stderr that a Fault quotes
TERM_PATIENCE = 3.0  # seconds until a program that was asked to end is killed
TICKS = os.sysconf("SC_CLK_TCK")  # of /proc/PID/stat, a second
PAGE = os.sysconf("SC_PAGE_SIZE")  # bytes


@dataclass(frozen=True)
class Result:
    """What an ended program cost and said.

    started and ended are time.perf_counter()'s; cpu is user and system time in seconds, with that of children it
    waited for.
    """

    started: float
    ended: float
    cpu: float
    out: str
    err: str

    @property
    def seconds(self) -> float:
        return self.ended - self.started


class Program:
    """One running process. Its output goes to files, so that it never waits for a reader."""

    def __init__(self, argv: Sequence[str], cwd: Path, log: Path, env: Mapping[str, str], stdin: int | IO | None = None,
                 stdout: int | IO | None = None):
        """Starts argv in cwd. log is a path whose .out and .err take what it prints; stdin defaults to nothing,
        and stdout, where it is given, goes there instead."""
        self.argv = [str(a) for a in argv]
        self._log = log
        with open(f"{log}.out", "wb") as out, open(f"{log}.err", "wb") as err:
            self.started = time.perf_counter()
            try:
                self._popen = subprocess.Popen(
                    self.argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL if stdin is None else stdin,
                    stdout=out if stdout is None else stdout, stderr=err, start_new_session=True)
            except OSError as e:
                raise Fault(f"{self.argv[0]} does not start: {e.strerror}") from e
        self.pid = self._popen.pid
        self._pidfd = os.pidfd_open(self.pid)
        self._ended: tuple[float, int, float] | None = None  # when, exit code, CPU seconds
        self._waiter = threading.Thread(target=self._reap, daemon=True)
        self._waiter.start()

    def _reap(self) -> None:
        """Takes the end of the process when it comes, so that its time is right whoever is waited for first."""
        _, status, used = os.wait4(self.pid, 0)
        ended = time.perf_counter()
        code = os.waitstatus_to_exitcode(status)
        self._popen.returncode = code  # it was waited for behind Popen's back
        self._ended = ended, code, used.ru_utime + used.ru_stime

    @property
    def name(self) -> str:
        return Path(self.argv[0]).name

    @property
    def running(self) -> bool:
        return self._waiter.is_alive()

    def output(self) -> str:
        """What the program has printed on stdout so far."""
        return Path(f"{self._log}.out").read_text(errors="replace")

    def wait(self, timeout: float = 120) -> Result:
        """Waits for the end of the process. A Fault is raised when it fails or takes more than timeout seconds."""
        self._waiter.join(timeout)
        if self._ended is None:
            self.kill()
            raise self.fault(f"did not end within {timeout:.0f} s")
        _, code, _ = self._ended
        if code:
            raise self.fault(f"ended with {code}" if code > 0 else f"was ended by signal {signal.Signals(-code).name}")
        return self._result()

    def stop(self, by: signal.Signals = signal.SIGTERM, patience: float = TERM_PATIENCE) -> Result:
        """Ends a process that does not end by itself, by a signal and, if that does not help within patience seconds, by SIGKILL.
        How it exits is not judged."""
        self._signal(by)
        self._waiter.join(patience)
        self.kill()
        return self._result()

    def kill(self) -> None:
        """Ends the process at once, if it is still there, and waits for that."""
        self._signal(signal.SIGKILL)
        self._waiter.join()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1

    def _signal(self, number: signal.Signals) -> None:
        if self._pidfd < 0:
            return
        try:
            signal.pidfd_send_signal(self._pidfd, number)
        except ProcessLookupError:
            pass

    def _result(self) -> Result:
        ended, _, cpu = self._ended
        self.kill()
        return Result(self.started, ended, cpu, self.output(), self._err())

    def _err(self) -> str:
        return Path(f"{self._log}.err").read_text(errors="replace")

    def fault(self, what: str) -> Fault:
        """Makes a Fault that names the program and shows the end of its stderr."""
        said = self._err().strip()[-STDERR_SHOWN:]
        return Fault(f"{' '.join(self.argv)[:300]}: {what}" + (f"\n{said}" if said else ""))

    def rss(self) -> int:
        """Resident memory now, in bytes."""
        return int(self._proc("statm").split()[1]) * PAGE

    def cpu(self) -> float:
        """User and system time that the process has used so far, in seconds, in steps of 10 ms."""
        fields = self._proc("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def _proc(self, name: str) -> str:
        try:
            return Path(f"/proc/{self.pid}/{name}").read_text()
        except OSError as e:
            raise self.fault("has ended too early") from e
