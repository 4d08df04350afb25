"""Traffic on one page: a file that needs no server and loads nothing.

What is shown is hostile: bodies, addresses and names come from servers. They reach the page as JSON
in an element that runs nothing, the script shows them as text, and the page's own policy forbids
everything else (decision 22).
"""
