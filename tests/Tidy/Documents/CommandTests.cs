using System.Text.RegularExpressions;

namespace FuncQueue.Tidy.Tests.Documents;

/// <summary>What a document tells its reader to type, a test types too; or the document says that it needs Azure.</summary>
public sealed partial class CommandTests
{
    /// <summary>How commands begin, and what runs them, or holds their arguments against the program.</summary>
    private static readonly (string Begin, string RunBy)[] Run =
    [
        ("dotnet run --project functions/App", "tests/App/Hosting/DotnetRunTests.cs"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf dotnet run",
            "tests/App/TelemetryTests.cs"
        ),
        ("dotnet run --project samples/", "tests/Client/Samples/SampleTests.cs"),
        ("dotnet run -c Release --project tests/Benchmarks -- ", "tests/Benchmarks/Tests/CommandLineTests.cs"),
        ("dotnet run -c Release --project tests/Chaos -- ", "tests/Chaos/Tests/CommandLineTests.cs"),
        ("dotnet test", ".ci/run"),
        ("dotnet build", ".ci/run"),
        ("dotnet tests/", "tests/Tidy/Documents/CommandTests.cs"),
        ("dotnet publish samples/Worker -p:PublishAot=true", "tests/Client/Samples/NativeTests.cs"),
        ("dotnet publish functions/App", "tests/WorkerHost/FuncQueue.WorkerHost.csproj"),
        ("dotnet tool restore", "tests/Tidy/Code/FormatTests.cs"),
        ("dotnet csharpier ", "tests/Tidy/Code/FormatTests.cs"),
        ("FUNCQUEUE_WRITE_DOCS=1 dotnet test --project tests/Infra", "tests/Infra/ParameterTests.cs"),
    ];

    /// <summary>The languages of blocks that a reader may use, and what uses them as they are.</summary>
    private static readonly Dictionary<string, string> Used = new()
    {
        ["bash"] = "tests/App/DocumentTests.cs",
        ["shell"] = "tests/Cli/TutorialTests.cs",
        ["sh"] = "tests/Tidy/Documents/CommandTests.cs",
        ["csharp"] = "tests/Sqs/GuideTests.cs",
        ["python"] = "tests/Sqs/GuideTests.cs",
        ["js"] = "tests/Sqs/GuideTests.cs",
        ["bicep"] = "tests/Infra/DocumentTests.cs",
    };

    [Fact]
    public void Every_command_is_run_by_a_test_or_needs_Azure()
    {
        var commands = DocumentedCommand.All.ToList();
        commands.Count.ShouldBeGreaterThan(20);
        commands.Where(command => !command.NeedsAzure && !Run.Any(run => Begins(command, run.Begin))).ShouldBeEmpty();
        Run.Where(run => !commands.Any(command => Begins(command, run.Begin))).ShouldBeEmpty("No document says this any more.");
    }

    [Fact]
    public void Every_block_is_used_by_a_test_or_only_to_be_looked_at()
    {
        FencedBlock.All.Where(block => block.Language is not ("" or "mermaid") && !Used.ContainsKey(block.Language)).ShouldBeEmpty();
        Run.Select(run => run.RunBy).Concat(Used.Values).Where(file => !File.Exists(Path.Combine(Repository.Root, file))).ShouldBeEmpty();
    }

    /// <summary>A suite is run by its executable: that is there, and what is chosen of it is, too.</summary>
    [Fact]
    public void A_test_that_is_chosen_by_name_is_there()
    {
        var calls = DocumentedCommand.All.Select(command => Executable().Match(command.Text)).Where(match => match.Success).ToList();
        calls.ShouldNotBeEmpty();
        foreach (var call in calls)
        {
            var (project, name) = (call.Groups["project"].Value, call.Groups["name"].Value);
            File.Exists(Path.Combine(Repository.Root, project, call.Groups["assembly"].Value + ".csproj")).ShouldBeTrue(call.Value);
            SourceFile.All.Where(file => file.Project == project).ShouldContain(file => file.Root.ToString().Contains(name), call.Value);
        }
    }

    private static bool Begins(DocumentedCommand command, string begin) => command.Text.StartsWith(begin, StringComparison.Ordinal);

    [GeneratedRegex(
        """^dotnet (?<project>tests/\w+)/bin/Debug/net10\.0/(?<assembly>[\w.]+)\.dll -(class|method|namespace) "\*?(?<name>\w+)\*?"$"""
    )]
    private static partial Regex Executable();
}
