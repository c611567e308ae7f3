using System.CommandLine;
using FuncQueue.Cli.CommandLine;

namespace FuncQueue.Cli.Commands;

internal static class CompletionCommand
{
    private const string Bash = """
        _funcqueue() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(funcqueue "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -F _funcqueue funcqueue
        """;

    private const string Zsh = """
        #compdef funcqueue
        _funcqueue() {
          local -a found
          found=("${(@f)$(funcqueue "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a found
        }
        compdef _funcqueue funcqueue
        """;

    private const string Fish = """
        complete -f -c funcqueue -a '(funcqueue "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
        """;

    public static Command Make()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return Commands.Make.Command(
            "completion",
            "Print what makes a shell complete commands; put it into the shell's start file.",
            [shell],
            (session, _) =>
            {
                Console.Out.WriteLine(
                    session.Get(shell) switch
                    {
                        "zsh" => Zsh,
                        "fish" => Fish,
                        _ => Bash,
                    }
                );
                return Task.FromResult(ExitCode.Done);
            }
        );
    }
}
