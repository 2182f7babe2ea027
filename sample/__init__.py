"""The sample city: real published hazards (names of enterprises made neutral) at made-up enterprises and offices."""
