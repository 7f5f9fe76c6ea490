#!/usr/bin/python3
"""The usual script, sending half: OpenCV pictures, pickled, behind an 8-byte length, with sendall.

It listens, serves one receiver and ends. With --jpeg the pickle holds what cv2.imencode made of the picture;
with --preload N the first N pictures are decoded before it listens and sent again and again. With --raw the
pictures come as BGR on standard input, in place of a camera, and the clip is not opened.
"""
import argparse
import itertools
import pickle
import socket
import struct
import sys
import time

import cv2
import numpy


def pictures(path):
    """Decodes a clip, picture by picture."""
    video = cv2.VideoCapture(path)
    while True:
        ok, picture = video.read()
        if not ok:
            return
        yield picture


def camera(size):
    """Takes raw pictures as they come."""
    width, height = map(int, size.split("x"))
    while True:
        picture = numpy.empty((height, width, 3), numpy.uint8)
        if sys.stdin.buffer.readinto(picture) < picture.nbytes:
            return
        yield picture


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip")
    parser.add_argument("port", type=int)
    parser.add_argument("--frames", type=int, help="end after so many (default: at the clip's end)")
    parser.add_argument("--jpeg", type=int, metavar="QUALITY")
    parser.add_argument("--preload", type=int, metavar="N")
    parser.add_argument("--raw", metavar="WxH")
    parser.add_argument("--rate", type=float, help="pictures a second (default: as many as go)")
    args = parser.parse_args()
    source = camera(args.raw) if args.raw else pictures(args.clip)
    if args.preload:
        source = itertools.cycle(list(itertools.islice(source, args.preload)))
    listener = socket.create_server(("127.0.0.1", args.port))
    peer, _ = listener.accept()
    due = time.monotonic()
    for picture in itertools.islice(source, args.frames):
        if args.rate:
            due += 1 / args.rate
            time.sleep(max(0, due - time.monotonic()))
        if args.jpeg:
            _, picture = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, args.jpeg])
        data = pickle.dumps(picture)
        peer.sendall(struct.pack("Q", len(data)) + data)


main()
