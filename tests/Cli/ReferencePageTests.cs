using System.CommandLine;
using System.Text;
using FuncQueue.Cli.CommandLine;

namespace FuncQueue.Cli.Tests;

/// <summary>The reference page is made from the program.</summary>
public sealed class ReferencePageTests
{
    private const string Page = "docs/reference/cli.md";

    [Fact]
    public void The_page_says_what_the_program_takes()
    {
        var expected = Write();
        if (GeneratedDocuments.AreWritten)
            File.WriteAllText(Path.Combine(Repository.Root, Page), expected);
        else
            Repository.Read(Page).ShouldBe(expected, GeneratedDocuments.Remedy);
    }

    private static string Write()
    {
        var text = new StringBuilder(
            """
            # Command line

            `funcqueue`, a .NET tool: [Use from .NET](../guides/dotnet.md). This page is made from the program by `tests/Cli/ReferencePageTests.cs`.

            On a terminal lists are tables; piped they are lines of tab-separated values (`\t`, `\n`, `\\` inside a value are escaped), with `--json` a document a line.
            What was asked for goes to stdout, everything else to stderr. `NO_COLOR` is respected. Nobody is asked anything off a terminal: what destroys wants `--yes` there.


            """
        );
        text.Append("| exit code | meaning |\n| --- | --- |\n");
        foreach (var (code, meaning) in ExitCode.All)
            text.Append($"| {code} | {meaning} |\n");
        text.Append("\n## Options of every command\n\n| option | |\n| --- | --- |\n");
        foreach (var option in Globals.All)
            text.Append($"| `{option.Name}` | {option.Description} |\n");
        text.Append("\n## Commands\n\n");
        foreach (var command in Cli.CommandLine.Cli.Root().Subcommands)
            Write(text, "funcqueue", command);
        return text.ToString().TrimEnd() + "\n";
    }

    private static void Write(StringBuilder text, string path, Command command)
    {
        path += " " + command.Name;
        if (command.Subcommands.Count > 0)
        {
            foreach (var inner in command.Subcommands)
                Write(text, path, inner);
            return;
        }

        var arguments = command.Arguments.Select(argument =>
            argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : $"<{argument.Name}>"
        );
        text.Append($"### {string.Join(' ', [path, .. arguments])}\n\n{command.Description}");
        if (command.Aliases.Count > 0)
            text.Append($" Also `{string.Join("`, `", command.Aliases)}`.");
        text.Append("\n\n");
        var symbols = command
            .Arguments.Select(argument => (argument.Name, argument.Description))
            .Concat(command.Options.Select(option => (string.Join(", ", [option.Name, .. option.Aliases]), option.Description)))
            .ToList();
        if (symbols.Count == 0)
            return;
        text.Append("| | |\n| --- | --- |\n");
        foreach (var (name, description) in symbols)
            text.Append($"| `{name}` | {description} |\n");
        text.Append('\n');
    }
}
