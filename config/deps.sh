#!/bin/sh
# Installs what is missing: Debian packages of the lists given, then the npm packages that the
# console is built with (and with `test` those of the tests). Uses sudo when not root. No
# service is installed or enabled. An own nodejs on the PATH is used as it is.
set -eu
cd "$(dirname "$0")/.."

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

is_installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

lists=config/debian-12.packages
[ "${1:-}" != test ] || lists="$lists config/debian-12-test.packages"
missing=
for package in $(sed 's/#.*//' $lists); do
	case $package in
	nodejs) ! command -v node >/dev/null || continue ;;
	npm) ! command -v npm >/dev/null || continue ;;
	esac
	is_installed "$package" || missing="$missing $package"
done
if [ -n "$missing" ]; then
	echo "installing:$missing"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends $missing
fi

# npm_install FOLDER: as its lock file says, when that changed since the last time.
npm_install() {
	stamp=$1/node_modules/.installed
	if [ ! -f "$stamp" ] || ! cmp -s "$1/package-lock.json" "$stamp"; then
		(cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
		cp "$1/package-lock.json" "$stamp"
	fi
}
npm_install modules/console/web
[ "${1:-}" != test ] || npm_install tests
