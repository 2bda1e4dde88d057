"""`steepest completion SHELL`: the script that completes verbs, options and values."""

from __future__ import annotations

from steepest.cli.verb import Answer, Argument, Verb

SHELLS = ("bash", "zsh", "fish")


def run(shell: str) -> Answer:
    """The script of a shell, from the table of verbs."""
    from steepest.cli.completion import script
    from steepest.cli.table import root

    text = script(shell, root())
    return Answer({"shell": shell, "script": text}, text.splitlines())


VERB = Verb(
    name="completion",
    summary="prints the script for completion in a shell",
    examples=(
        ("source <(steepest completion bash)", "in ~/.bashrc"),
        ("source <(steepest completion zsh)", "in ~/.zshrc, after compinit"),
        ("steepest completion fish | source", "in ~/.config/fish/config.fish"),
    ),
    arguments=(Argument("SHELL", "the shell", choices=SHELLS),),
    run=run,
    needs_library=False,
)
