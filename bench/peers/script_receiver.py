#!/usr/bin/python3
"""The usual script, receiving half: recv of 4 KiB, appended to what is there, until length and pickle are whole.

It connects to 127.0.0.1, takes pictures until the sender closes and prints how many there were. With --jpeg it
decodes each, with --save DIR it writes each there as PNG, and with --rows N it writes the upper N rows of each to
standard output as BGR in place of the count.
"""
import argparse
import pickle
import socket
import struct
import sys

import cv2

PIECE = 4096
LENGTH = struct.calcsize("Q")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--jpeg", action="store_true")
    parser.add_argument("--save", metavar="DIR")
    parser.add_argument("--rows", type=int, default=0, metavar="N")
    args = parser.parse_args()
    peer = socket.create_connection(("127.0.0.1", args.port))
    data, count = b"", 0
    while True:
        while len(data) < LENGTH:
            piece = peer.recv(PIECE)
            if not piece:
                if not args.rows:
                    print(count)
                return
            data += piece
        size = struct.unpack("Q", data[:LENGTH])[0]
        data = data[LENGTH:]
        while len(data) < size:
            piece = peer.recv(PIECE)
            if not piece:
                raise SystemExit("the sender closed within a picture")
            data += piece
        picture = pickle.loads(data[:size])
        data = data[size:]
        if args.jpeg:
            picture = cv2.imdecode(picture, cv2.IMREAD_COLOR)
        count += 1
        if args.rows:
            sys.stdout.buffer.write(picture[: args.rows])
            sys.stdout.buffer.flush()
        if args.save:
            cv2.imwrite(f"{args.save}/{count:06}.png", picture)


main()
