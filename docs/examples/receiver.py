"""Receive Framewire frames over TCP: see docs/wire-format.md.

For senders without a secret: on this machine, or with `insecure: true`.
"""
import argparse, os, socket, struct, sys, threading, time

MAGIC = b"\x89FWIRE\r\n"
VERSION = 2
MAX_FRAME = 64 << 20
FRAME, END, BYE, PING = 1, 2, 3, 4
TABLE = []
for n in range(256):  # CRC-32C, reflected polynomial 0x82F63B78
    for _ in range(8):
        n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
    TABLE.append(n)

def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF

def read(conn, n):
    data = bytearray()
    while len(data) < n:
        part = conn.recv(min(n - len(data), 1 << 20))
        if not part:
            sys.exit("connection lost")
        data += part
    return bytes(data)

def ping(conn):
    while True:
        fixed = struct.pack(">BBHI", PING, 0, 8, 0)
        now = struct.pack(">q", time.time_ns())
        try:
            conn.sendall(fixed + struct.pack(">I", crc32c(fixed + now)) + now)
        except OSError:
            return
        time.sleep(1)

def handshake(conn):
    conn.sendall(struct.pack(">8sHBBHHHHI", MAGIC, VERSION, 1, 2, 0, 8, 1, 4, MAX_FRAME))
    magic, version, kind, _, _, size = struct.unpack(">8sHBBHH", read(conn, 16))
    body = read(conn, size) if magic == MAGIC else b""
    if magic != MAGIC or kind != 1 or version != VERSION:
        sys.exit("refused: " + body.decode() if kind == 2 else f"this is not a framewire sender of version {VERSION}")

def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("address", help="HOST:PORT of a sender that listens")
    args.add_argument("--save", metavar="DIR", help="write each frame to a file there")
    args.add_argument("--verify", action="store_true", help="check each frame's CRC-32C (slow in pure Python)")
    args = args.parse_args()
    host, port = args.address.rsplit(":", 1)
    conn = socket.create_connection((host.strip("[]"), int(port)), timeout=5)
    handshake(conn)
    threading.Thread(target=ping, args=(conn,), daemon=True).start()
    while True:
        header = read(conn, 12)
        kind, _, size, length, header_crc = struct.unpack(">BBHII", header)
        head = read(conn, size)
        if crc32c(header[:8] + head) != header_crc or length > MAX_FRAME:
            sys.exit("the stream is damaged")
        data = read(conn, length)
        data_crc = struct.unpack(">I", read(conn, 4))[0] if length else 0
        if kind in (END, BYE):
            sys.exit(0 if kind == END else "the sender stopped: " + data.decode())
        if kind != FRAME:
            continue
        if args.verify and crc32c(data) != data_crc:
            sys.exit("a frame is damaged")
        _, seq, _, _, codec, _, _, width, height, _, _, name = struct.unpack(">16sQqqHBBIIIHH", head[:60])
        print(seq, codec, f"{width}x{height}", length, head[60 : 60 + name].decode(errors="replace"), flush=True)
        if args.save:
            with open(os.path.join(args.save, f"{seq:06}" + (".jpg" if codec == 2 else ".raw")), "wb") as out:
                out.write(data)

main()
