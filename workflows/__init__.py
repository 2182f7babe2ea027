"""The rules as tables and pure functions; knows neither Flask nor the database."""
