"""Limits of import jobs. Source: Cognito developer guide, "Creating the user import .csv file"; "Quotas"."""

FILE_BYTES = 100 * 1_048_576
ROW_CHARACTERS = 16_000
USERS = 500_000
JOBS = 1_000  # of one pool
UPLOAD_SECONDS = 900  # for which the address of the file is good
START_SECONDS = 86_400.0  # in which a job must be started; AWS says 24 to 48 hours
PART_BYTES = 262_144  # ours: of the file in one row of the database
