"""What the pages of one hazard show, as plain values made from the loaded case: no query hides in a template."""
