"""User pools and their app clients: settings, schema, keys, public documents."""
