# Shared by the scripts beside it; sourced, never run.
# shellcheck shell=bash

set -euo pipefail

caller_folder=$PWD
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd -- "$root"

script="scripts/$(basename -- "$0")"
log="$root/.toolchain/setup.log"
explained=

# Say what happens, in one line.
say() { printf '%s\n' "$*"; }

# End with one sentence that tells the reader what to do.
die() {
  explained=yes
  printf '%s: %s\n' "$script" "$*" >&2
  exit 1
}

# Run a command quietly; its output is kept in the log.
quietly() {
  printf '\n$ %s\n' "$*" >>"$log"
  "$@" >>"$log" 2>&1 </dev/null
}

# Like quietly, but for at most so many seconds, where the system can measure that.
quietly_within() {
  local seconds=$1
  shift
  if command -v timeout >/dev/null; then
    quietly timeout "$seconds" "$@"
  else
    quietly "$@"
  fi
}

# Show why the last command failed, before the sentence that follows.
show_log() { tail -n 8 "$log" 2>/dev/null | sed 's/^/  | /' >&2 || true; }

# A failure that nobody foresaw gets its sentence too (used as an EXIT trap).
explain_exit() {
  local status=$?
  if [ "$status" -ne 0 ] && [ -z "$explained" ]; then
    printf '%s: stopped before it was done; see .toolchain/setup.log, then run it again.\n' "$script" >&2
  fi
}

# A file named from the folder the user stands in becomes a path that works from here.
from_caller() {
  local file=${1%%::*}
  if [ "${1#/}" = "$1" ] && [ ! -e "$file" ] && [ -e "$caller_folder/$file" ]; then
    printf '%s\n' "$caller_folder/$1"
  else
    printf '%s\n' "$1"
  fi
}
