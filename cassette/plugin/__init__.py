"""What the pytest plugin does once a test, or an option, asks for it.

``cassette.pytest_plugin`` is imported in every run of everyone who has the package installed. It
holds the hooks and the fixtures, and imports the modules here inside them.
"""
