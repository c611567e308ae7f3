namespace FuncQueue.Cli.Tests;

/// <summary>The tutorial by the command line, step by step, as a reader pastes it.</summary>
public sealed class TutorialTests(CliFixture cli)
{
    private const string Page = "docs/tutorial.md";

    private static readonly string[] Step = ["bash", "shell"];

    private static readonly IReadOnlyList<FencedBlock> Blocks = [.. FencedBlock.All.Where(block => block.Document == Page)];

    [Fact]
    public void Every_step_by_curl_has_its_twin_behind_it()
    {
        Blocks.Count.ShouldBeGreaterThan(30);
        Blocks.Select(block => block.Language).Chunk(2).ShouldAllBe(step => step.SequenceEqual(Step));
    }

    [Fact]
    public async Task The_twins_work_as_pasted_and_print_what_is_shown()
    {
        // The reader begins on an installation without queues, with the program on the path.
        await using var fresh = await cli.StartAppAsync();
        var folder = Directory.CreateTempSubdirectory("funcqueue-path");
        try
        {
            var program = Path.Combine(folder.FullName, "funcqueue");
            await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{CliFixture.Program}' \"$@\"\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var twins = Blocks.Where(block => block.Language == "shell").ToList();
            var printed = await Pasted.RunAsync(
                twins,
                environment: new Dictionary<string, string?>
                {
                    ["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}",
                    ["FUNCQUEUE_ENDPOINT"] = fresh.Address,
                    ["FUNCQUEUE_CONFIG"] = cli.Config,
                }
            );
            foreach (var (i, twin) in twins.Index())
                Pasted.Missing(twin, printed[i]).ShouldBeEmpty(twin.Code + printed[i]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
