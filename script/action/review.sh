#!/usr/bin/env bash
# Runs `migralint github` as the inputs say. Everything else - comment, summary, outputs, exit status - is its business.
# shellcheck source=script/action/common.sh
. "${GITHUB_ACTION_PATH:?}/script/action/common.sh"

arguments=(github "--comment=$INPUT_COMMENT" "--inline=$INPUT_INLINE")
add() { # option, value
    [ -z "$2" ] || arguments+=("--$1=$2")
}
add base "$INPUT_BASE"
add config "$INPUT_CONFIG"
add fail-on "$INPUT_FAIL_ON"
add key "$INPUT_KEY"
add from "$INPUT_FROM"
arguments+=(--)
while read -r directory; do
    [ -z "$directory" ] || arguments+=("$directory")
done <<<"$INPUT_DIRECTORIES"

cd -- "${INPUT_WORKING_DIRECTORY:-.}"
exec migralint "${arguments[@]}"
