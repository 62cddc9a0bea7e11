"""What leaves the warehouse: audiences and alerts, each logged with counts."""
