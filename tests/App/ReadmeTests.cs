using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FuncQueue.App.Tests;

/// <summary>The README's tour works as pasted.</summary>
public sealed partial class ReadmeTests(AppFixture app)
{
    [Fact]
    public async Task The_tour_of_the_README_works_as_pasted_and_prints_what_it_shows()
    {
        // A registry of its own: the tour begins on an installation without queues.
        await using var fresh = await AppProcess.StartAsync(app.Environment(new() { ["FuncQueue__RegistryTable"] = "tour" }));
        var readme = await File.ReadAllTextAsync(Path.Combine(Root(), "README.md"));
        var tour = readme[readme.IndexOf("## Tour", StringComparison.Ordinal)..];
        tour = tour[..tour.IndexOf("\n## ", 5, StringComparison.Ordinal)];
        var blocks = Block().Matches(tour);
        blocks.Count.ShouldBeGreaterThan(4);
        // One shell, as a reader has: variables of one block are used in the next. Each block's output is followed by a mark.
        var script = "set -eu\n" + string.Concat(blocks.Select(b => b.Groups["code"].Value + "\necho; echo ---\n"));
        script = script.Replace("http://127.0.0.1:7071", fresh.Address, StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var bash = Process.Start(start)!;
        var (output, errors) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        await bash.WaitForExitAsync();
        bash.ExitCode.ShouldBe(0, $"{await output}\n{await errors}");
        var printed = (await output).Split("\n---\n");
        foreach (var (i, block) in blocks.Index())
        {
            // What is shown stands in the output in the same order.
            var rest = printed[i];
            foreach (Match shown in Shown().Matches(block.Groups["code"].Value))
            {
                var text = shown.Groups["text"].Value;
                rest.ShouldContain(text, customMessage: block.Value);
                rest = rest[(rest.IndexOf(text, StringComparison.Ordinal) + text.Length)..];
            }
        }
    }

    internal static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FuncQueue.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The repository was not found.");
    }

    [GeneratedRegex(@"```bash\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    /// <summary>What a block says it prints: a comment line "# → text".</summary>
    [GeneratedRegex(@"^# → (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Shown();
}
