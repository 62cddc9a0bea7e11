"""One build: what it starts from, which day it sees, and how dbt runs inside it."""
