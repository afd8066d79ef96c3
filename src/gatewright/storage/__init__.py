"""What is remembered: the database, the keys that seal it, and the frozen snapshots that are read from memory.

Law: services write rows and say what they changed; everybody else reads snapshots. SQL is spoken by services only.
"""
