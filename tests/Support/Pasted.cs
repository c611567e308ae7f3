using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FuncQueue.Tests.Support;

/// <summary>Blocks of a document pasted into one shell, as a reader does: variables of one are used in the next.</summary>
public static partial class Pasted
{
    /// <summary>What each block printed.</summary>
    /// <param name="blocks">The blocks, in order.</param>
    /// <param name="replace">Puts the test's own addresses in.</param>
    /// <param name="environment">What the shell finds set.</param>
    /// <exception cref="InvalidOperationException">A command failed.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(
        IReadOnlyList<FencedBlock> blocks,
        Func<string, string>? replace = null,
        IReadOnlyDictionary<string, string?>? environment = null
    )
    {
        // Each block's output is followed by a mark.
        var script = "set -eu\n" + string.Concat(blocks.Select(block => block.Code + "\necho; echo ---\n"));
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        using var bash = Process.Start(start)!;
        var (output, errors) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        await bash.StandardInput.WriteAsync(replace is null ? script : replace(script));
        bash.StandardInput.Close();
        await bash.WaitForExitAsync();
        if (bash.ExitCode != 0)
            throw new InvalidOperationException($"A command failed:\n{await output}\n{await errors}");
        return (await output).Split("\n---\n");
    }

    /// <summary>What a block says it prints, by comments "# → text", and does not print, or not in that order.</summary>
    public static IReadOnlyList<string> Missing(FencedBlock block, string printed)
    {
        var missing = new List<string>();
        foreach (Match shown in Shown().Matches(block.Code))
        {
            var text = shown.Groups["text"].Value;
            var at = printed.IndexOf(text, StringComparison.Ordinal);
            if (at < 0)
                missing.Add(text);
            else
                printed = printed[(at + text.Length)..];
        }

        return missing;
    }

    [GeneratedRegex(@"^# → (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Shown();
}
