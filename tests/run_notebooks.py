"""Run every notebook of a folder from a clean kernel; any error in any cell fails, and the notebooks on disk stay as they are.

    python tests/run_notebooks.py notebooks            check
    python tests/run_notebooks.py notebooks --save     check, and write the fresh outputs back

With --save the outputs that a reader sees on a code host are renewed.
"""

import argparse
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--save", action="store_true")
    args = parser.parse_args()
    failed = 0
    files = sorted(args.folder.glob("*.ipynb"))
    for path in files:
        begin = time.monotonic()
        notebook = nbformat.read(path, as_version=4)
        try:
            NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(args.folder)}}).execute()
        except CellExecutionError as error:
            failed += 1
            print(f"FAILED {path}: {error}")
            continue
        print(f"ok     {path} ({time.monotonic() - begin:.0f} s)")
        if args.save:
            for cell in notebook.cells:
                cell.metadata.pop("execution", None)
            notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
            nbformat.write(notebook, path)
    print(f"{len(files) - failed} passed, {failed} failed")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
