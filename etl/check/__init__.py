"""check: a landed file -> accepted rows, quarantined rows, findings. See `checking.check_file` and `stage`."""
