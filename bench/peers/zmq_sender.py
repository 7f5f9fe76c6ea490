#!/usr/bin/python3
"""ZeroMQ, sending half, as imagezmq does it: REQ, a header of JSON and the picture's bytes, and a reply for each.

The clip's first picture is decoded before it connects and sent FRAMES times.
"""
import sys

import cv2
import zmq


def main():
    clip, port, frames = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    _, picture = cv2.VideoCapture(clip).read()
    link = zmq.Context().socket(zmq.REQ)
    link.connect(f"tcp://127.0.0.1:{port}")
    for _ in range(frames):
        link.send_json({"dtype": str(picture.dtype), "shape": picture.shape}, zmq.SNDMORE)
        link.send(picture, copy=False)
        link.recv()
    link.send_json({"end": True})
    link.recv()


main()
