# SYNs to a closed port by scapy: srp() on prebuilt frames, in batches; prints what came of it as JSON.
# python3 scapy-peer.py INTERFACE SOURCE DESTINATION PORT COUNT WINDOW
import json
import sys
import time

from scapy.all import IP, TCP, Ether, conf, getmacbyip, srp

conf.verb = 0
interface, source, destination, port, count, window = sys.argv[1:]
conf.iface = interface
there = getmacbyip(destination)
frames = [
    Ether(dst=there) / IP(src=source, dst=destination) / TCP(sport=1024 + index, dport=int(port), seq=index)
    for index in range(int(count))
]
for frame in frames:
    bytes(frame)
answered, seconds = 0, 0.0
for at in range(0, len(frames), int(window)):
    begun = time.time()
    got, _ = srp(frames[at : at + int(window)], iface=interface, timeout=1, verbose=0)
    answered += len(got)
    # Its patience with the last of a batch is not counted.
    seconds += max((answer.time for _, answer in got), default=begun) - begun
print(json.dumps({"sent": len(frames), "answered": answered, "seconds": float(seconds)}))
