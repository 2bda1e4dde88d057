"""Reads the words of a command line by the table of verbs. Depends on verb.py only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from steepest.cli.verb import EVERYWHERE, HELP, KINDS, VERSION, Argument, Option, UsageError, Verb
from steepest.errors import nearest


class Call(NamedTuple):
    """A verb with the words that lead to it, and the values for its function."""

    verb: Verb
    path: tuple[str, ...]
    values: dict[str, object]


def parse(root: Verb, words: Sequence[str]) -> Call:
    """The call that some words mean; `values` has "help" or "version" alone if they are asked for.

    >>> from steepest.cli.table import root
    >>> parse(root(), ["datasets", "describe", "xor"]).values
    {'name': 'xor'}
    """
    path, verb, rest = find_verb(root, words)
    end = rest.index("--") if "--" in rest else len(rest)
    before, after = rest[:end], rest[end + 1 :]
    if any(word in HELP.names for word in before):
        return Call(verb, path, {"help": True})
    options, given = _divided(verb, path, before)
    if "version" in options:
        return Call(verb, path, {"version": True})
    if verb.verbs and not (path or given or after):
        return Call(verb, path, {"help": True})
    if verb.verbs:
        raise _error(path, f"needs a verb: {', '.join(one.name for one in verb.verbs)}")
    return Call(verb, path, _checked(verb, path, options, [*given, *after]))


def find_verb(root: Verb, words: Iterable[str]) -> tuple[tuple[str, ...], Verb, list[str]]:
    """The verb that some words lead to, its path, and the words that are left for it.

    >>> from steepest.cli.table import root
    >>> find_verb(root(), ["--json", "datasets", "list"])[::2]
    (('datasets', 'list'), ['--json'])
    """
    path: tuple[str, ...] = ()
    verb, rest = root, list(words)
    while verb.verbs:
        at = next((n for n, word in enumerate(rest) if not word.startswith("-")), None)
        if at is None or "--" in rest[:at]:
            break
        word = rest.pop(at)
        found = verb.find(word)
        if found is None:
            raise _error(path, f"has no verb {word!r}: {_meant(word, verb, path)}")
        path, verb = (*path, word), found
    return path, verb, rest


def options_of(verb: Verb, path: Sequence[str]) -> tuple[Option, ...]:
    """All options that a verb takes; the root's have --version too."""
    return (*verb.options, *EVERYWHERE, *(() if path else (VERSION,)))


def near(word: str, names: Sequence[str]) -> str:
    """The names that begin with a word, in either case, or are similar to it, or all of them.

    >>> near("--ver", ["--version", "--help"])
    "did you mean '--version'?"
    """
    low = word.lower()
    longer = [name for name in names if name.lower().startswith(low) and low.strip("-")]
    return nearest(word, longer or names, 0.0 if longer else 0.6)


def _meant(word: str, verb: Verb, path: tuple[str, ...]) -> str:
    """What an unknown verb may stand for: another, one further below, or an option."""
    below = [command(found) for found, _ in verb.leaves(path) if found[-1] == word]
    options = [one.name for one in options_of(verb, path) if one.name == f"--{word}"]
    if exact := below + options:
        return f"did you mean {' or '.join(map(repr, exact))}?"
    return near(word, [one.name for one in verb.verbs])


def command(path: Sequence[str]) -> str:
    """The words that a user types to reach a verb."""
    return " ".join(("steepest", *path))


def _error(path: Sequence[str], message: str) -> UsageError:
    shown = message.rstrip(".")
    end = "" if shown.endswith("?") else "."
    return UsageError(f"{command(path)} {shown}{end} See `{command((*path, '--help'))}`.")


def _divided(
    verb: Verb, path: Sequence[str], words: Sequence[str]
) -> tuple[dict[str, object], list[str]]:
    """The values of the options among some words, and the other words."""
    known = {name: option for option in options_of(verb, path) for name in option.names}
    values: dict[str, object] = {}
    others: list[str] = []
    left = iter(words)
    for word in left:
        if not word.startswith("-") or _is_value(word):
            others.append(word)
            continue
        name, equals, text = word.partition("=")
        option = known.get(name)
        if option is None:
            raise _error(path, f"has no option {name!r}: {near(name, list(known))}")
        if not option.value:
            if equals:
                raise _error(path, f"takes {name} without a value, and got {text!r}")
            values[option.key] = True
            continue
        if not equals:
            text = next(left, "--")
            if text.startswith("-") and not _is_value(text):
                raise _error(path, f"needs a value after {name}: {_expected(option)}")
        read = _read(path, name, option, text)
        values[option.key] = (*values.get(option.key, ()), read) if option.many else read  # type: ignore[misc]
    return values, others


def _is_value(word: str) -> bool:
    """Whether a word that may begin with a dash is a value: standard input, a negative number."""
    return not word.startswith("-") or word == "-" or word[1:2].isdigit() or word[1:2] == "."


def _checked(
    verb: Verb, path: Sequence[str], options: dict[str, object], words: Sequence[str]
) -> dict[str, object]:
    """The keyword arguments of the verb's function."""
    values: dict[str, object] = {
        option.key: () if option.many else None if option.value else False
        for option in verb.options
    }
    values |= {key: value for key, value in options.items() if key in values}
    left = list(words)
    for argument in verb.arguments:
        if argument.required and not left:
            raise _error(path, f"needs {argument.name}, {argument.help}: {_expected(argument)}")
        taken = left if argument.many else left[:1]
        left = left[len(taken) :]
        read = [_read(path, argument.name, argument, word) for word in taken]
        values[argument.key] = tuple(read) if argument.many else read[0] if read else None
    if left:
        count = len(verb.arguments)
        most = f"{count} argument{'s' * (count > 1)}" if count else "no argument"
        raise _error(path, f"takes {most}, and got {left[0]!r}{' too' * bool(count)}")
    return values


def _read(path: Sequence[str], name: str, wanted: Argument | Option, text: str) -> object:
    if wanted.choices and text not in wanted.choices:
        raise _error(path, f"does not know the {name} {text!r}: {near(text, wanted.choices)}")
    convert, expected = KINDS[wanted.kind]
    try:
        return convert(text)
    except ValueError:
        raise _error(path, f"expects {expected} as {name}, and got {text!r}") from None


def _expected(wanted: Argument | Option) -> str:
    if wanted.choices:
        return ", ".join(wanted.choices)
    return KINDS[wanted.kind][1]
