"""Runs the walks with a camera: `python -m tests.pictures [portal] [operator] [help] [docs]`, by default the first two.

The stage is that of the stories, so pytest sets it up. `help` writes the pictures of the help into the sources, and
`docs` those of the documents into docs/pictures.
"""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WALKS = {
    "portal": f"{HERE / 'camera.py'}::test_take_pictures_of_the_portal",
    "operator": f"{HERE / 'camera.py'}::test_take_pictures_of_the_operators_site",
    "help": str(HERE / "help.py"),
    "docs": str(HERE / "docs.py"),
}

if __name__ == "__main__":
    wanted = sys.argv[1:] or ["portal", "operator"]
    unknown = [name for name in wanted if name not in WALKS]
    if unknown:
        sys.exit(f"Es gibt {', '.join(WALKS)}, nicht {', '.join(unknown)}.")
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *(WALKS[name] for name in wanted)]))
