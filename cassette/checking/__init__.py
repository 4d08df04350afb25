"""Looking at files before they are committed, and mending them: ``cassette check`` and its kin.

Everything here gives data back; ``cassette.commands.cli`` prints it.
"""
