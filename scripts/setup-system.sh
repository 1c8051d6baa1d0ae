#!/usr/bin/env bash
# Debian packages that the served VS Code and the tests need. Installs what is missing when it may; otherwise says which
# one line does it.
set -euo pipefail

packages=(chromium libkrb5-dev pkg-config g++ make python3 python3-venv python3-pip)

# What a package is for, found in whatever way it was installed.
missing=()
need() { # need <package> <command that succeeds when it is there>
  bash -c "$2" >/dev/null 2>&1 || missing+=("$1")
}
need chromium '[ -x "${CHROMIUM:-}" ] || command -v chromium || command -v chromium-browser || command -v google-chrome'
need pkg-config 'command -v pkg-config'
need libkrb5-dev 'pkg-config --exists krb5-gssapi || [ -e /usr/include/gssapi/gssapi.h ]'
need g++ 'command -v g++'
need make 'command -v make'
need python3 'command -v python3'
need python3-venv 'python3 -c "import venv, ensurepip"'
need python3-pip 'python3 -m pip --version'

if [ ${#missing[@]} -eq 0 ]; then
  echo "System packages: all there."
  exit 0
fi
echo "System packages missing: ${missing[*]}"

if [ "$(id -u)" = 0 ]; then as_root=(); elif sudo -n true 2>/dev/null; then as_root=(sudo); else as_root=(false); fi
if command -v apt-get >/dev/null && [ "${as_root[*]:-}" != false ]; then
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"
  exit 0
fi
cat >&2 <<END
They cannot be installed from here. Run this once (Debian, Ubuntu), or its like on your distribution:
  sudo apt-get install -y ${packages[*]}
END
exit 1
