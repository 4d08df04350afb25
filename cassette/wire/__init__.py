"""HTTP/1.1 on the wire, without any input or output.

Bytes in, facts out. Nothing here opens a socket, a file or a thread, and nothing here knows
whether a message is live, being recorded or being played.
"""
