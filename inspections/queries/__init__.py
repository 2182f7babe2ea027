"""What there is of inspecting: nouns, in the viewer's scope."""
