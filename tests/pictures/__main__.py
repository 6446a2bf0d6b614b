"""Runs the walk with a camera; the stage is that of the stories, so pytest sets it up."""

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", str(Path(__file__).with_name("camera.py"))]))
