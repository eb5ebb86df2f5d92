"""What clients find in the CSV of a cohort."""

import csv
import io


def people(file):
    """The user ids in a cohort's file, which may be bytes."""
    text = file.decode() if isinstance(file, bytes) else file
    return {row["user_id"] for row in csv.DictReader(io.StringIO(text))}
