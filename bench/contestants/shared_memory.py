"""Byte histogram and line count as Python does them: multiprocessing with shared_memory and numpy.

    shared_memory.py histogram|lines PATH PROCESSES

The file is read into shared memory once, and the processes stay alive. The program answers each line of input with a line of JSON:
the milliseconds that it took, and the answer. Pieces of 1 MiB keep numpy's intermediate arrays in the processor's cache.
"""

import json
import os
import sys
import time
from multiprocessing import get_context, shared_memory

import numpy

PIECE = 1 << 20


def attach(name, length):
    global memory, data
    memory = shared_memory.SharedMemory(name)
    data = numpy.frombuffer(memory.buf, numpy.uint8, length)


def histogram(bounds):
    counts = numpy.zeros(256, numpy.int64)
    for start in range(*bounds, PIECE):
        counts += numpy.bincount(data[start : min(start + PIECE, bounds[1])], minlength=256)
    return counts


def lines(bounds):
    return sum(
        int(numpy.count_nonzero(data[start : min(start + PIECE, bounds[1])] == 10))
        for start in range(*bounds, PIECE)
    )


def main(job, path, processes):
    length = os.path.getsize(path)
    shared = shared_memory.SharedMemory(create=True, size=length)
    try:
        with open(path, "rb") as file:
            file.readinto(shared.buf[:length])
        edges = [length * i // processes for i in range(processes + 1)]
        bounds = list(zip(edges, edges[1:]))
        # Forked: the resource tracker is shared, and would otherwise warn of memory that others let go.
        with get_context("fork").Pool(processes, attach, (shared.name, length)) as pool:
            print(json.dumps({"ready": True}), flush=True)
            for _ in sys.stdin:
                begun = time.perf_counter()
                total = sum(pool.map(job, bounds, chunksize=1))
                ms = (time.perf_counter() - begun) * 1000
                answer = total.tolist() if isinstance(total, numpy.ndarray) else total
                print(json.dumps({"ms": ms, "answer": answer}), flush=True)
    finally:
        shared.close()
        shared.unlink()


if __name__ == "__main__":
    main({"histogram": histogram, "lines": lines}[sys.argv[1]], sys.argv[2], int(sys.argv[3]))
