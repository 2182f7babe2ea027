"""Forms of log-in, account and administration. Each gives the details its operation takes; nothing else."""
