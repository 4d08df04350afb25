"""One cassette in use: what answers, what is written, and how it ends."""
