"""Users who come by a CSV file: jobs, the address that the file is sent to, the reading of it, and the work itself.

Law: nobody is imported whom an administrator could not have made; a row that is refused is told by its line, and never
quotes what is in it; a job goes on where it stopped when the server that did it is gone.
Source: Cognito developer guide, "Importing users into user pools from a CSV file".
"""
