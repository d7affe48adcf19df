# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The completion script, in bash: by calling it, and by typing into a shell.
set -eu

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

"$OUT/ttlmap" completion bash > "$root/script"

# A ttlmap that knows some maps, and remembers what it was called with.
mkdir "$root/bin"
cat > "$root/bin/ttlmap" <<'END_OF_TOOL'
#!/bin/sh
case "$*" in
'ls --names') printf '%s\n' sessions:a sessions@b pages 10.0.0.1=x ;;
*) echo "$*" >> "$TYPED" ;;
esac
END_OF_TOOL
chmod 755 "$root/bin/ttlmap"
export PATH="$root/bin:$PATH" TYPED="$root/typed"
touch "$root/file" "$root/figs"

cat > "$root/call" <<'END_OF_CALL'
source ./script

# expect WANTED LINE: what completes the line, sorted
expect()
{
	local seen
	COMP_LINE=$2 COMP_POINT=${#2} COMPREPLY=()
	_ttlmap ttlmap '' ''
	seen=$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | tr '\n' ' ')
	[[ $seen == "$1 " ]] && return
	echo "completes '$2' with '$seen', not '$1 '"
	exit 1
}

complete -p ttlmap | grep -q -e '-F _ttlmap ttlmap' || exit 1
expect 'scan set stat' 'ttlmap s'
expect '10.0.0.1=x pages sessions:a sessions@b' 'ttlmap get '
expect 'sessions:a sessions@b' 'ttlmap get sess'
expect 'a' 'ttlmap get sessions:'
expect '@b' 'ttlmap get sessions@'
expect 'x' 'ttlmap get 10.0.0.1='
expect 'pages' 'ttlmap pop --raw p'
expect 'pages' 'ttlmap set --ttl 5s p'
expect 'pages' 'ttlmap touch --ttl=5s p'
expect 'pages' 'ttlmap get --refresh p'
expect 'pages' 'ttlmap del -- p'
expect 'pages' 'ttlmap watch p'
expect 'pages' 'ttlmap rm sessions:a p'
expect '' 'ttlmap get pages p'
expect '' 'ttlmap get nosuch'
expect '' 'ttlmap set --ttl p'
expect '' 'ttlmap create p'
expect '' 'ttlmap nosuch p'
expect '--help --json --names' 'ttlmap ls --'
expect '--prealloc --private' 'ttlmap create x --pr'
expect '' 'ttlmap del -- --'
expect 'cas clear completion create' 'ttlmap help c'
expect 'bash' 'ttlmap completion '
expect 'figs file' 'ttlmap replay words fi'
expect 'figs file' 'ttlmap report fi'
END_OF_CALL
(cd "$root" && bash call)
echo "ok: commands, options, maps and files are completed"

# Every command and option that help speaks of is offered.
for command in $("$OUT/ttlmap" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
	for option in $("$OUT/ttlmap" help "$command" | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p' | grep -v -e '--usage'); do
		bash -c '
			source "$1"
			COMP_LINE="ttlmap $2 $3" COMP_POINT=${#COMP_LINE}
			_ttlmap ttlmap "" ""
			printf "%s\n" "${COMPREPLY[@]}"
		' bash "$root/script" "$command" "$option" | grep -q -x -e "$option" ||
			{ echo "ttlmap $command $option is not completed"; exit 1; }
	done
done
echo "ok: all options are completed"

# The shell sees keys, not lines: a tab is one.
printf '%s\n' "source $root/script" 'bind "set enable-bracketed-paste off"' > "$root/rc"
printf '%b' 'ttlmap ge\tpag\tkey\n' 'ttlmap set sessions:\tkey --exi\tvalue\n' \
	'ttlmap del sess\t@\tkey\n' 'ttlmap tune 10\t --no-ev\t\n' 'exit\n' |
	(cd "$root" && TERM=dumb script -q -e -c "bash --noprofile --rcfile $root/rc -i" /dev/null) > "$root/screen" 2>&1 ||
	{ cat "$root/screen"; exit 1; }
cat > "$root/wanted" <<'END_OF_CALLS'
get pages key
set sessions:a key --existing value
del sessions@b key
tune 10.0.0.1=x --no-evict
END_OF_CALLS
diff "$root/wanted" "$root/typed" || { cat "$root/screen"; exit 1; }
echo "ok: typed into bash"
