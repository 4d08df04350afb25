"""What the command ``cassette`` does."""
