#!/usr/bin/env bash
# Decides where the binary comes from and tells the steps that follow: `way` is path, release or source, `asset` a
# release's archive, `folder` where a binary that has to be installed goes, `key` what a built one is cached under.
# shellcheck source=script/action/common.sh
. "${GITHUB_ACTION_PATH:?}/script/action/common.sh"

own_version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' "$action/Cargo.toml" | head -n 1
}

target() { # the runner's platform, as releases name it
    case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
    Linux-X64) echo x86_64-unknown-linux-gnu ;;
    Linux-ARM64) echo aarch64-unknown-linux-gnu ;;
    macOS-X64) echo x86_64-apple-darwin ;;
    macOS-ARM64) echo aarch64-apple-darwin ;;
    Windows-X64) echo x86_64-pc-windows-msvc ;;
    *) echo unknown ;;
    esac
}

is_on_path() { # in the version wanted, and built to speak to GitHub
    [ "$(migralint --version 2>/dev/null)" = "migralint $version" ] && migralint github --help >/dev/null 2>&1
}

is_released() {
    grep -q -x -E "[0-9a-f]{64}  $(printf %s "$asset" | sed 's/[.+]/\\&/g')" "$action/script/action/checksums.txt"
}

key() { # the same for the same source on the same kind of machine
    hash=$(cd "$action" && find Cargo.toml Cargo.lock build.rs src lints -type f | LC_ALL=C sort | while IFS= read -r file; do
        printf '%s\n' "$file"
        cat "$file"
    done | hash_of_input)
    echo "migralint-${RUNNER_OS:-}-${RUNNER_ARCH:-}-${ImageOS:-}-$hash"
}

version=${INPUT_VERSION:-$(own_version)}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "the input version is no version such as 1.2.3"
asset="migralint-$version-$(target).tar.gz"

case $INPUT_INSTALL in
auto)
    if is_on_path; then
        way=path
    elif is_released; then
        way=release
    else
        way=source
    fi
    ;;
path)
    is_on_path || fail "there is no migralint $version with the command github on the path"
    way=path
    ;;
release)
    is_released || fail "this action knows no checksum of $asset: take another version, or install: source"
    way=release
    ;;
source) way=source ;;
*) fail "the input install is none of auto, path, release and source" ;;
esac
if [ "$way" = source ] && [ "$version" != "$(own_version)" ]; then
    fail "only version $(own_version) can be built from this action, and no other is released for this machine"
fi

{
    echo "way=$way"
    echo "asset=$asset"
    echo "folder=${RUNNER_TEMP:?}/migralint-$version"
    [ "$way" != source ] || echo "key=$(key)"
} >>"${GITHUB_OUTPUT:?}"
echo "migralint $version: $way"
