"""Recorded traffic as people look at it: in a table, read through, byte by byte.

What stands here computes, and returns data: lines of styled pieces, or plain values. The command
line and the report print it; neither a terminal nor a browser is known here.
"""
