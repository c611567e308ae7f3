namespace FuncQueue.App.Tests;

/// <summary>What the documents tell a reader to paste works as pasted, and prints what they show.</summary>
public sealed class DocumentTests(AppFixture app)
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
        var printed = await Pasted.RunAsync(
            blocks,
            script => script.Replace("http://127.0.0.1:7071", fresh.Address, StringComparison.Ordinal)
        );
        foreach (var (i, block) in blocks.Index())
            Pasted.Missing(block, printed[i]).ShouldBeEmpty(block.Code + printed[i]);
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
}
