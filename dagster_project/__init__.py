"""Member Warehouse: the open data warehouse for e-commerce membership."""
