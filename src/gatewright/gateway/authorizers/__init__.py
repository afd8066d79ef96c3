"""Who may invoke a method: one file for each kind of authorization."""
