"""Scripts for completion in bash, zsh and fish, from the table of verbs.

They call no program: all verbs, options and values are written in them. Depends on the parser's
options.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from steepest.cli.parser import options_of
from steepest.cli.verb import Argument, Option, Verb


class Place(NamedTuple):
    """A place in a command line, after the words of `path`: what may follow there.

    `words` and `options` are pairs of a word and what it means, which may be empty; `files` says
    whether a file may follow. `values` has the words, and whether a file, after an option.
    """

    path: str
    words: list[tuple[str, str]]
    options: list[tuple[str, str]]
    files: bool
    values: dict[str, tuple[list[str], bool]]


def script(shell: str, root: Verb) -> str:
    """The script for a shell.

    >>> from steepest.cli.table import root
    >>> script("fish", root()).splitlines()[0]
    '# Completion of steepest in fish, written by `steepest completion fish`.'
    """
    write = {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]
    head = f"# Completion of steepest in {shell}, written by `steepest completion {shell}`."
    return "\n".join(write(head, list(places(root)))) + "\n"


def places(
    verb: Verb, path: tuple[str, ...] = (), root: Verb | None = None, named: Verb | None = None
) -> Iterator[Place]:
    """The place after each verb, the root first.

    An argument of the kind "verb" is the words of a verb: `named` is the one that they name so far.

    >>> from steepest.cli.table import root
    >>> [place.path for place in places(root())][:3]
    ['', 'info', 'datasets']
    """
    root = root or verb
    if named is None and any(one.kind == "verb" for one in verb.arguments):
        named = root
    options, verbs = options_of(verb, path), (named or verb).verbs
    words = [(one.name, one.summary) for one in verbs]
    words += [(choice, "") for one in verb.arguments for choice in one.choices]
    yield Place(
        " ".join(path),
        words,
        [(option.name, option.help) for option in options],
        any(map(_is_path, verb.arguments)),
        {one.name: (list(one.choices), _is_path(one)) for one in options if one.value},
    )
    for one in verbs:
        at = (*path, one.name)
        yield from places(verb, at, root, one) if named else places(one, at, root)


def _is_path(value: Argument | Option) -> bool:
    return value.kind in ("file", "folder")


BASH = """\
_steepest() {
    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}"
    local path="" words="" options="" files="" index
    if [ "$word" = "=" ]; then word=""; fi
    if [ "$before" = "=" ]; then before="${COMP_WORDS[COMP_CWORD - 2]}"; fi
    for ((index = 1; index < COMP_CWORD; index++)); do
        case "${path:+$path }${COMP_WORDS[index]}" in
            @PATHS@) path="${path:+$path }${COMP_WORDS[index]}" ;;
        esac
    done
    case "$path $before" in
@VALUES@
        *)
            case "$path" in
@WORDS@
            esac
            ;;
    esac
    if [[ "$word" == -* || -z "$words$files" ]]; then words="$options"; fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    if [ -n "$files" ]; then
        local IFS=$'\\n'
        compopt -o filenames 2> /dev/null
        COMPREPLY+=($(compgen -f -- "$word"))
    fi
}
complete -F _steepest steepest"""


def _bash(head: str, table: list[Place]) -> Iterator[str]:
    values, words = [], []
    for place in table:
        for option, (choices, files) in place.values.items():
            listed = _assigned(words=choices, files=files)
            values.append(f'        "{place.path} {option}") {listed} ;;')
        offered = {"words": place.words, "options": place.options}
        named = {name: [word for word, _ in pairs] for name, pairs in offered.items()}
        words.append(f'                "{place.path}") {_assigned(**named, files=place.files)} ;;')
    yield head
    yield (
        BASH
        .replace("@PATHS@", "|".join(f'"{place.path}"' for place in table if place.path))
        .replace("@VALUES@", "\n".join(values) or '        "") ;;')
        .replace("@WORDS@", "\n".join(words))
    )


def _assigned(*, files: bool, **lists: list[str]) -> str:
    assigned = [f'{name}="{" ".join(words)}"' for name, words in lists.items()]
    return " ".join([*assigned, "files=yes"] if files else assigned)


ZSH = """\
_steepest() {
    local place="" before="${words[CURRENT - 1]}" files="" index
    local -a entries options
    for ((index = 2; index < CURRENT; index++)); do
        case "${place:+$place }${words[index]}" in
            (@PATHS@) place="${place:+$place }${words[index]}" ;;
        esac
    done
    case "$place $before" in
@VALUES@
        (*)
            case "$place" in
@WORDS@
            esac
            ;;
    esac
    if [[ "$PREFIX" == -* || ${#entries}$files = 0 ]]; then entries=("${options[@]}"); fi
    if (( ${#entries} )); then _describe steepest entries; fi
    if [[ -n "$files" ]]; then _files; fi
}
if [ "${funcstack[1]}" = _steepest ]; then
    _steepest "$@"
else
    compdef _steepest steepest
fi"""


def _zsh(head: str, table: list[Place]) -> Iterator[str]:
    values, words = [], []
    for place in table:
        for option, (choices, files) in place.values.items():
            listed = _entries(entries=[(choice, "") for choice in choices], files=files)
            values.append(f'        ("{place.path} {option}") {listed} ;;')
        listed = _entries(entries=place.words, options=place.options, files=place.files)
        words.append(f'                ("{place.path}") {listed} ;;')
    yield "#compdef steepest"
    yield head
    yield (
        ZSH
        .replace("@PATHS@", "|".join(f'"{place.path}"' for place in table if place.path))
        .replace("@VALUES@", "\n".join(values) or '        ("") ;;')
        .replace("@WORDS@", "\n".join(words))
    )


def _entries(*, files: bool, **lists: list[tuple[str, str]]) -> str:
    assigned = []
    for name, pairs in lists.items():
        texts = [_quoted(f"{word}:{meaning}" if meaning else word) for word, meaning in pairs]
        assigned.append(f"{name}=({' '.join(texts)})")
    return " ".join([*assigned, "files=yes"] if files else assigned)


FISH = """\
function __steepest_at --description 'whether the verbs so far are these'
    set -l place
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if contains -- (string join -- ' ' $place $word) @PATHS@
            set -a place $word
        end
    end
    test "$place" = "$argv[1]"
end
complete -c steepest -e
complete -c steepest -f"""


def _fish(head: str, table: list[Place]) -> Iterator[str]:
    yield head
    yield FISH.replace("@PATHS@", " ".join(_quoted(place.path) for place in table if place.path))
    for place in table:
        at = f"complete -c steepest -n {_quoted(f'__steepest_at {_quoted(place.path)}')}"
        for word, meaning in place.words:
            yield f"{at} -a {_quoted(word)}" + (f" -d {_quoted(meaning)}" if meaning else "")
        for name, meaning in place.options:
            choices, files = place.values.get(name, ([], False))
            kind = "" if name not in place.values else " -r -F" if files else " -x"
            kind += f" -a {_quoted(' '.join(choices))}" if choices else ""
            yield f"{at} -l {name.lstrip('-')}{kind} -d {_quoted(meaning)}"
        if place.files:
            yield f"{at} -F"


def _quoted(text: str) -> str:
    """Text in single quotes, with those inside as all three shells read them."""
    return "'" + text.replace("'", "'\\''") + "'"
