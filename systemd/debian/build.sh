#!/bin/sh
# Two Debian packages of what "make install" has put into a folder: build.sh INSTALLED VERSION OUTPUT. Compiles nothing.
set -eu
installed=$1 version=$2 output=$3 here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fill TEMPLATE OUT: the words of this package in their places.
fill() {
    sed -e "s|@PACKAGE@|$package|g" -e "s|@VERSION@|$version|" -e "s|@ARCHITECTURE@|$(dpkg --print-architecture)|" \
        -e "s|@DEPENDS@|${depends:-}|" -e "s|@ALL_UNITS@|$all_units|g" -e "s|@UNITS@|$units|g" -e "s|@FOLDERS@|$folders|" -e "s|@SCHEMA@|$schema|" "$1" >"$2"
}

# What the programs need, as dpkg knows it.
depends_of() {
    mkdir -p "$work/source/debian"
    echo "Source: $package" >"$work/source/debian/control"
    (cd "$work/source" && dpkg-shlibdeps -O --ignore-missing-info "$@" 2>/dev/null) | sed 's/^shlibs:Depends=//'
}

make_package() {
    package=$1 units=$2 all_units=$3 folders=$4 scripts=$5 root=$work/$1
    while read -r file; do
        mkdir -p "$root/$(dirname "$file")"
        cp "$installed/$file" "$root/$file"
    done <"$here/$package.files"
    find "$root" -type f -exec chmod 644 {} +
    chmod 755 "$root"/usr/bin/*
    strip --strip-unneeded "$root"/usr/bin/*
    depends=$(depends_of "$root"/usr/bin/*)
    mkdir "$root/DEBIAN"
    fill "$here/$package.control" "$root/DEBIAN/control"
    for script in $scripts; do
        fill "$here/$script" "$root/DEBIAN/$script"
        chmod 755 "$root/DEBIAN/$script"
    done
    find "$root" -type d -exec chmod 755 {} +
    dpkg-deb --root-owner-group --build "$root" "$output" >/dev/null
}

mkdir -p "$output"
schema=$("$installed/usr/bin/floorhandd" --schema)
make_package floorhand "floorhandd.service floorhand-link.service" "floorhandd.service floorhand-link.service" \
    "/etc/floorhand /var/lib/floorhand" "preinst postinst prerm postrm"
# Several tenants, shops and webhooks are switched on by whoever needs them.
make_package floorhand-hq "floorhand-hq.service" \
    "floorhand-hq.service floorhand-hq-cloud.service floorhand-hq-webhooks.service floorhand-shops.service" /var/lib/floorhand-hq "postinst prerm postrm"
