#!/usr/bin/python3
"""ZeroMQ, receiving half: REP, which makes an array of each picture and replies. Prints how many there were.

With a folder as second argument it writes each picture there as PNG.
"""
import sys

import cv2
import numpy
import zmq


def main():
    port, folder = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None
    link = zmq.Context().socket(zmq.REP)
    link.bind(f"tcp://127.0.0.1:{port}")
    count = 0
    while "end" not in (header := link.recv_json()):
        data = link.recv(copy=False)
        picture = numpy.frombuffer(data.buffer, header["dtype"]).reshape(header["shape"])
        link.send(b"OK")
        count += 1
        if folder:
            cv2.imwrite(f"{folder}/{count:06}.png", picture)
    link.send(b"OK")
    print(count)


main()
