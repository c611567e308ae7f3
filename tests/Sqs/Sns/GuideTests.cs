namespace FuncQueue.Sqs.Tests.Sns;

/// <summary>The example of docs/guides/from-aws.md runs as it stands there, but for the address and the names.</summary>
public sealed class GuideTests(AppFixture app) : SnsTest(app)
{
    [Fact]
    public async Task The_example_prints_what_was_published()
    {
        var name = NewName();
        var example = FencedBlock.All.Single(b => b.Document == "docs/guides/from-aws.md" && b.Language == "js").Code;
        example.ShouldContain("'http://127.0.0.1:7071'");
        var file = Path.Combine(NodeClients.Folder, name + ".mjs");
        await File.WriteAllTextAsync(
            file,
            example
                .Replace("http://127.0.0.1:7071", App.App.Address, StringComparison.Ordinal)
                .Replace("'shop'", $"'{name}'", StringComparison.Ordinal)
                .Replace("'big-orders'", $"'{name}'", StringComparison.Ordinal)
        );
        try
        {
            var (exitCode, output) = await NodeClients.RunAsync(file);
            exitCode.ShouldBe(0, output);
            output.ShouldStartWith("one of many");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
