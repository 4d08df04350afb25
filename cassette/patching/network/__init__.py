"""What goes past the cassettes: it is seen by an audit hook, and refused or told of."""
