"""The pages of the portal: German, accessible, without need of JavaScript."""
