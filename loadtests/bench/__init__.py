"""What the judges in loadtests/ share: servers to start, load to send, figures to keep."""
