using System.Text.RegularExpressions;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>The guide's examples for clients work as they are printed.</summary>
public sealed partial class GuideTests(AppFixture app) : SqsTest(app)
{
    private const string Address = "http://127.0.0.1:7071";

    [Fact]
    public async Task The_example_for_JavaScript_runs()
    {
        var script =
            Example("js").Replace(Address, App.App.Address, StringComparison.Ordinal) + "console.log(Messages.map(m => m.Body).join());";
        var file = Path.Combine(NodeClients.Folder, $"readme-{Environment.ProcessId}.mjs");
        await File.WriteAllTextAsync(file, script);
        try
        {
            var (exitCode, output) = await NodeClients.RunAsync(file);
            exitCode.ShouldBe(0, output);
            output.ShouldStartWith("hello");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_example_for_dotnet_is_the_code_below_and_that_runs()
    {
        var source = await File.ReadAllTextAsync(Path.Combine(NodeClients.Folder, "..", "GuideTests.cs"));
        var lines = source[
            (source.LastIndexOf("// begin\n", StringComparison.Ordinal) + 9)..source.LastIndexOf("// end\n", StringComparison.Ordinal)
        ];
        Flat(
                Example("csharp")
                    .Replace("// dotnet add package AWSSDK.SQS", "", StringComparison.Ordinal)
                    .Replace($"\"{Address}\"", "App.App.Address", StringComparison.Ordinal)
            )
            .ShouldBe(Flat(lines));
        // begin
        var sqs = new AmazonSQSClient(
            "local",
            "local",
            new AmazonSQSConfig { ServiceURL = App.App.Address, AuthenticationRegion = "us-east-1" }
        );
        var queue = (await sqs.CreateQueueAsync("parcels")).QueueUrl;
        await sqs.SendMessageAsync(queue, "hello");
        var received = await sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = queue, WaitTimeSeconds = 20 });
        foreach (var message in received.Messages ?? [])
            await sqs.DeleteMessageAsync(queue, message.ReceiptHandle);
        // end
        received.Messages.ShouldNotBeEmpty();
    }

    [Fact]
    public void The_example_for_Python_calls_the_same_as_the_others()
    {
        // Python is not needed to run the tests; that what it calls exists is.
        foreach (Match call in PythonCall().Matches(Example("python")))
            typeof(IAmazonSQS)
                .GetMethods()
                .Select(m => m.Name.ToLowerInvariant())
                .ShouldContain(call.Groups["name"].Value.Replace("_", "", StringComparison.Ordinal) + "async");
    }

    [Fact]
    public void The_README_has_the_examples_of_the_guide()
    {
        var shown = FencedBlock
            .All.Where(block => block.Document == "README.md" && block.Language is "python" or "js" or "csharp")
            .ToList();
        shown.ShouldNotBeEmpty();
        foreach (var block in shown)
            Flat(Example(block.Language)).ShouldEndWith(Flat(block.Code));
    }

    /// <summary>Without white space: the formatter breaks lines elsewhere than a document does.</summary>
    private static string Flat(string code) => string.Concat(code.Where(c => !char.IsWhiteSpace(c)));

    private static string Example(string language)
    {
        var section = Repository.Read("docs/guides/sqs.md");
        var start = section.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return section[start..section.IndexOf("```", start, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"sqs\.(?<name>[a-z_]+)\(")]
    private static partial Regex PythonCall();
}
