"""The seam: how bytes get in and out of a connection.

``base`` states the contract, ``recorder`` and ``player`` are state machines without any input or
output, ``sockets`` dresses them as a socket, ``scripted`` is a transport for tests.
"""
