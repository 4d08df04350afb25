"""The record mode ``verify``: live responses held against the recorded ones."""
