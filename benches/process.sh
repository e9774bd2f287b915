#!/bin/sh
# Times whole runs of the program, as people and pipelines start it, beside `diff -r`, which only compares two folders.
#
#   cargo build --release && benches/process.sh [RUNS]
#
# Every figure is the mean of RUNS runs (100 unless told) in milliseconds: elapsed, of the processor in the program,
# of the processor in the system. The last lines are the instructions of one run and its memory in KiB, where
# `valgrind` and GNU `time` are there to tell.
set -eu

runs=${1:-100}
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
program=${FORMWORK:-$here/target/release/formwork}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# The largest of the systems whose blueprint is one file.
blueprint=$(find "$here/blueprints" -maxdepth 1 -name '*.yaml' ! -exec grep -q '^include:' {} \; -exec ls -S {} + | head -n 1)
mkdir "$place/blueprints"
cp "$blueprint" "$place/blueprints/"
cd "$place"
"$program" build >/dev/null 2>"$place/said" || {
    cat "$place/said" >&2
    exit 1
}
cp -r out other

# Runs a command again and again in a shell of its own, which tells what its children took.
timed() {
    label=$1
    shift
    start=$(date +%s%N)
    # shellcheck disable=SC2016
    times=$(sh -c 'runs=$1; shift; while [ "$runs" -gt 0 ]; do "$@" >/dev/null 2>&1; runs=$((runs - 1)); done; times' \
        timed "$runs" "$@" | tail -n 1)
    end=$(date +%s%N)
    echo "$times" | awk -v label="$label" -v runs="$runs" -v elapsed="$((end - start))" '
        function ms(text) { split(text, part, /[ms]/); return (part[1] * 60 + part[2]) * 1000 / runs }
        { printf "%-18s %8.2f elapsed %8.2f program %8.2f system\n", label, elapsed / 1e6 / runs, ms($1), ms($2) }'
}

timed validate "$program" validate
timed check "$program" check
timed 'diff -r' diff -r out other
timed 'build, current' "$program" build
timed 'rm -r' sh -c 'rm -r out; mkdir out'
# shellcheck disable=SC2016
timed 'rm -r, build anew' sh -c 'rm -r out; "$0" build' "$program"

if command -v valgrind >/dev/null; then
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" check 2>&1 | sed -n 's/.*refs: */check, instructions: /p'
fi
if [ -x /usr/bin/time ]; then
    /usr/bin/time -f 'check, memory in KiB: %M' "$program" check 2>&1 >/dev/null | tail -n 1
fi
