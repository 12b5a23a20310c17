"""The parts of Tests/Cluster/rounds."""
