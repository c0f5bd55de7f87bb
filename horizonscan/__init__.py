"""The command line, the supervisor and the replay server. Nobody imports this room."""
