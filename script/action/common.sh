# shellcheck shell=bash
# What the steps of action.yml share. To be sourced.
set -euo pipefail

# Where the action's own files are.
export action=${GITHUB_ACTION_PATH:?}

fail() { # message
    echo "::error title=migralint::$1" >&2
    exit 1
}

hash_of_input() { # SHA-256 of standard input
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}
