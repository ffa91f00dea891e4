# shellcheck shell=sh
# Sourced by what runs Python with pinned packages from PyPI.

# environment REQUIREMENTS FOLDER: a virtual environment in FOLDER, made anew where the list has changed.
environment() {
  cmp -s "$1" "$2/requirements.txt" && return
  rm -rf "$2"
  python3 -m venv "$2"
  "$2/bin/pip" install --quiet --disable-pip-version-check -r "$1"
  cp "$1" "$2/requirements.txt"
}
