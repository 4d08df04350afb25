"""Ways between cassettes and other libraries that stand in for HTTP."""
