"""The people of a pool: signing up, attributes, groups, passwords, codes."""
