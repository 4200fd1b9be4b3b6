#!/usr/bin/env bash
# Puts a binary into $FOLDER and onto the path of the steps that follow: a release's, if its checksum is the one that
# was committed with this action, or one built from this action's own files.
# shellcheck source=script/action/common.sh
. "${GITHUB_ACTION_PATH:?}/script/action/common.sh"

# A mirror can be named; what it gives is checked all the same.
releases=${MIGRALINT_RELEASES:-https://github.com/migralint/migralint/releases/download}

download() { # fails where the archive cannot be had, and ends the step where it is another than was released
    archive=$FOLDER/$ASSET
    version=${FOLDER##*migralint-}
    mkdir -p "$FOLDER/bin"
    curl --fail --silent --show-error --location --proto '=https,file' --retry 3 --max-time 120 \
        --output "$archive" -- "$releases/v$version/$ASSET" || return 1
    grep -q -x -F "$(hash_of_input <"$archive")  $ASSET" "$action/script/action/checksums.txt" \
        || fail "$ASSET is not the archive that was released: its checksum differs"
    tar -xzf "$archive" -C "$FOLDER/bin"
}

build() {
    if "$FOLDER/bin/migralint" --version >/dev/null 2>&1; then
        echo "built before"
        return
    fi
    command -v cargo >/dev/null || fail "building migralint needs Rust, see https://rustup.rs"
    [ "${RUNNER_OS:-}" != Linux ] || "$action/script/setup"
    # Nothing of the user's: neither the toolchain and settings of the checkout, nor warnings turned into errors.
    cd "$FOLDER"
    env -u RUSTFLAGS CARGO_TARGET_DIR="${RUNNER_TEMP:?}/migralint-build" \
        cargo install --locked --features github --root "$FOLDER" --path "$action"
}

mkdir -p "$FOLDER"
if [ "$WAY" = release ] && ! download; then
    [ "$INPUT_INSTALL" = auto ] || fail "$ASSET cannot be had from $releases"
    echo "::notice title=migralint::$ASSET cannot be had, so it is built, which takes some minutes"
    WAY=source
fi
[ "$WAY" = release ] || build
echo "$FOLDER/bin" >>"${GITHUB_PATH:?}"
