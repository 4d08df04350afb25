"""Record real HTTP once, byte for byte, and replay it offline."""
