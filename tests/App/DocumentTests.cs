using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FuncQueue.App.Tests;

/// <summary>What the documents tell a reader to paste works as pasted, and prints what they show.</summary>
public sealed partial class DocumentTests(AppFixture app)
{
    public static TheoryData<string> Documents => [.. FencedBlock.All.Where(IsPasted).Select(block => block.Document).Distinct()];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task What_is_pasted_works_and_prints_what_is_shown(string document)
    {
        // A registry of its own: the reader begins on an installation without queues.
        var registry = "docs" + string.Concat(document.Where(char.IsAsciiLetter));
        await using var fresh = await AppProcess.StartAsync(app.Environment(new() { ["FuncQueue__RegistryTable"] = registry }));
        var blocks = FencedBlock.All.Where(block => block.Document == document && IsPasted(block)).ToList();
        // One shell, as a reader has: variables of one block are used in the next. Each block's output is followed by a mark.
        var script = "set -eu\n" + string.Concat(blocks.Select(b => b.Code + "\necho; echo ---\n"));
        script = script.Replace("http://127.0.0.1:7071", fresh.Address, StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
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
            foreach (Match shown in Shown().Matches(block.Code))
            {
                var text = shown.Groups["text"].Value;
                rest.ShouldContain(text, customMessage: block.Code);
                rest = rest[(rest.IndexOf(text, StringComparison.Ordinal) + text.Length)..];
            }
        }
    }

    [Fact]
    public void Those_that_teach_by_pasting_are_among_them() =>
        Documents
            .Select(row => row.Data)
            .ShouldBe(
                [
                    "README.md",
                    "docs/guides/access.md",
                    "docs/guides/dead-letters.md",
                    "docs/guides/operating.md",
                    "docs/guides/publish-subscribe.md",
                    "docs/guides/streams.md",
                    "docs/reference/http-api.md",
                    "docs/tutorial.md",
                ],
                ignoreOrder: true
            );

    private static bool IsPasted(FencedBlock block) => block.Language == "bash";

    /// <summary>What a block says it prints: a comment line "# → text".</summary>
    [GeneratedRegex(@"^# → (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Shown();
}
