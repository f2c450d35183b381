#!/usr/bin/env bash
# Pin every package by version and sha256, for every platform; no registry is named, so a mirror serves as well.
set -euo pipefail
cd "$(dirname "$0")/.."
pin() {
    uv pip compile --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
        --no-emit-index-url --custom-compile-command "make lock" --quiet "$@"
}
pin requirements/build.in -o requirements/build.lock
pin pyproject.toml -c requirements/build.lock -o requirements/core.lock
pin pyproject.toml --extra test --extra schedule \
    -c requirements/build.lock -c requirements/core.lock -o requirements/test.lock
