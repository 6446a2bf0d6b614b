"""Takes a picture of every page of the portal: `make pictures`."""
