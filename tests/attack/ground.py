"""The folder in which an attack takes place, among things that are somebody's."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from attack.forms import SEEDS, TWO_HALLS
from attack.mutate import table

# A user's own things, some with names and marks that are near to ours.
BYSTANDERS = {
    "notes.txt": b"mine\n",
    "in1.csv": b"submit_s,run_s,n_nodes\n0,1,1\n",
    "keep/manifest.json": b'{"name": "a web app", "icons": []}\n',
    "keep/index.html": b"<h1>mine</h1>\n",
    "keep/.git/HEAD": b"ref: refs/heads/main\n",
    "full/report.html": b"an old page\n",
    "result.xer": b"ERMHDR\tmine\n",
    "jobs.csv": table.jobs()[0],
    "asked.csv": table.requests()[0],
    "works.yaml": (SEEDS / "factory.yaml").read_bytes(),
    "plan.xer": TWO_HALLS.read_bytes(),
}
LINKS = {"link": "keep", "nowhere": "no such folder", "linked.xer": "notes.txt"}


@contextlib.contextmanager
def ground(files: dict[str, bytes]) -> Iterator[Path]:
    """Give a fresh folder with the bystanders and some files, as the working directory."""
    here = Path.cwd()
    folder = Path(tempfile.mkdtemp(prefix="attack-"))
    try:
        for name, data in (BYSTANDERS | files).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for name, target in LINKS.items():
            (folder / name).symlink_to(target)
        (folder / "empty").mkdir()
        os.chdir(folder)
        yield folder
    finally:
        os.chdir(here)
        shutil.rmtree(folder, ignore_errors=True)


def seen(folder: Path) -> dict[str, str]:
    """Everything in a folder, with what tells whether it has changed."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(root) / name
            if path.is_symlink():
                mark = f"link to {os.readlink(path)}"
            elif path.is_dir():
                mark = "folder"
            else:
                mark = hashlib.sha256(path.read_bytes()).hexdigest()
            found[os.fsdecode(path.relative_to(folder))] = mark
    return found
