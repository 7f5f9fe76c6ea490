"""Ports on this machine: free ones, and who listens, without connecting to anything."""
from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

LISTEN = "0A"  # TCP_LISTEN in /proc/net/tcp


def free_port() -> int:
    """Finds a port of 127.0.0.1 that is free for TCP and for UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def is_bound(port: int, udp: bool) -> bool:
    """Whether somebody listens on that TCP port, or has bound that UDP port, at any address."""
    names = ("udp", "udp6") if udp else ("tcp", "tcp6")
    return any(line.state == LISTEN or udp for name in names for line in sockets(_table(name)) if line.port == port)


def unread(port: int) -> int:
    """Gives how many bytes of memory the datagrams take that nobody has read from that UDP port yet."""
    return sum(line.unread for name in ("udp", "udp6") for line in sockets(_table(name)) if line.port == port)


def _table(name: str) -> str:
    path = Path("/proc/net") / name
    return path.read_text() if path.exists() else ""


@dataclass(frozen=True)
class Socket:
    """A line of /proc/net/tcp or /proc/net/udp: local port, state in hexadecimal, bytes that were not read."""

    port: int
    state: str
    unread: int


def sockets(table: str) -> list[Socket]:
    """Parses what /proc/net/tcp, /proc/net/udp and their siblings for IPv6 hold (proc(5))."""
    lines = (line.split() for line in table.splitlines()[1:])
    return [Socket(int(f[1].rsplit(":", 1)[1], 16), f[3], int(f[4].split(":")[1], 16)) for f in lines]
