"""The application: the command line and the demo newsroom."""
