"""Forms of the register: what is typed becomes plain values; what may be done is the operations' matter."""
