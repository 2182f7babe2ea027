"""What every room stands on: database, clock, money, files, chain, outbox, scope, settings, refusals."""
