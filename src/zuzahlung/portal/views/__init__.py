"""The pages, one module per group; they call services and show what comes back."""
