"""Who is here: enterprises, units, regulators, regions, people, roles, deputies, log-in."""
