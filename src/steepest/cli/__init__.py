"""The command line: a table of verbs, their parser, help and completion, exit codes and JSON."""
