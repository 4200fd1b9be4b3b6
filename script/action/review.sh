#!/usr/bin/env bash
# Runs `migralint github` as the inputs say. Everything else - comment, summary, outputs, exit status - is its business.
# shellcheck source=script/action/common.sh
. "${GITHUB_ACTION_PATH:?}/script/action/common.sh"

arguments=(github)
add() { # option, value
    [ -z "$2" ] || arguments+=("--$1=$2")
}
add base "$INPUT_BASE"
add config "$INPUT_CONFIG"
add fail-on "$INPUT_FAIL_ON"
add comment "$INPUT_COMMENT"
add comment-key "$INPUT_COMMENT_KEY"
add review "$INPUT_REVIEW"
add annotations "$INPUT_ANNOTATIONS"
add from "$INPUT_FROM"
arguments+=(--)
while read -r directory; do
    [ -z "$directory" ] || arguments+=("$directory")
done <<<"$INPUT_DIRECTORIES"

cd -- "${INPUT_WORKING_DIRECTORY:-.}"
exec migralint "${arguments[@]}"
