"""What a class run leaves to read: the report, the tables, the feedback pages."""
