"""What stands behind a method: one file for each integration type, and the plan that is compiled from its settings."""
