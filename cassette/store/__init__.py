"""The cassette file: YAML to interactions and back, byte for byte.

``writer`` picks for every part the most readable form that decodes to the identical bytes;
``reader`` splits a file without parsing it and decodes an interaction when it is played;
``files`` keeps a recording safe on the disk until it is complete. The format itself is specified
in ``docs/format.md`` and, for machines, in ``schema.json``.
"""
